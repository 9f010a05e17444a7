// Temporal, the dispatcher and the shop's clients, as a model: durable loops that call turns on workers which die and
// freeze, and never know more than a real one would. Follows workflows/journey.ts, workflows/delivery.ts, server/dispatcher.ts, server/sweeper.ts.
import { sweep } from '../../engine/journey-commands.ts';
import type { Ports } from '../../engine/ports.ts';
import { createTurns, type Turns } from '../../engine/turn.ts';
import type { TurnResult } from '../../engine/turn-result.ts';
import type { Backing } from './backing.ts';
import { never, type Process, type Scheduler } from './scheduler.ts';

const activityTimeoutMs = 60_000;
/** Of an attempt in a queue. Nobody beats here, so each that takes longer is taken for dead while it lives. */
const heartbeatMs = 30_000;
const clientTimeoutMs = 30_000;
const outboxLeaseMs = 30_000;
const reconcileMs = 60_000;
const backOffMs = [1_000, 5_000, 15_000, 60_000, 300_000];

interface Bell {
  isRung: boolean;
}

interface Workflow {
  looked: boolean;
  isGone: boolean;
}

export interface Drive {
  outside: Process;
  /** Runs a turn on some worker, whatever else is under way: as after a reset, or a lost worker that lives. */
  turn(enrollmentId: string): Promise<TurnResult | null>;
  /** Asks until it is acknowledged. */
  insist<T>(what: string, ask: (ports: Ports) => Promise<T>): Promise<T>;
  /** The dispatcher or the sweeper has something to do. */
  ring(bell: 'outbox' | 'sweeper'): void;
  /** Temporal comes back from an old backup and knows nobody; the reconciler repairs it. */
  forget(): void;
  turns(): number;
}

export interface DriveDeps {
  scheduler: Scheduler;
  backing: Backing;
  portsOf(process: Process): Ports;
  workers: number;
  /** For attempts within turns, on each channel. */
  places: number;
}

