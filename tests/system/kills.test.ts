// Workers, server and Temporal killed with -9 in random order under load; then everything that was promised is checked.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mailTag } from '../../engine/message-id.ts';
import { postgresMissing } from '../postgres.ts';
import { removeFolders } from './folders.ts';
import { claimMs, type Installation, longestCallMs, openInstallation } from './installation.ts';
import { DOMAIN, FIRST_NAME, type Load, PROBE, startLoad } from './kill-load.ts';
import { endPrograms, type Program } from './program.ts';
import { createRandom, type Random } from './random.ts';
import { until } from './until.ts';

const CUSTOMERS = 300;
const LOAD_MS = 55_000;
/** An outbox row that a killed server held is free again after 30 s; a killed worker's claim after its lease. */
const REST_MS = 240_000;

// Every claim, written by the database itself: a delivery forgets when it was claimed once it is over.
const WATCH_CLAIMS = `
  CREATE TABLE claims (key text, at timestamptz);
  CREATE FUNCTION watch_claim() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO claims VALUES (NEW.key, clock_timestamp()); RETURN NEW; END $$;
  CREATE TRIGGER watch_claims AFTER INSERT OR UPDATE ON deliveries FOR EACH ROW
    WHEN (NEW.state = 'sending') EXECUTE FUNCTION watch_claim()`;
const UNWATCH = `
  DROP TRIGGER IF EXISTS watch_claims ON deliveries; DROP FUNCTION IF EXISTS watch_claim; DROP TABLE IF EXISTS claims`;

interface Kill {
  what: 'worker' | 'server' | 'Temporal';
  at: number;
}

