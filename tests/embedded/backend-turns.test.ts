import { expect, test, vi } from 'vitest';
import { type Session, takeTurns } from '../../embedded/backend-turns.ts';

/** A backend that notes what it is given and is in a transaction between `begin` and `commit` or ROLLBACK. */
function fakeBackend() {
  const ran: string[] = [];
  let inTransaction = false;
  return {
    ran,
    async execProtocolRawStream(message: Uint8Array) {
      const text = Buffer.from(message).toString('latin1');
      if (text === 'broken') throw new Error('unreachable');
      if (text.includes('begin')) inTransaction = true;
      if (text.includes('commit') || text.includes('ROLLBACK')) inTransaction = false;
      ran.push(text.includes('ROLLBACK') ? 'ROLLBACK' : text);
    },
    isInTransaction: () => inTransaction,
  };
}

const session = (): Session => ({ answer: () => {}, evict: vi.fn() });
const bytes = (text: string) => Buffer.from(text);
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('another connection waits until a transaction has ended', async () => {
  const backend = fakeBackend();
  const turns = takeTurns(backend, 1000, () => {});
  const [a, b] = [session(), session()];
  turns.enqueue(a, bytes('begin'), true);
  turns.enqueue(b, bytes('b'), true);
  await settled();
  expect(backend.ran).toEqual(['begin']);
  turns.enqueue(a, bytes('commit'), true);
  await settled();
  expect(backend.ran).toEqual(['begin', 'commit', 'b']);
});

test('another connection waits until a query that was flushed has ended', async () => {
  const backend = fakeBackend();
  const turns = takeTurns(backend, 1000, () => {});
  const [a, b] = [session(), session()];
  turns.enqueue(a, bytes('parse'), false);
  turns.enqueue(b, bytes('b'), true);
  turns.enqueue(a, bytes('sync'), true);
  await settled();
  expect(backend.ran).toEqual(['parse', 'sync', 'b']);
});

test('a connection that leaves is rolled back, and its waiting queries are dropped', async () => {
  const backend = fakeBackend();
  const turns = takeTurns(backend, 1000, () => {});
  const [a, b] = [session(), session()];
  turns.enqueue(a, bytes('begin'), true);
  turns.enqueue(a, bytes('never'), true);
  turns.enqueue(b, bytes('b'), true);
  turns.leave(a);
  await settled();
  expect(backend.ran).toEqual(['begin', 'ROLLBACK', 'b']);
});

test('a transaction that is idle while others wait is ended', async () => {
  vi.useFakeTimers();
  const backend = fakeBackend();
  const turns = takeTurns(backend, 1000, () => {});
  const [a, b] = [session(), session()];
  turns.enqueue(a, bytes('begin'), true);
  await vi.advanceTimersByTimeAsync(5000);
  expect(a.evict).not.toHaveBeenCalled();
  for (let i = 0; i < 4; i++) {
    turns.enqueue(b, bytes('b'), true);
    await vi.advanceTimersByTimeAsync(300);
  }
  expect(a.evict).toHaveBeenCalledOnce();
  vi.useRealTimers();
});

test('a backend that fails is said to be broken and runs nothing more', async () => {
  const backend = fakeBackend();
  const broken = vi.fn();
  const turns = takeTurns(backend, 1000, broken);
  turns.enqueue(session(), bytes('broken'), true);
  turns.enqueue(session(), bytes('b'), true);
  await settled();
  expect(broken).toHaveBeenCalledOnce();
  expect(backend.ran).toEqual([]);
  await turns.close();
});
