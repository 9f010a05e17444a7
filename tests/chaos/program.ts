// The programs: what happens in a case, and what goes wrong meanwhile. Made by fast-check, which makes them smaller
// again when one fails.
import fc from 'fast-check';
import { minute } from '../core/plans.ts';
import { catalogs, eventNames } from './journeys.ts';
import { behaviours } from './provider.ts';
import type { Disturbance } from './scheduler.ts';

/** What people do: to an enrollment, to a message of one, to a journey. */
export const commands = [
  'eject',
  'pause',
  'resume',
  'cancel',
  'pause journey',
  'resume journey',
  'stop journey',
] as const;

/** What can be heard of what arrived. */
export const heards = ['delivered', 'delayed', 'opened', 'clicked', 'complained'] as const;

/** Known to no journey. */
export const idleName = 'looked_around';

export type Act =
  | { act: 'track'; who: number; name: string; cart: number | null; agoMs: number }
  /** Sends an earlier event once more, with its own id or as another source's report. */
  | { act: 'repeat'; which: number; asOther: boolean }
  | { act: 'consent'; who: number; state: 'granted' | 'withdrawn'; agoMs: number }
  | { act: 'suppress'; who: number }
  | { act: 'move'; who: number; address: number }
  | { act: 'wait'; ms: number }
  | { act: 'turn'; which: number }
  | { act: 'publish'; catalog: number }
  | { act: 'provider'; does: (typeof behaviours)[number] }
  | { act: 'command'; does: (typeof commands)[number]; which: number }
  /** Several calls at once, as a batch brings them. */
  | { act: 'group'; calls: { who: number; name: string; cart: number | null }[] }
  /** Support looks after a message of which nobody knows. */
  | { act: 'doubt'; does: 'resend' | 'not sent'; which: number }
  | { act: 'answer'; which: number; answer: string; again: boolean }
  /** True ones only: of what the provider took. */
  | { act: 'report'; which: number; kind: (typeof heards)[number] }
  | { act: 'forget' };

export interface Program {
  acts: Act[];
  disturbances: Disturbance[];
  /** For attempts within turns; without any, every message goes through its channel's queue. */
  places: number;
}

const who = fc.nat(2);
const agoMs = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0) },
  fc.constantFrom(1, minute, 15 * minute, 2 * 1440 * minute),
);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      act: fc.constant('track' as const),
      who,
      name: fc.constantFrom(...eventNames),
      cart: fc.option(fc.nat(1)),
      agoMs,
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('repeat' as const), which: fc.nat(5), asOther: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('consent' as const),
      who,
      state: fc.constantFrom('withdrawn' as const, 'granted' as const),
      agoMs,
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('suppress' as const), who }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('move' as const), who, address: fc.nat(3) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('wait' as const),
      ms: fc.constantFrom(
        1,
        1_000,
        3_000,
        20_000,
        minute,
        2 * minute,
        5 * minute,
        30 * minute,
        60 * minute,
        1440 * minute,
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('turn' as const), which: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('publish' as const), catalog: fc.nat(catalogs.length - 1) }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('provider' as const), does: fc.constantFrom(...behaviours) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('command' as const),
      does: fc.constantFrom(...commands),
      which: fc.nat(3),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('group' as const),
      calls: fc.array(fc.record({ who, name: fc.constantFrom(idleName, ...eventNames), cart: fc.option(fc.nat(1)) }), {
        minLength: 1,
        maxLength: 4,
      }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('doubt' as const),
      does: fc.constantFrom('resend' as const, 'resend' as const, 'not sent' as const),
      which: fc.nat(2),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('answer' as const),
      which: fc.nat(2),
      answer: fc.constantFrom('good', 'neither'),
      again: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('report' as const),
      which: fc.nat(4),
      kind: fc.constantFrom(...heards),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('forget' as const) }) },
);

/** @param reach how many steps lie between two disturbances at most */
export function programs(reach: number): fc.Arbitrary<Program> {
  const gap = fc.nat(reach);
  const disturbance: fc.Arbitrary<Disturbance> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ gap, kind: fc.constant('switch' as const), pick: fc.integer({ min: 1, max: 8 }) }),
    },
    { weight: 2, arbitrary: fc.record({ gap, kind: fc.constant('crash' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({ gap, kind: fc.constant('stall' as const), steps: fc.integer({ min: 1, max: 120 }) }),
    },
    { weight: 2, arbitrary: fc.record({ gap, kind: fc.constant('fail' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        gap,
        kind: fc.constant('time' as const),
        ms: fc.constantFrom(1, 3_000, 31_000, 2 * minute, 60 * minute),
      }),
    },
  );
  return fc.record({
    acts: fc.array(act, { minLength: 1, maxLength: 14 }),
    disturbances: fc.array(disturbance, { maxLength: 24 }),
    places: fc.constantFrom(10, 0),
  });
}
