// A short, fixed piece of `npm run chaos`: promises 1 to 4 under crashes, stalls, lost connections and races.
import { describe, expect, it } from 'vitest';
import { postgresMissing } from '../postgres.ts';
import { type Attack, attack, programText } from './attack.ts';

const missing = postgresMissing();

it('no program in memory breaks a promise', async () => {
  const round = await attack('memory', 1, 200);
  expect(told(round)).toBe('nothing');
  expect(round.totals.crashes).toBeGreaterThan(20);
  expect(round.totals.stalls).toBeGreaterThan(20);
  expect(round.totals.accepted).toBeGreaterThan(200);
  expect(round.totals.stored_together).toBeGreaterThan(10);
  expect(round.totals.answers).toBeGreaterThan(0);
  expect(round.totals.resolved).toBeGreaterThan(0);
});

describe.skipIf(missing)(`on PostgreSQL${missing ? ` (${missing})` : ''}`, () => {
  it('no program breaks a promise', async () => {
    const round = await attack('postgres', 1, 8);
    expect(told(round)).toBe('nothing');
    expect(round.totals.accepted).toBeGreaterThan(20);
  });
});

it('the same seed plays the same programs in the same way', async () => {
  const [first, second] = [await attack('memory', 7, 20), await attack('memory', 7, 20)];
  expect(second.totals).toEqual(first.totals);
});

function told({ broken }: Attack): string {
  return broken ? [...broken.violations, programText(broken.program)].join('\n') : 'nothing';
}
