// What answers come to: NPS and CSAT by their definitions, and nothing for any other question.
import { expect, test } from 'vitest';
import { scoreOf } from '../../engine/core/score.ts';

const nps = Array.from({ length: 11 }, (_, points) => String(10 - points));
const csat = ['5', '4', '3', '2', '1'];

test.each([
  [{ 10: 1 }, 100],
  [{ 0: 1 }, -100],
  [{ 7: 3, 8: 1 }, 0],
  [{ 9: 2, 10: 1, 8: 4, 6: 1, 3: 2 }, 0],
  [{ 9: 5, 7: 3, 6: 2 }, 30],
])('%o is a Net Promoter Score of %d', (counts, value) => {
  expect(scoreOf(counts, nps)).toMatchObject({ kind: 'nps', value });
});

test('promoters, passives and detractors are told apart at 9 and 7', () => {
  const counts = Object.fromEntries(nps.map((answer) => [answer, 1]));
  expect(scoreOf(counts, nps)).toMatchObject({ promoters: 2, passives: 2, detractors: 7 });
});

test('of five points four and five are satisfied, with an interval', () => {
  const score = scoreOf({ 5: 40, 4: 20, 3: 10, 2: 10, 1: 20 }, csat);
  expect(score).toMatchObject({ kind: 'csat', satisfied: 60, rate: { value: 0.6 } });
  // Wilson's interval for 60 of 100.
  expect(score?.kind === 'csat' && [score.rate.low, score.rate.high]).toEqual([
    expect.closeTo(0.502, 3),
    expect.closeTo(0.6906, 3),
  ]);
});

test.each([
  ['other answers', { tea: 3 }, ['tea', 'pottery']],
  ['a scale that lacks a point', { 9: 3 }, nps.slice(1)],
  ['nobody', {}, nps],
  ['what is typed', { 9: 3 }, []],
])('%s have no score', (_, counts, possible) => {
  expect(scoreOf(counts, possible)).toBe(null);
});