export function startDrive({ scheduler, backing, portsOf, workers, places }: DriveDeps): Drive {
  const outside = scheduler.process('outside', true);
  const living = new Map<string, Process>();
  let workflows = new Map<string, Workflow>();
  const outbox: Bell = { isRung: false };
  const sweeper: Bell = { isRung: false };
  let turns = 0;
  let picks = 0;

  /** Another process takes the place of a dead one. */
  function pick(kind: 'worker' | 'server'): Process {
    const name = `${kind} ${picks++ % workers}`;
    const known = living.get(name);
    if (known && !known.isDead) return known;
    const fresh = scheduler.process(name);
    living.set(name, fresh);
    return fresh;
  }

  /** What came of work on a process, as seen from outside; null if it failed, died, or took too long. */
  function from<T>(process: Process, timeoutMs: number, work: () => Promise<T>): Promise<{ value: T } | null> {
    return new Promise((resolve) => {
      let isOver = false;
      const end = (outcome: { value: T } | null) => {
        isOver = true;
        process.onDeath.delete(died);
        resolve(outcome);
      };
      const died = () => end(null);
      process.onDeath.add(died);
      scheduler
        .park(outside, 'time-out', { wakeAt: scheduler.now + timeoutMs, isReady: () => !isOver })
        .then(died, died);
      work().then(
        (value) => end({ value }),
        () => end(null),
      );
    });
  }

  async function turn(enrollmentId: string): Promise<TurnResult | null> {
    return execute(`turn of ${enrollmentId}`, activityTimeoutMs, (turns) => turns.run(enrollmentId));
  }

  async function execute(
    what: string,
    timeoutMs: number,
    work: (turns: Turns) => Promise<TurnResult>,
  ): Promise<TurnResult | null> {
    const worker = pick('worker');
    turns += 1;
    const startTimer = (ms: number) => {
      let isCancelled = false;
      const over = scheduler.park(worker, 'budget', { wakeAt: scheduler.now + ms, isReady: () => !isCancelled });
      const cancel = () => {
        isCancelled = true;
      };
      return { over, cancel };
    };
    const own = createTurns(portsOf(worker), () => undefined, { ms: 3_000, effects: 50, places, startTimer });
    const answer = await from(worker, timeoutMs, async () => {
      await scheduler.park(worker, what);
      return work(own);
    });
    return answer?.value ?? null;
  }

  function look(enrollmentId: string): void {
    const known = workflows.get(enrollmentId);
    if (known) {
      known.looked = true;
      return;
    }
    const workflow = { looked: false, isGone: false };
    workflows.set(enrollmentId, workflow);
    void loop(enrollmentId, workflow);
  }

  async function loop(enrollmentId: string, workflow: Workflow): Promise<void> {
    for (let failures = 0; ; ) {
      workflow.looked = false;
      let result = await turn(enrollmentId);
      while (result?.deliver && !workflow.looked && !workflow.isGone)
        result = await attempt(workflow, result, result.deliver.key);
      if (workflow.isGone) return;
      failures = result ? 0 : failures + 1;
      // A signal that lands while it ends lets Temporal run the last task again.
      if (result?.finished && !workflow.looked) {
        workflows.delete(enrollmentId);
        return;
      }
      const sleepMs = result ? result.sleepMs : backOffMs[Math.min(failures, backOffMs.length) - 1]!;
      if (result && (workflow.looked || sleepMs === 0)) continue;
      await sleep(workflow, sleepMs, result !== null);
      if (workflow.isGone) return;
    }
  }

  /** Given up by a look, though it goes on wherever it is. */
  async function attempt(workflow: Workflow, known: TurnResult, key: string): Promise<TurnResult | null> {
    let isOver = false;
    const isReady = () => !isOver && (workflow.looked || workflow.isGone);
    const looked = scheduler.park(outside, 'look at a queued delivery', { isReady });
    const tried = execute(`attempt of ${key}`, heartbeatMs, (turns) => turns.deliver(key));
    const result = await Promise.race([tried, looked.then(() => known)]);
    isOver = true;
    return result;
  }

  async function sleep(workflow: Workflow, ms: number | null, isWoken: boolean): Promise<void> {
    const wakes: Promise<void>[] = [];
    let isAwake = false;
    const isReady = () => !isAwake && !workflow.isGone;
    if (ms !== null) wakes.push(scheduler.park(outside, 'timer', { wakeAt: scheduler.now + ms, isReady }));
    if (isWoken) wakes.push(scheduler.park(outside, 'signal', { isReady: () => isReady() && workflow.looked }));
    await Promise.race(wakes.length > 0 ? wakes : [never()]);
    isAwake = true;
  }

  /** Does its work on some server whenever the bell has rung, and again where that came to nothing. */
  async function serve(bell: Bell, name: string, work: (server: Process) => Promise<void>): Promise<void> {
    for (;;) {
      await scheduler.park(outside, `${name} waits`, { isReady: () => bell.isRung });
      bell.isRung = false;
      const server = pick('server');
      const done = await from(server, clientTimeoutMs, async () => {
        await scheduler.park(server, name);
        await work(server);
      });
      if (done) continue;
      void scheduler.park(outside, `${name} polls`, { wakeAt: scheduler.now + outboxLeaseMs }).then(() => {
        bell.isRung = true;
      });
    }
  }

  async function dispatch(server: Process): Promise<void> {
    for (const { enrollmentId, ids } of await tracked(backing.takeLooks(scheduler.now, outboxLeaseMs))) {
      await scheduler.park(server, 'looks taken');
      look(enrollmentId);
      await scheduler.park(server, 'Temporal told');
      await tracked(backing.done(ids));
    }
  }

  async function sweepAll(server: Process): Promise<void> {
    while (await sweep(portsOf(server), 2)) await scheduler.park(server, 'batch swept');
  }

  async function tracked<T>(work: Promise<T>): Promise<T> {
    backing.tracked.inFlight += 1;
    try {
      return await work;
    } finally {
      backing.tracked.inFlight -= 1;
    }
  }

  void serve(outbox, 'dispatch', dispatch);
  void serve(sweeper, 'sweep', sweepAll);
  return {
    outside,
    turn,
    async insist(what, ask) {
      for (;;) {
        const server = pick('server');
        const answer = await from(server, clientTimeoutMs, async () => {
          await scheduler.park(server, what);
          return ask(portsOf(server));
        });
        if (answer) return answer.value;
        await scheduler.park(outside, `again: ${what}`, { wakeAt: scheduler.now + 1_000 });
      }
    },
    ring(bell) {
      (bell === 'outbox' ? outbox : sweeper).isRung = true;
    },
    forget() {
      for (const workflow of workflows.values()) workflow.isGone = true;
      workflows = new Map();
      void scheduler.park(outside, 'reconciler', { wakeAt: scheduler.now + reconcileMs }).then(async () => {
        const { enrollments, deliveries } = await tracked(backing.rows());
        const sending = deliveries.filter(({ state }) => state === 'sending').map(({ enrollmentId }) => enrollmentId);
        for (const { id, status } of enrollments) if (status === 'active' || sending.includes(id)) look(id);
      });
    },
    turns: () => turns,
  };
}
