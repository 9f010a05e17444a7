// The email channel through the contract suite of all channels, with and without pipelining of commands.
import { channelContract } from './contract.ts';
import { emailRig } from './email-rig.ts';

channelContract('email', emailRig);
channelContract('email with pipelining', (options) => emailRig({ ...options, extensions: ['PIPELINING'] }));
