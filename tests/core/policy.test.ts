import { expect, it } from 'vitest';
import {
  decideDelivery,
  fallsThrough,
  neededPurposes,
  nextAttemptAt,
  type SendFacts,
} from '../../engine/core/policy.ts';
import { day, hour, minute } from './plans.ts';

const may: SendFacts = {
  at: 0,
  ended: null,
  paused: false,
  heldOut: false,
  conditionErrors: [],
  channel: 'email',
  address: 'a@example.com',
  purposes: ['marketing'],
  grants: [{ channel: 'email', purpose: 'marketing' }],
  suppression: null,
  expiresAt: day,
};

// Each row adds one more thing that is wrong, from the last gate to the first: the first gate gives the reason.
const gates: [string, Partial<SendFacts>][] = [
  ['expired', { at: day }],
  ['suppression', { suppression: 'hard_bounce' }],
  ['consent', { grants: [{ channel: 'push', purpose: 'marketing' }] }],
  ['unreachable', { address: null }],
  ['holdout', { heldOut: true }],
  ['condition_error', { conditionErrors: ['goal'] }],
  ['exit', { ended: 'goal' }],
];

it('claims when no gate refuses', () => {
  expect(decideDelivery(may)).toEqual({ kind: 'claim' });
});
it.each(gates)('suppresses with the reason %s', (reason, wrong) => {
  expect(decideDelivery({ ...may, ...wrong })).toMatchObject({ kind: 'suppress', reason });
});
it('gives the reason of the first gate that refuses', () => {
  let facts = may;
  for (const [reason, wrong] of gates) {
    facts = { ...facts, ...wrong };
    expect(decideDelivery(facts)).toMatchObject({ reason });
  }
});
it.each(['stopped', 'ejected', 'erased'])('says %s where the enrollment ended so', (reason) => {
  expect(decideDelivery({ ...may, ended: reason })).toMatchObject({ reason });
});
it('leaves at the last millisecond before it expires', () => {
  expect(decideDelivery({ ...may, at: day - 1 })).toEqual({ kind: 'claim' });
});
it.each([
  ['marketing', undefined, ['marketing']],
  ['marketing', 'ads', ['marketing', 'ads']],
  ['marketing', 'marketing', ['marketing']],
  ['marketing', 'transactional', ['marketing']],
  ['transactional', 'marketing', ['marketing']],
  ['transactional', undefined, []],
])('a %s journey with a %s message needs %j', (journey, message, purposes) => {
  expect(neededPurposes(journey, message)).toEqual(purposes);
});
it('a message with two purposes needs consent to both', () => {
  expect(decideDelivery({ ...may, purposes: ['marketing', 'ads'] })).toMatchObject({
    reason: 'consent',
    needed: expect.stringContaining('ads'),
  });
});
it('tries again after 1, 5, 15, 60 minutes, then hourly, until it expires', () => {
  const waits = [1, 2, 3, 4, 5, 6].map((attempts) => nextAttemptAt(attempts, 0, day));
  expect(waits).toEqual([minute, 5 * minute, 15 * minute, hour, hour, hour]);
  expect(nextAttemptAt(1, day - minute, day)).toBeNull();
  expect(nextAttemptAt(1, day - minute - 1, day)).toBe(day - 1);
});
it('waits longer where the provider asks for it', () => {
  expect(nextAttemptAt(1, 0, day, 10 * minute)).toBe(10 * minute);
});
it('falls through to the next channel on what the customer or address lacks, never on unknown or failed', () => {
  expect(
    ['unreachable', 'consent', 'suppression', 'gone', 'failed', 'exit', 'holdout', 'unknown'].filter(fallsThrough),
  ).toEqual(['unreachable', 'consent', 'suppression', 'gone']);
});
