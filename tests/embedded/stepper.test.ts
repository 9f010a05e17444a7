// The driver of stepped time, over a system of which the test says when it is busy and what is due.
import pino from 'pino';
import { afterEach, expect, it } from 'vitest';
import { createPace } from '../../embedded/step/pace.ts';
import { type Agenda, type Stepper, startStepper } from '../../embedded/step/stepper.ts';
import { createStepClock } from '../../simulator/step-clock.ts';
import { until } from '../system/until.ts';

const running: Stepper[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

interface System {
  /** Moments at which something is due. */
  due: number[];
  /** How many more looks find it busy. */
  busy: number;
  isAway: boolean;
  /** Becomes due once this has been asked about for the first time. */
  soon: number | null;
  looks: number;
  /** What happened, and when. */
  story: [string, number][];
}

function steppedOver(system: Partial<System>, agenda?: Agenda) {
  const one: System = { due: [], busy: 0, isAway: false, soon: null, looks: 0, story: [], ...system };
  const clock = createStepClock(0);
  const tell = (what: string) => void one.story.push([what, clock.now()]);
  const stepper = startStepper({
    clock,
    pace: createPace({ speed: 1_000, longestIdleMs: 50 }),
    steps: {
      async nextDue() {
        one.looks += 1;
        if (one.isAway) throw new Error('away');
        const next = one.due.length > 0 ? Math.min(...one.due) : null;
        if (one.soon !== null) one.due.push(one.soon);
        one.soon = null;
        return next;
      },
      async isBusy() {
        one.busy -= 1;
        if (one.busy > 0) tell('busy');
        return one.busy > 0;
      },
      underWay: async () => [],
      async nudge(now) {
        for (const at of one.due.filter((at) => at <= now)) tell(`due ${at}`);
        one.due = one.due.filter((at) => at > now);
      },
    },
    takeDue: async () => 0,
    wake: () => {},
    agenda,
    logger: pino({ level: 'silent' }),
  });
  running.push(stepper);
  return { system: one, clock, stepper };
}

/** An agenda of these moments, told into the system's story. */
function agendaOf(moments: number[], act: (at: number) => void | Promise<void>): Agenda {
  const left = [...moments];
  return {
    next: () => left[0] ?? null,
    async run(now) {
      while (left.length > 0 && left[0]! <= now) await act(left.shift()!);
    },
  };
}

it('stands at each due moment exactly, one after the other', async () => {
  const { system } = steppedOver({ due: [5_000, 90_000, 90_001, 7_000_000] });
  await until('all was done', () => system.due.length === 0);
  expect(system.story).toEqual([5_000, 90_000, 90_001, 7_000_000].map((at) => [`due ${at}`, at]));
});

it('what comes from outside at a moment comes before what is due at it', async () => {
  const happened: number[] = [];
  const { system } = steppedOver(
    { due: [1_000, 3_000] },
    agendaOf([1_000, 2_000], (at) => {
      happened.push(at);
      system.story.push([`act ${at}`, at]);
    }),
  );
  await until('all was done', () => system.due.length === 0);
  expect(system.story.map(([what]) => what)).toEqual(['act 1000', 'due 1000', 'act 2000', 'due 3000']);
});

it('time does not move while the system is at work', async () => {
  const { system } = steppedOver(
    { due: [10_000] },
    agendaOf([1_000], () => {
      system.busy = 30;
    }),
  );
  await until('all was done', () => system.due.length === 0);
  const busy = system.story.filter(([what]) => what === 'busy');
  expect(busy.length).toBeGreaterThan(20);
  expect(new Set(busy.map(([, at]) => at))).toEqual(new Set([1_000]));
});

it('what becomes due meanwhile, and sooner, is not passed over', async () => {
  const { system } = steppedOver({ due: [1_000_000], soon: 1_000 });
  await until('all was done', () => system.due.length === 0);
  expect(system.story).toEqual([
    ['due 1000', 1_000],
    ['due 1000000', 1_000_000],
  ]);
});

it('time stands while the database is away, and then goes on', async () => {
  const { system, clock } = steppedOver({ isAway: true, due: [1_000] });
  await until('it was tried again', () => system.looks > 1);
  expect(clock.now()).toBe(0);
  system.isAway = false;
  await until('it goes on', () => system.due.length === 0);
});

it('a script that fails ends it, and says why', async () => {
  const { stepper } = steppedOver(
    {},
    agendaOf([10], () => Promise.reject(new Error('nobody of this name'))),
  );
  await expect(stepper.ended).rejects.toThrow('nobody of this name');
});

it('stops at once, also while it waits for the system', async () => {
  const { stepper, system } = steppedOver({ busy: 1_000_000_000 });
  await until('it waits', () => system.story.length > 2);
  await stepper.stop();
});
