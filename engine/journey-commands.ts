// What people do to a whole journey: pause, resume, stop. The journey's row holds at once, for every turn and claim;
// what is left to do to its enrollments is done in batches, by `sweep`.

import { type CommandAnswer, type CommandPorts, endEnrollment, withEnrollment } from './command.ts';
import type { JourneyAction, JourneyStand } from './core/journey-status.ts';
import type { Tx } from './ports.ts';

/** Waits go on running; nothing is sent, nobody enters, no step is taken until it is resumed. */
export function pauseJourney(ports: CommandPorts, journey: string, by: string): Promise<CommandAnswer> {
  return change(ports, journey, by, 'pause', (stand) => {
    if (stand.status === 'paused') return 'this journey is paused already';
    if (stand.status === 'stopped')
      return { conflict: 'this journey is stopped: nobody is in it and nobody enters; resume it first' };
    return { status: 'paused', swept: null };
  });
}

/**
 * A paused journey goes on: what fell due leaves through all gates, a batch at a time. A stopped one takes customers
 * again; who was stopped stays out.
 */
export function resumeJourney(ports: CommandPorts, journey: string, by: string): Promise<CommandAnswer> {
  return change(ports, journey, by, 'resume', (stand) => {
    if (stand.status === 'live') return 'this journey is neither paused nor stopped';
    if (stand.status === 'stopped' && stand.swept !== null)
      return { conflict: 'its open enrollments are still being ended; resume it in a moment' };
    return { status: 'live', swept: stand.status === 'paused' ? '' : null };
  });
}

/** Nobody enters, and every open enrollment ends as `stopped`. Customers who were stopped stay out. */
export function stopJourney(ports: CommandPorts, journey: string, by: string): Promise<CommandAnswer> {
  return change(ports, journey, by, 'stop', (stand) =>
    stand.status === 'stopped' ? 'this journey is stopped already' : { status: 'stopped', swept: '' },
  );
}

type Decided = Pick<JourneyStand, 'status' | 'swept'> | { conflict: string } | string;

function change(
  ports: CommandPorts,
  journey: string,
  by: string,
  action: JourneyAction['action'],
  decide: (stand: JourneyStand) => Decided,
): Promise<CommandAnswer> {
  return ports.store.transaction(async (tx) => {
    const stand = await tx.lockJourney(journey);
    if (!stand) return { kind: 'not_found', sentence: 'no journey of this name was ever published' };
    const decided = decide(stand);
    if (typeof decided === 'string') return { kind: 'unchanged', sentence: decided };
    if ('conflict' in decided) return { kind: 'conflict', sentence: decided.conflict };
    const at = ports.clock.now();
    await tx.saveJourney({ journey, ...decided, since: at, by });
    await tx.recordAction({ journey, action, at, by });
    return { kind: 'done' };
  });
}

/**
 * Does the next batch of what stops and resumes have left to do, at most `limit` enrollments of each journey. Anybody
 * may call it at any time, also twice at once. True: there is more.
 */
export async function sweep(ports: CommandPorts, limit: number): Promise<boolean> {
  const unswept = await ports.store.transaction((tx) => tx.unsweptJourneys());
  let isMore = false;
  for (const stand of unswept) {
    const ids = await (stand.status === 'stopped' ? endBatch(ports, stand, limit) : nudgeBatch(ports, stand, limit));
    const swept = ids.length < limit ? null : ids.at(-1)!;
    isMore ||= swept !== null;
    await ports.store.transaction((tx) => advance(tx, stand, swept));
  }
  return isMore;
}

async function endBatch(ports: CommandPorts, { journey, swept }: JourneyStand, limit: number): Promise<string[]> {
  const ids = await ports.store.transaction((tx) => tx.openEnrollments(journey, swept ?? '', limit));
  for (const id of ids) await endStopped(ports, id);
  return ids;
}

function nudgeBatch(ports: CommandPorts, { journey, swept }: JourneyStand, limit: number): Promise<string[]> {
  return ports.store.transaction(async (tx) => {
    const ids = await tx.parkedEnrollments(journey, ports.clock.now(), swept ?? '', limit);
    for (const id of ids) await tx.look(id);
    return ids;
  });
}

/** Not where somebody has paused, stopped or resumed it meanwhile: that has set its own beginning. */
async function advance(tx: Tx, before: JourneyStand, swept: string | null): Promise<void> {
  const now = await tx.lockJourney(before.journey);
  if (now && now.status === before.status && now.since === before.since && now.swept === before.swept)
    await tx.saveJourney({ ...now, swept });
}

/** Ends one enrollment of a journey that is stopped; nothing where it has ended, or the journey was resumed. */
export async function endStopped(ports: CommandPorts, enrollmentId: string): Promise<void> {
  await withEnrollment(ports, enrollmentId, async (tx, enrollment) => {
    const { status, by } = await tx.holdJourney(enrollment.journey);
    if (enrollment.status !== 'active' || status !== 'stopped') return;
    await endEnrollment(tx, enrollment, 'stopped', by ?? '', ports.clock.now());
  });
}
