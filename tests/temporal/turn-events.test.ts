// What the drive costs with real turns: gates, rendering, claims and records leave no event more in Temporal's history.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { ours } from '../bench/ours.ts';
import { type BenchWorld, startWorld } from '../bench/world.ts';
import { testDatabaseKind } from '../database.ts';
import { eventNames } from './rig.ts';

let world: BenchWorld;
beforeAll(async () => {
  world = await startWorld(testDatabaseKind, inject('temporalAddress'));
});
afterAll(() => world.stop());

test('send, wait, send, wait, wait for an event that does not come, send: 24 events', async () => {
  const drive = await ours(world, 'accepted');
  const [entered] = await world.enter(1);
  await drive.run([entered!]);
  await drive.stop();
  const { rows } = await world.database.pool.query(
    `
    SELECT (SELECT count(*)::int FROM turns WHERE enrollment_id = $1) AS turns,
           (SELECT count(*)::int FROM deliveries WHERE enrollment_id = $1 AND state = 'accepted') AS accepted`,
    [entered!.enrollmentId],
  );
  expect(rows).toEqual([{ turns: 4, accepted: 3 }]);
  const names = await eventNames(world.client.workflow.getHandle(entered!.enrollmentId));
  // The start, four workflow tasks of three events each, a marker a turn, three timers of two, the completion.
  const counts = Object.fromEntries(
    [...new Set(names)].map((name) => [name, names.filter((one) => one === name).length]),
  );
  expect(counts).toEqual({
    workflowExecutionStarted: 1,
    workflowTaskScheduled: 4,
    workflowTaskStarted: 4,
    workflowTaskCompleted: 4,
    markerRecorded: 4,
    timerStarted: 3,
    timerFired: 3,
    workflowExecutionCompleted: 1,
  });
  expect(names).toHaveLength(24);
});
