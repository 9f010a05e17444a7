import { expect, it } from 'vitest';
import {
  decideDelivery,
  fallsThrough,
  neededPurposes,
  nextAttemptAt,
  type SendFacts,
} from '../../engine/core/policy.ts';
import type { Cap } from '../../engine/core/settings.ts';
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
  onlyIf: null,
  zone: 'UTC',
  quietHours: undefined,
  caps: [],
  sends: [],
  ahead: [],
  passesOn: false,
  expiresAt: day,
};

// Each row adds one more thing that is wrong, from the last gate to the first: the first gate gives the reason.
const cap: Cap = { max: 1, per: 7 * day, channels: ['email'], answer: 'skip' };
const gates: [string, Partial<SendFacts>][] = [
  ['cap', { caps: [cap], sends: [{ channel: 'email', at: 0 }] }],
  ['quiet_hours', { quietHours: { from: '21:00', to: '08:00', channels: ['email'], answer: 'skip' } }],
  ['expired', { at: day + 1 }],
  ['only_if', { onlyIf: { cel: 'customer.tier == "gold"', ok: true, value: false, read: {} } }],
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
it('leaves at the very moment at which it expires, and not after it', () => {
  expect(decideDelivery({ ...may, at: day })).toEqual({ kind: 'claim' });
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
  const falls = ['unreachable', 'consent', 'suppression', 'quiet_hours', 'cap', 'gone'];
  const others = ['failed', 'exit', 'holdout', 'unknown', 'only_if', 'expired', 'render', 'condition_error'];
  expect([...falls, ...others].filter(fallsThrough)).toEqual(falls);
});

const overnight: SendFacts = {
  ...may,
  at: 22 * hour,
  expiresAt: 46 * hour,
  quietHours: { from: '21:00', to: '08:00', channels: ['email'], answer: 'hold' },
};
it('holds until the quiet hours end', () => {
  expect(decideDelivery(overnight)).toMatchObject({ kind: 'hold', reason: 'quiet_hours', until: 32 * hour });
});
it('a hold that ends at the very expiry stands; one that would end after it is expired at once', () => {
  expect(decideDelivery({ ...overnight, expiresAt: 32 * hour })).toMatchObject({ kind: 'hold' });
  expect(decideDelivery({ ...overnight, expiresAt: 32 * hour - 1 })).toMatchObject({
    kind: 'suppress',
    reason: 'expired',
    inputs: { held_by: 'quiet_hours', until: 32 * hour },
  });
});
it('passes what would be held to the next channel where the step says so, even past the expiry', () => {
  const passing = { ...overnight, passesOn: true, expiresAt: 23 * hour };
  expect(decideDelivery(passing)).toMatchObject({ kind: 'suppress', reason: 'quiet_hours' });
});
it('has no quiet hours on other channels', () => {
  const push = { channel: 'push', grants: [{ channel: 'push', purpose: 'marketing' }] };
  expect(decideDelivery({ ...overnight, ...push })).toEqual({ kind: 'claim' });
});
it('holds until there is room in the cap', () => {
  const caps: Cap[] = [{ ...cap, per: day, answer: 'hold' }];
  const held = decideDelivery({
    ...may,
    at: 2 * hour,
    caps,
    sends: [{ channel: 'email', at: hour }],
    expiresAt: 2 * day,
  });
  expect(held).toMatchObject({ kind: 'hold', reason: 'cap', until: hour + day, inputs: { sent: 1 } });
});
it('a transactional message has neither quiet hours nor caps', () => {
  const facts = { ...overnight, purposes: [], caps: [cap], sends: [{ channel: 'email', at: 21 * hour }] };
  expect(decideDelivery(facts)).toEqual({ kind: 'claim' });
});
it('an only_if that fails silences that message', () => {
  const onlyIf = { cel: 'x', ok: false as const, error: 'missing: x' };
  expect(decideDelivery({ ...may, onlyIf })).toMatchObject({ reason: 'condition_error', inputs: { only_if: 'x' } });
});
