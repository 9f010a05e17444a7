// Calls that go into one transaction, calls about one person that wait for one another, and the share of a key.
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Incoming } from '../../engine/incoming.ts';
import type { Receipt } from '../../engine/receive.ts';
import { createBrowserRate } from '../../server/ingest/browser-rate.ts';
import { createLanes } from '../../server/ingest/lanes.ts';
import { createTogether } from '../../server/ingest/together.ts';
import { Away } from './server-under-test.ts';

const call = (sourceId: string) => ({ sourceId }) as Incoming;
const receiptOf = ({ sourceId }: Incoming): Receipt => ({
  status: 'accepted',
  eventId: sourceId,
  ignored: [],
  flags: [],
});
const idsOf = (receipts: (Receipt | null)[]) => receipts.map((receipt) => receipt?.eventId ?? null);

/** A store whose transactions end when they are let. */
function held(answer = (incomings: Incoming[]): (Receipt | null)[] => incomings.map(receiptOf)) {
  const groups: { ids: string[]; end: () => void }[] = [];
  const receiveMany = (incomings: Incoming[]) =>
    new Promise<(Receipt | null)[]>((resolve, reject) => {
      const end = () => {
        try {
          resolve(answer(incomings));
        } catch (error) {
          reject(error);
        }
      };
      groups.push({ ids: incomings.map(({ sourceId }) => sourceId), end });
    });
  return { groups, receiveMany };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a group', () => {
  test('is what has come while the one before was under way; nobody waits for company', async () => {
    const { groups, receiveMany } = held();
    const together = createTogether(receiveMany);
    const first = together([call('a')]);
    const others = [together([call('b'), call('c')]), together([call('d')])];
    expect(groups.map(({ ids }) => ids)).toEqual([['a']]);
    groups[0]!.end();
    expect(idsOf(await first)).toEqual(['a']);
    await settled();
    expect(groups.map(({ ids }) => ids)).toEqual([['a'], ['b', 'c', 'd']]);
    groups[1]!.end();
    expect((await Promise.all(others)).map(idsOf)).toEqual([['b', 'c'], ['d']]);
  });

  test('has a most, and parts no request', async () => {
    const { groups, receiveMany } = held();
    const together = createTogether(receiveMany, 3);
    void together([call('a')]);
    for (const request of [['b', 'c'], ['d', 'e'], ['f', 'g', 'h', 'i'], ['j']]) void together(request.map(call));
    for (let index = 0; index < 5; index += 1) {
      groups[index]?.end();
      await settled();
    }
    expect(groups.map(({ ids }) => ids.join(''))).toEqual(['a', 'bc', 'de', 'fghi', 'j']);
  });

  test('that holds one that cannot be stored is stored but for that', async () => {
    const poisonous = (incomings: Incoming[]) => {
      if (incomings.some(({ sourceId }) => sourceId === 'poison')) throw new Error('22P05');
      return incomings.map(receiptOf);
    };
    const runs: number[] = [];
    const together = createTogether(async (incomings) => {
      runs.push(incomings.length);
      return poisonous(incomings);
    });
    const requests = Array.from({ length: 64 }, (_, index) => together([call(index === 40 ? 'poison' : `${index}`)]));
    const answers = (await Promise.all(requests)).map(([receipt]) => receipt?.eventId ?? null);
    expect(answers).toEqual(Array.from({ length: 64 }, (_, index) => (index === 40 ? null : `${index}`)));
    // Halved and halved again, not one by one.
    expect(runs.length).toBeLessThan(16);
  });

  test('is refused as a whole where the database is away, and the next one is tried', async () => {
    const { groups, receiveMany } = held();
    let isAway = true;
    const together = createTogether(async (incomings) => {
      if (isAway) throw new Away();
      return receiveMany(incomings);
    });
    await expect(together([call('a')])).rejects.toThrow(Away);
    isAway = false;
    const again = together([call('a')]);
    groups[0]!.end();
    expect(idsOf(await again)).toEqual(['a']);
  });
});

describe('a lane', () => {
  test('lets one at a time do something about one person, in the order of coming, and others pass', async () => {
    const inLane = createLanes();
    const order: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const work = (name: string, until?: Promise<void>) => async () => {
      order.push(`${name} begins`);
      await until;
      order.push(`${name} ends`);
    };
    const first = inLane(['user:u1', 'anonymous:a1'], work('first', held));
    const second = inLane(['anonymous:a1'], work('second'));
    await inLane(['user:u2'], work('other'));
    expect(order).toEqual(['first begins', 'other begins', 'other ends']);
    release();
    await Promise.all([first, second]);
    expect(order.slice(3)).toEqual(['first ends', 'second begins', 'second ends']);
  });

  test('refuses what would wait behind too many, and goes on after one that fails', async () => {
    const inLane = createLanes(2);
    const failing = inLane(['user:u1'], async () => {
      await settled();
      throw new Error('it fails');
    });
    const waiting = inLane(['user:u1'], async () => 'done');
    await expect(inLane(['user:u1'], async () => 'never')).rejects.toMatchObject({ kind: 'overloaded' });
    await expect(inLane(['user:u2'], async () => 'other')).resolves.toBe('other');
    await expect(failing).rejects.toThrow('it fails');
    await expect(waiting).resolves.toBe('done');
    await expect(inLane(['user:u1'], async () => 'again')).resolves.toBe('again');
  });
});

describe('the share of the browser’s key', () => {
  afterEach(() => void vi.useRealTimers());

  test('is so many events in each window; the server’s key has none', async () => {
    vi.useFakeTimers();
    const take = createBrowserRate(10).takeShare;
    const page = { trusted: false };
    await take(page, 6);
    await take(page, 4);
    await expect(take(page, 1)).rejects.toMatchObject({ kind: 'limited', details: { retry_after: 1 } });
    await take({ trusted: true }, 100_000);
    vi.advanceTimersByTime(1_001);
    await take(page, 1);
  });

  test('lets a batch that is larger than a window’s share through when it comes first', async () => {
    vi.useFakeTimers();
    const take = createBrowserRate(10).takeShare;
    await take({ trusted: false }, 2_500);
    await expect(take({ trusted: false }, 1)).rejects.toMatchObject({ kind: 'limited' });
  });
});
