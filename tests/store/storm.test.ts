// Ten thousand events to one customer: whatever is read for one of them, or in one turn, is bounded; time overtakes no event;
// and other customers are served meanwhile.
import { afterAll, beforeEach, expect, it } from 'vitest';
import type { Plan } from '../../engine/core/plan.ts';
import type { Store, Tx } from '../../engine/ports.ts';
import { createTurns } from '../../engine/turn.ts';
import { day, hour, minute, planWith, when } from '../core/plans.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { createRig, type Rig, reachable } from '../engine/rig.ts';
import { databaseBacking } from './backing.ts';

const storm = 10_000;
/** What a turn takes, and what intake looks at of one name. */
const most = 200;

/** Waits for one of them, and has a way for when none comes. */
const waiting: Plan = planWith({
  wait: {
    kind: 'wait',
    form: 'event',
    listeners: [{ on: ['cart_updated'], where: when('event.?total.orValue(0.0) == 9999.0', ['total']), next: 'found' }],
    withinMs: hour,
    otherwise: 'late',
  },
  found: { kind: 'exit', reason: 'found' },
  late: { kind: 'exit', reason: 'late' },
});
/** Enters on what is also its exit, as often as it likes. */
const restless: Plan = planWith(
  { rest: { kind: 'wait', form: 'length', forMs: day, next: null } },
  {
    journey: 'restless',
    enter: { on: ['cart_updated'], again: { mode: 'after_exit' }, lateMs: day },
    exits: [{ on: ['cart_updated'], where: when('event.?total.orValue(0.0) < 0.0', ['total']) }],
  },
);

let database: TestDatabase | undefined;
beforeEach(async () => {
  await database?.close();
  database = await openTestDatabase();
});
afterAll(() => database?.close());

async function rigOf(plans: Plan[]): Promise<{ rig: Rig; rows: () => number }> {
  const backing = databaseBacking(database!);
  let largest = 0;
  const count = (found: unknown) => {
    if (Array.isArray(found)) largest = Math.max(largest, found.length);
    return found;
  };
  const store: Store = {
    transaction: (work) =>
      backing.store.transaction((tx) =>
        work(
          new Proxy(tx, {
            get:
              (target, name: keyof Tx) =>
              async (...args: unknown[]) =>
                count(await (target[name] as (...given: unknown[]) => unknown).apply(target, args)),
          }),
        ),
      ),
  };
  const rig = await createRig(plans, { ...backing, store });
  await rig.receive(reachable);
  return { rig, rows: () => largest };
}

async function enrolledIn(rig: Rig, who: string): Promise<string> {
  await rig.receive({ identity: { userId: who }, kind: 'event', name: 'signed_up' });
  const [id] = await rig.takeLooks();
  await rig.turns.run(id!);
  return id!;
}

/** As ingest would have put them there, a millisecond apart; the last but one is the one that is waited for. */
async function fillInbox(id: string, from: number): Promise<void> {
  const values = [id, storm, new Date(from)];
  await database!.pool.query(
    `INSERT INTO events (id, customer_id, source, source_id, name, occurred_at, received_at, data, flags, trusted)
     SELECT 'storm' || n, (SELECT customer_id FROM enrollments WHERE id = $1), 'storm', n::text, 'cart_updated',
            $3::timestamptz + n * interval '1 ms', $3::timestamptz + n * interval '1 ms',
            jsonb_build_object('total', n), '[]', true
       FROM generate_series(1, $2::int) n`,
    values,
  );
  await database!.pool.query(
    `INSERT INTO inbox (enrollment_id, event_id, received_at)
     SELECT $1, id, received_at FROM events WHERE source = 'storm' ORDER BY received_at`,
    [id],
  );
}

it('an enrollment takes a storm in turns of bounded size, before its time-out, while others are served', async () => {
  const { rig, rows } = await rigOf([waiting]);
  const id = await enrolledIn(rig, 'u1');
  const other = await enrolledIn(rig, 'u2');
  await fillInbox(id, rig.time.now);
  // Long past the time-out, and not a minute: all of them came before it.
  rig.time.now += 2 * hour;
  // Budgets measure work, not this machine.
  rig.turns = createTurns(rig.ports, () => undefined, { ms: 3_600_000, effects: 50 });

  let turns = 0;
  let servedAfter: number | null = null;
  for (let result = await rig.turns.run(id); ; result = await rig.turns.run(id)) {
    turns += 1;
    if (turns === 3) {
      await rig.receive({ identity: { userId: 'u2' }, kind: 'event', name: 'cart_updated', data: { total: 9999 } });
      rig.time.now += minute;
      await rig.turns.run(other);
      const { rows: found } = await database!.pool.query('SELECT status FROM enrollments WHERE id = $1', [other]);
      if (found[0].status === 'exited') servedAfter = turns;
    }
    if (result.finished) break;
    expect(result.sleepMs).toBe(0);
  }

  expect(servedAfter).toBe(3);
  expect(turns).toBe(storm / most);
  expect(rows()).toBeLessThanOrEqual(most);
  const { rows: ends } = await database!.pool.query('SELECT reason FROM enrollments WHERE id = $1', [id]);
  expect(ends).toEqual([{ reason: 'found' }]);
});

it('a storm of entry events reads no more for the last of them than for the first', async () => {
  const { rig, rows } = await rigOf([restless]);
  await rig.receive({ kind: 'event', name: 'cart_updated', data: { total: 1 } });
  const [id] = await rig.takeLooks();
  await fillInbox(id!, rig.time.now);
  // And as many enrollments before, each ended by one of them.
  await database!.pool.query(
    `INSERT INTO enrollments
     SELECT (jsonb_populate_record(e, jsonb_build_object('id', 'past' || n, 'entry_slot', null, 'status', 'exited',
              'reason', 'cart_updated', 'ended_by', 'storm' || n,
              'entered_at', e.entered_at - n * interval '1 ms', 'due_at', null))).*
       FROM enrollments e, generate_series(1, $2::int) n WHERE e.id = $1`,
    [id, storm],
  );
  rig.time.now += minute;
  await rig.receive({ kind: 'event', name: 'cart_updated', data: { total: -1 } });
  await rig.receive({ kind: 'event', name: 'cart_updated', data: { total: 2 } });
  const { decisions } = { decisions: (await database!.pool.query('SELECT kind, outcome FROM decisions')).rows };
  expect(decisions.map(({ kind, outcome }) => `${kind} ${outcome}`)).toContain('exited cart_updated');
  // The newest, the open one, and one for each event that was looked at.
  expect(rows()).toBeLessThanOrEqual(most + 2);
});
