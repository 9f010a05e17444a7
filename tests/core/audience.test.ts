// Who is wanted in an audience, and until when.
import { describe, expect, it } from 'vitest';
import {
  type AudienceReason,
  joined,
  newMember,
  toldAnew,
  untilOf,
  withoutReasons,
  withReason,
} from '../../engine/core/audience.ts';
import { day } from './plans.ts';

const none = newMember('m', 'c1', 'meta', 'carts');
const by = (enrollmentId: string, until: AudienceReason['until']): AudienceReason => {
  return { enrollmentId, journey: 'j', version: 'v', step: 's', purpose: 'marketing', until };
};
const of = (enrollmentId: string) => (reason: AudienceReason) => reason.enrollmentId === enrollmentId;

describe('a member', () => {
  it('is wanted while there is a reason, and each change of that is a version', () => {
    const put = withReason(none, by('a', 'exit'), 1);
    expect(put).toMatchObject({ wanted: true, version: 1, changedAt: 1, endsAt: null, why: null });
    const two = withReason(put, by('b', 'exit'), 2);
    expect(two).toMatchObject({ wanted: true, version: 1, changedAt: 1 });
    const one = withoutReasons(two, of('a'), 'exit', 3);
    expect(one).toMatchObject({ wanted: true, version: 1 });
    expect(withoutReasons(one, of('b'), 'exit', 4)).toMatchObject({
      wanted: false,
      version: 2,
      changedAt: 4,
      why: 'exit',
    });
  });
  it('comes back the same where no reason is over', () => {
    const put = withReason(none, by('a', 'exit'), 1);
    expect(withoutReasons(put, of('b'), 'exit', 3)).toBe(put);
  });
  it('ends by time when all its reasons do, with the last of them', () => {
    const put = withReason(withReason(none, by('a', 5 * day), 0), by('b', 3 * day), 0);
    expect(put.endsAt).toBe(5 * day);
    expect(withReason(put, by('c', 'exit'), 0).endsAt).toBeNull();
    expect(withReason(put, by('c', 'forever'), 0).endsAt).toBeNull();
  });
  it('is extended by the same enrollment, and never shortened', () => {
    const put = withReason(none, by('a', 5 * day), 0);
    expect(withReason(put, by('a', 3 * day), 1)).toMatchObject({ endsAt: 5 * day, reasons: [by('a', 5 * day)] });
    expect(withReason(put, by('a', 9 * day), 1)).toMatchObject({ endsAt: 9 * day, reasons: [by('a', 9 * day)] });
  });
  it('keeps a reason of each kind of one enrollment', () => {
    const put = withReason(withReason(none, by('a', 'exit'), 0), by('a', 5 * day), 0);
    expect(withoutReasons(put, ({ until }) => until === 'exit', 'exit', 1)).toMatchObject({
      wanted: true,
      endsAt: 5 * day,
    });
  });
  it('is told anew without being wanted otherwise', () => {
    const put = withReason(none, by('a', 'exit'), 1);
    expect(toldAnew(put, 9)).toEqual({ ...put, version: 2, changedAt: 9 });
  });
});

describe('two rows of one person', () => {
  it('are wanted for what either was, and told anew, above both versions', () => {
    const into = withoutReasons(withReason(none, by('a', 'exit'), 1), () => true, 'removed', 2);
    const from = { ...withReason(none, by('b', 'exit'), 3), version: 8 };
    expect(joined(into, from, 9)).toMatchObject({ wanted: true, why: null, version: 9, reasons: [by('b', 'exit')] });
  });
  it('of which neither is wanted are wanted no more, and told all the same', () => {
    const out = withoutReasons(withReason(none, by('a', 'exit'), 1), () => true, 'consent', 2);
    expect(joined(out, out, 9)).toMatchObject({ wanted: false, why: 'consent', version: 3 });
  });
});

it.each([
  ['until_exit', 'exit'],
  ['forever', 'forever'],
  [14 * day, 1000 + 14 * day],
] as const)('keep: %s', (keep, until) => expect(untilOf(keep, 1000)).toBe(until));
