import { crashSuite } from './crash-suite.ts';
import { mergeSuite } from './merge-suite.ts';
import { createRig } from './rig.ts';

await crashSuite((plans) => createRig(plans), [1, 2, 3, 7]);
await mergeSuite((plans) => createRig(plans));
