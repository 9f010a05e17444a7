// The loop of a running server that takes up what time alone changes: at once, again while there is more, and after failures.
import pino from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { takeFlips } from '../../engine/flips.ts';
import { type Incoming, receive } from '../../engine/receive.ts';
import { type Flips, startFlips } from '../../server/flips.ts';
import { realClock } from '../../server/real-clock.ts';
import { newId } from '../../store/id.ts';
import { createOutbox } from '../../store/outbox.ts';
import { publish } from '../../store/publications.ts';
import { day, hour, planWith, when } from '../core/plans.ts';
import { openTestDatabase } from '../database.ts';
import { settings } from '../store/samples.ts';
import { Away } from './server-under-test.ts';

const running: Flips[] = [];
afterEach(async () => {
  for (const flips of running.splice(0)) await flips.stop();
});

/** A loop over these answers of `take`, and nothing due after them. */
function loop(answers: (number | Error)[], intervalMs: number) {
  const lines: string[] = [];
  const seen = { takes: 0, wakes: 0 };
  const flips = startFlips({
    async take() {
      seen.takes += 1;
      const answer = answers.shift() ?? 0;
      if (typeof answer !== 'number') throw answer;
      return answer;
    },
    wake: () => {
      seen.wakes += 1;
    },
    logger: pino({}, { write: (line: string) => void lines.push(JSON.parse(line).msg) }),
    intervalMs,
  });
  running.push(flips);
  return { flips, seen, lines };
}

describe('the loop', () => {
  test('looks at once, goes on without a pause while there is more, and rests then', async () => {
    const { seen } = loop([100, 100, 7], hour);
    await expect.poll(() => seen.takes).toBe(4);
    expect(seen.wakes).toBe(3);
    // It rests: the interval is an hour.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen.takes).toBe(4);
  });

  test('looks again after its interval, and wakes nobody where nothing was due', async () => {
    const { seen } = loop([], 5);
    await expect.poll(() => seen.takes).toBeGreaterThan(3);
    expect(seen.wakes).toBe(0);
  });

  test('goes on after failures, says each outage once, and ends when told', async () => {
    const { flips, seen, lines } = loop([new Away(), new Away(), 3], 5);
    await expect.poll(() => seen.wakes).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^the database cannot be reached/), 'the database is back']);
    await flips.stop();
    const { takes } = seen;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(seen.takes).toBe(takes);
  });
});

test('who becomes such by time alone enters while the server runs, and asks for a turn', async () => {
  const { pool, store, close } = await openTestDatabase();
  const gone = when('!did("seen", "1 second")', undefined, [{ event: 'seen', windowMs: 1000 }]);
  const nap = { kind: 'wait', form: 'length', forMs: hour, next: null } as const;
  const plan = planWith(
    { nap },
    {
      enter: {
        ...{ on: [], again: { mode: 'never' }, lateMs: day },
        when: { ...gone, changes: { events: ['seen'], traits: [], consents: false } },
      },
    },
  );
  await publish(pool, {
    settings: settings(),
    plans: [{ version: 'v1', plan, source: [] }],
    by: 'test',
    at: Date.now(),
  });
  const ports = { store, clock: realClock, newId, between: () => {}, keyedHash: (text: string) => text };
  const seen: Incoming = {
    ...{
      source: 'test',
      sourceId: 'm1',
      identity: { userId: 'u1' },
      kind: 'event',
      name: 'seen',
      occurredAt: Date.now(),
    },
    ...{ data: {}, traits: {}, context: {}, grants: [], trusted: true },
  };
  let wakes = 0;
  const wake = () => {
    wakes += 1;
  };
  try {
    await receive(ports, seen);
    expect((await pool.query('SELECT 1 FROM enrollments')).rowCount).toBe(0);
    const logger = pino({ level: 'silent' });
    running.push(startFlips({ take: () => takeFlips(ports), wake, logger, intervalMs: 20 }));
    const entered = async () => (await pool.query('SELECT entered_at AS at FROM enrollments')).rows[0]?.at as Date;
    await expect.poll(entered).toBeDefined();
    expect((await entered()).getTime()).toBeGreaterThanOrEqual(seen.occurredAt + 1000);
    expect(await createOutbox(pool).size()).toBe(1);
    await expect.poll(() => wakes).toBeGreaterThan(0);
  } finally {
    for (const flips of running.splice(0)) await flips.stop();
    await close();
  }
});
