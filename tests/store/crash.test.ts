// The crash suite of the engine over the real store: every step of a turn, a claim and an ingest, in PostgreSQL.
import { afterAll } from 'vitest';
import { openTestDatabase, type TestDatabase, testDatabaseKind } from '../database.ts';
import { askCrashSuite } from '../engine/ask-crash-suite.ts';
import { crashSuite, type MakeRig, queuedPolicies } from '../engine/crash-suite.ts';
import { doubtCrashSuite } from '../engine/doubt-crash-suite.ts';
import { mergeSuite } from '../engine/merge-suite.ts';
import { resendCrashSuite } from '../engine/resend-crash-suite.ts';
import { createRig } from '../engine/rig.ts';
import { webhookCrashSuite } from '../engine/webhook-crash-suite.ts';
import { databaseBacking } from './backing.ts';

let open: TestDatabase | null = null;
afterAll(() => open?.close());

const make: MakeRig = async (plans, policies) => {
  await open?.close();
  open = await openTestDatabase();
  return createRig(plans, databaseBacking(open), undefined, policies);
};
await crashSuite(make, [2]);
await askCrashSuite(make);
await webhookCrashSuite(make);
await mergeSuite(make);
await doubtCrashSuite(make);
await resendCrashSuite(make);

// Once more with all messages going through their channel's queue, where a step costs little.
if (testDatabaseKind === 'postgres') {
  await crashSuite(make, [6], queuedPolicies);
  await doubtCrashSuite(make, queuedPolicies);
  await resendCrashSuite((plans) => make(plans, queuedPolicies));
}
