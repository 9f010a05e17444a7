// Enrollments with what intake must know of each: its plan, the event that opened it and the newest of that name.
import type { Enrollment } from './core/enrollment.ts';
import type { Plan } from './core/plan.ts';
import type { Live } from './core/standing.ts';
import type { Tx } from './ports.ts';

/** Loads those whose plan is asked for. */
export async function loadLive(
  tx: Tx,
  enrollments: Enrollment[],
  isConcerned: (plan: Plan) => boolean,
): Promise<Live[]> {
  const concerned: { enrollment: Enrollment; plan: Plan }[] = [];
  for (const enrollment of enrollments) {
    const plan = await tx.plan(enrollment.version);
    if (isConcerned(plan)) concerned.push({ enrollment, plan });
  }
  const ids = [...new Set(concerned.flatMap(({ enrollment }) => [enrollment.entryEventId, enrollment.latestEventId]))];
  const events = new Map((ids.length === 0 ? [] : await tx.events(ids)).map((known) => [known.id, known]));
  return concerned.map(({ enrollment, plan }) => ({
    enrollment,
    plan,
    entry: events.get(enrollment.entryEventId)!,
    latest: events.get(enrollment.latestEventId)!,
  }));
}
