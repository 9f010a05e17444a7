import { askCrashSuite } from './ask-crash-suite.ts';
import { crashSuite } from './crash-suite.ts';
import { doubtCrashSuite } from './doubt-crash-suite.ts';
import { mergeSuite } from './merge-suite.ts';
import { resendCrashSuite } from './resend-crash-suite.ts';
import { createRig } from './rig.ts';
import { webhookCrashSuite } from './webhook-crash-suite.ts';

await crashSuite((plans, policies) => createRig(plans, undefined, undefined, policies), [1, 2, 3, 7]);
await askCrashSuite((plans, policies) => createRig(plans, undefined, undefined, policies));
await webhookCrashSuite((plans, policies) => createRig(plans, undefined, undefined, policies));
await mergeSuite((plans) => createRig(plans));
await doubtCrashSuite((plans, policies) => createRig(plans, undefined, undefined, policies));
await resendCrashSuite((plans, policies) => createRig(plans, undefined, undefined, policies));
