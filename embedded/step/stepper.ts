// Drives the whole product under the step clock: from due moment to due moment, waiting at each until the system is idle.
// So nothing reorders, however fast it goes; and where the system cannot go on, time does not either.
import type { Logger } from 'pino';
import { errorCode } from '../../engine/error-code.ts';
import { createBell } from '../../server/bell.ts';
import { createOutage } from '../../server/outage.ts';
import type { StepClock } from '../../simulator/step-clock.ts';
import { runMoment } from '../../simulator/world.ts';
import type { Steps } from '../../store/steps.ts';
import type { Pace } from './pace.ts';

/** What happens from outside at moments of its own: a script. */
export interface Agenda {
  /** The moment of what comes next; null: nothing more. */
  next(): number | null;
  /** Does what is due by now; resolves when all of it is acknowledged. */
  run(now: number): Promise<void>;
}

export interface StepperDeps {
  clock: StepClock;
  pace: Pace;
  steps: Steps;
  /** Takes up what time alone has changed; how many customers it looked at. */
  takeDue(): Promise<number>;
  /** The dispatcher's. */
  wake(): void;
  agenda?: Agenda | undefined;
  logger: Logger;
}

export interface Stepper {
  /** Rejects when the agenda has failed: nobody but who wrote it can mend it. Otherwise resolves once it is stopped. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

class AgendaFailure extends Error {
  constructor(options: { cause: unknown }) {
    super('the agenda cannot go on', options);
  }
}

const tickMs = 100;
const lookEveryMs = 10;
/** After a sleep of the machine, time goes on from where it stood. */
const longestTickMs = 1_000;
/** Whatever was lost with a process that died is asked for again. */
const nudgeEveryMs = 3_000;
const sayAfterMs = 30_000;

/** Begins with what is due at the clock's moment. Never throws; while the database is away, time stands. */
export function startStepper(deps: StepperDeps): Stepper {
  const { clock, pace, steps, logger } = deps;
  const bell = createBell();
  const outage = createOutage(logger, () => clock.real());
  const world = { nudge: () => steps.nudge(clock.now()), settle };
  let isStopping = false;
  let isFresh = true;

  /** Until nothing more happens at this moment. */
  async function settle(): Promise<void> {
    const since = clock.real();
    let nudgedAt = since;
    let hasSaid = false;
    for (;;) {
      while (!isStopping && (await deps.takeDue()) > 0);
      if (isStopping || !(await steps.isBusy(clock.now(), clock.real()))) return;
      deps.wake();
      if (clock.real() - nudgedAt > nudgeEveryMs) {
        await steps.nudge(clock.now());
        nudgedAt = clock.real();
      }
      if (!hasSaid && clock.real() - since > sayAfterMs) {
        hasSaid = true;
        const underWay = await steps.underWay(clock.now(), clock.real());
        const now = new Date(clock.now()).toISOString();
        logger.warn({ now, underWay }, 'time stands until what is under way has ended');
      }
      await bell.wait(lookEveryMs);
    }
  }

  async function nextMoment(): Promise<number | null> {
    const moments = [await steps.nextDue(), deps.agenda?.next() ?? null].filter((at) => at !== null);
    return moments.length > 0 ? Math.min(...moments) : null;
  }

  async function happen(): Promise<void> {
    await deps.agenda?.run(clock.now()).catch((error: unknown) => {
      throw new AgendaFailure({ cause: error });
    });
    if (isStopping) return;
    await runMoment(world);
    pace.happened();
  }

  /** As far as time goes until something is due. */
  async function step(): Promise<void> {
    if (isFresh) await runMoment(world);
    isFresh = false;
    const next = await nextMoment();
    const waitMs = Math.min(tickMs, pace.untilMs(clock.now(), next) ?? tickMs);
    const began = clock.real();
    if (waitMs > 0) await bell.wait(waitMs);
    const elapsedMs = Math.min(clock.real() - began, longestTickMs);
    // What came in meanwhile comes first, and may be due before what was.
    if (waitMs > 0 && (await steps.isBusy(clock.now(), clock.real()))) return settle();
    const sooner = waitMs > 0 ? await nextMoment() : next;
    clock.set(pace.move(clock.now(), sooner, elapsedMs));
    if (sooner !== null && clock.now() >= sooner) await happen();
  }

  async function run(): Promise<void> {
    while (!isStopping) {
      try {
        await step();
        outage.end();
      } catch (error) {
        if (error instanceof AgendaFailure) throw error.cause;
        isFresh = true;
        await bell.wait(outage.begin('the step clock', errorCode(error).code));
      }
    }
  }

  const ended = run();
  return {
    ended,
    async stop() {
      isStopping = true;
      bell.ring();
      await ended.catch(() => {});
    },
  };
}