const missing = postgresMissing();
describe.skipIf(missing)(`kills under load${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const random = createRandom();
  let installation: Installation;
  let load: Load;
  let kills: Kill[];
  const rows = async <Row extends object>(sql: string): Promise<Row[]> =>
    (await installation.database.pool.query<Row>(sql)).rows;

  beforeAll(async () => {
    console.log(`kills: TABIJI_TEST_SEED=${random.seed}`);
    installation = await openInstallation('postgres');
    await installation.database.pool.query(WATCH_CLAIMS);
    const targets = await startTargets(installation);
    await installation.publish(PROBE);
    load = startLoad(installation, random, CUSTOMERS, LOAD_MS);
    kills = await killUntil(load.over, targets, random);
    await rest(installation);
    console.log(`kills: ${kills.map(({ what }) => what).join(', ')}`);
  }, 600_000);
  afterAll(async () => {
    await endPrograms();
    await installation?.database.pool.query(UNWATCH);
    await installation?.close();
    removeFolders();
  });

  test('each was killed', () => {
    expect(new Set(kills.map(({ what }) => what))).toEqual(new Set(['worker', 'server', 'Temporal']));
  });

  test('every acknowledged event is in the database, once', async () => {
    const stored = await rows<{ source_id: string }>('SELECT source_id FROM events');
    const ids = stored.map(({ source_id }) => source_id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(load.acknowledged.length).toBeGreaterThan(CUSTOMERS);
    expect(load.acknowledged.filter(({ messageId }) => !ids.includes(messageId))).toEqual([]);
  });

  test('every customer who came has one enrollment, and it is over', async () => {
    const enrollments = await installation.enrollments();
    expect(enrollments.filter(({ status }) => status === 'active')).toEqual([]);
    const arrived = load.acknowledged.filter(({ name }) => name === 'arrived').map(({ userId }) => userId);
    expect(enrollments.map(({ userId }) => userId).toSorted()).toEqual(arrived.toSorted());
  });

  test('who left is exited if there was anything left to leave; all others have had three messages', async () => {
    const wrong = await rows(`
      SELECT e.id, e.status, count(d.key) AS sent FROM enrollments e
        JOIN deliveries d ON d.enrollment_id = e.id AND d.state IN ('accepted', 'unknown')
        LEFT JOIN events x ON x.customer_id = e.customer_id AND x.name = 'left'
       GROUP BY e.id, x.received_at
      HAVING NOT (e.status = 'exited' AND e.reason = 'left' AND x.received_at = e.ended_at
               OR e.status = 'completed' AND count(d.key) = 3 AND (x.received_at IS NULL OR x.received_at >= e.ended_at))`);
    expect(wrong).toEqual([]);
  });

  test('every delivery has come to its end', async () => {
    const states = await rows<{ state: string; reason: string | null }>(
      `SELECT DISTINCT state, reason FROM deliveries WHERE NOT (state = 'suppressed' AND reason = 'exit')`,
    );
    for (const { state } of states) expect(['accepted', 'unknown']).toContain(state);
  });

  test('no mail came twice, and none that the record does not know', async () => {
    const ids = installation.mailbox.mails.map(({ messageId }) => messageId.split('@')[0]!);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    const deliveries = await rows<{ key: string; state: string }>('SELECT key, state FROM deliveries');
    const inState = (state: string) =>
      deliveries.filter((delivery) => delivery.state === state).map(({ key }) => mailTag(key)!);
    const [accepted, unknown] = [new Set(inState('accepted')), new Set(inState('unknown'))];
    expect(ids.filter((id) => !accepted.has(id) && !unknown.has(id))).toEqual([]);
    expect([...accepted].filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('nothing was claimed after an acknowledged exit', async () => {
    // A claim is written, and then committed, before an exit that waits for its lock reads its own moment: in whole
    // milliseconds, so that both may stand in one.
    expect(await rows('SELECT count(*) > 300 AS many FROM claims')).toEqual([{ many: true }]);
    const late = await rows(`
      SELECT c.key, c.at, x.received_at FROM claims c
        JOIN deliveries d ON d.key = c.key
        JOIN events x ON x.customer_id = d.customer_id AND x.name = 'left'
       WHERE date_trunc('milliseconds', c.at) > x.received_at`);
    expect(late).toEqual([]);
  });

  test('nothing is unknown but what a worker had claimed when it was killed', async () => {
    const unknown = await rows<{ key: string; at: Date }>(`
      SELECT d.key, max(c.at) AS at FROM deliveries d JOIN claims c ON c.key = d.key
       WHERE d.state = 'unknown' GROUP BY d.key`);
    console.log(`kills: ${unknown.length} unknown of ${installation.mailbox.mails.length} mails`);
    const wasKilled = (claimedAt: number) =>
      kills.some(({ what, at }) => what === 'worker' && at >= claimedAt && at - claimedAt < longestCallMs + claimMs);
    expect(unknown.filter(({ at }) => !wasKilled(at.getTime()))).toEqual([]);
  });

  test('no claim was ever taken twice', async () => {
    expect(await rows('SELECT key FROM claims GROUP BY key HAVING count(*) > 1')).toEqual([]);
  });

  test('no address and no name is in any Temporal history', async () => {
    const histories: string[] = [];
    for await (const { workflowId, runId } of installation.client.workflow.list()) {
      const history = await installation.client.workflow.getHandle(workflowId, runId).fetchHistory();
      histories.push(readable(JSON.stringify(history)));
    }
    expect(histories.length).toBeGreaterThanOrEqual(CUSTOMERS);
    for (const history of histories) expect(history).toContain('"finished":');
    for (const secret of [FIRST_NAME, DOMAIN, 'customer-0']) {
      expect(histories.filter((history) => history.includes(secret))).toEqual([]);
    }
  });
});

/** Something to kill and to start again. */
interface Target {
  what: Kill['what'];
  kill(): Promise<void>;
  start(): Promise<void>;
}

async function startTargets(installation: Installation): Promise<Target[]> {
  const { temporal, startServer, startWorker } = installation;
  const programs: [Kill['what'], () => Promise<Program>][] = [
    ['server', startServer],
    ['worker', startWorker],
    ['worker', startWorker],
  ];
  const targets = programs.map(async ([what, run]): Promise<Target> => {
    let program = await run();
    const start = async () => {
      program = await run();
    };
    return { what, kill: () => program.kill(), start };
  });
  return [...(await Promise.all(targets)), { what: 'Temporal', kill: temporal.kill, start: temporal.start }];
}

/** Kills something every few seconds and starts it again, until the load is over; several may be down at once. */
async function killUntil(over: Promise<void>, targets: Target[], random: Random): Promise<Kill[]> {
  const kills: Kill[] = [];
  let isOver = false;
  const ending = over.finally(() => {
    isOver = true;
  });
  const restarts = new Map<Target, Promise<void>>();
  // Whatever chance says, each has its turn before any has a second.
  let bag: Target[] = [];
  while (!isOver || new Set(kills.map(({ what }) => what)).size < 3) {
    await sleep(1_000 + random.below(4_000));
    if (bag.length === 0) bag = [...targets];
    const [target] = bag.splice(random.below(bag.length), 1);
    await restarts.get(target!);
    await target!.kill();
    // Afterwards: until it has really ended it may claim.
    kills.push({ what: target!.what, at: Date.now() });
    restarts.set(target!, sleep(random.below(2_000)).then(target!.start));
  }
  await Promise.all([ending, ...restarts.values()]);
  return kills;
}

/** Until nobody is on the way any more, and nothing waits to be told. */
async function rest({ database }: Installation): Promise<void> {
  const busy = `
    SELECT (SELECT count(*) FROM enrollments WHERE status = 'active')::int AS active,
           (SELECT count(*) FROM outbox)::int AS waiting, (SELECT count(*) FROM deliveries WHERE state = 'sending')::int AS sending`;
  await until(
    'everything comes to rest',
    async () => {
      const [now] = (await database.pool.query(busy)).rows;
      return now.active + now.waiting + now.sending === 0;
    },
    REST_MS,
    500,
  ).catch(async (error) => {
    for (const what of [`enrollments WHERE status = 'active'`, `deliveries WHERE state = 'sending'`, 'outbox'])
      console.log(`kills: ${what}`, (await database.pool.query(`SELECT * FROM ${what} LIMIT 5`)).rows);
    throw error;
  });
}

/** As the email channel makes it of the effect key. */
/** Payloads are bytes, written in base64: as text, so that what they hold can be found. */
function readable(history: string): string {
  return history.replace(/"data":"([\w+/=]+)"/g, (_, bytes: string) => Buffer.from(bytes, 'base64').toString('utf8'));
}
