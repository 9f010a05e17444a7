// The crash suite once more, with every message going through its channel's queue: between asking for an attempt there and
// making it lies all the time that the queue takes.
import { crashSuite, queuedPolicies } from './crash-suite.ts';
import { doubtCrashSuite } from './doubt-crash-suite.ts';
import { resendCrashSuite } from './resend-crash-suite.ts';
import { createRig } from './rig.ts';

await crashSuite((plans, policies) => createRig(plans, undefined, undefined, policies), [1, 6], queuedPolicies);
await doubtCrashSuite((plans, policies) => createRig(plans, undefined, undefined, policies), queuedPolicies);
await resendCrashSuite((plans) => createRig(plans, undefined, undefined, queuedPolicies));
