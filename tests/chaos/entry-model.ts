// What one event must end and open, said a second time and more plainly than the engine does, for the journeys of this
// test: journey-language §3 (again, late, older, already, order of meaning).
import type { Enrollment } from '../../engine/core/enrollment.ts';
import type { StoredEvent } from '../../engine/core/event.ts';
import type { Plan } from '../../engine/core/plan.ts';
import type { Catalog } from '../../engine/ports.ts';
import { planOf } from './journeys.ts';

const toleranceMs = 10 * 60_000;

export interface Expected {
  /** Enrollment id and reason. */
  ended: string[];
  /** Journey and what became of the entry: `entered`, or why not. */
  considered: string[];
  /** Enrollments into whose inbox it goes. */
  heardBy: string[];
}

/**
 * @param enrollments all of this customer, as they stood before the event
 * @param known the customer's other events
 */
export function expected(
  event: StoredEvent,
  catalog: Catalog,
  enrollments: Enrollment[],
  known: StoredEvent[],
): Expected {
  const ended = new Map<string, string>();
  for (const enrollment of enrollments) {
    const reason = enrollment.status === 'active' ? endOf(event, planOf(enrollment.version), enrollment) : null;
    if (reason !== null) ended.set(enrollment.id, reason);
  }
  const considered: string[] = [];
  for (const { plan } of catalog.journeys) {
    if (!plan.enter.on.includes(event.name)) continue;
    const own = enrollments.filter(({ journey }) => journey === plan.journey);
    const open = own.find(({ id, status, key }) => status === 'active' && !ended.has(id) && key === keyOf(event, plan));
    const refusal = refusalOf(event, plan, own, open, known) ?? catalog.halted?.[plan.journey] ?? null;
    considered.push(`${plan.journey} ${refusal ?? 'entered'}`);
    if (refusal === null && plan.enter.again.mode === 'restart' && open) ended.set(open.id, 'superseded');
  }
  const heardBy = enrollments.filter((each) => each.status === 'active' && !ended.has(each.id) && hears(event, each));
  const ids = heardBy.map(({ id }) => id).sort();
  return {
    ended: [...ended].map(([id, reason]) => `${id} ${reason}`).sort(),
    considered: considered.sort(),
    heardBy: ids,
  };
}

function endOf(event: StoredEvent, plan: Plan, { key, entryOccurredAt }: Enrollment): string | null {
  if (!reaches(event, plan, key) || event.occurredAt < entryOccurredAt - toleranceMs) return null;
  if (plan.goal?.exits && plan.goal.on.includes(event.name)) return 'goal';
  const exit = plan.exits.find(({ on }) => on.includes(event.name));
  return exit ? (exit.as ?? event.name) : null;
}

function hears(event: StoredEvent, { version, key, entryOccurredAt }: Enrollment): boolean {
  const plan = planOf(version);
  const isInTime = event.occurredAt >= entryOccurredAt - toleranceMs && reaches(event, plan, key);
  const waits = Object.values(plan.steps).filter((step) => step.kind === 'wait');
  const names = waits.flatMap((wait) => (wait.form === 'event' ? wait.listeners.flatMap(({ on }) => on) : []));
  const silences = waits.flatMap((wait) => (wait.form === 'until_no' ? wait.on : []));
  return isInTime && [...names, ...silences].includes(event.name);
}

function refusalOf(
  event: StoredEvent,
  plan: Plan,
  own: Enrollment[],
  open: Enrollment | undefined,
  known: StoredEvent[],
): string | null {
  const { again, lateMs, key: property } = plan.enter;
  const key = keyOf(event, plan);
  if (event.receivedAt - event.occurredAt > lateMs) return 'late';
  if (property !== undefined && key === null) return 'if';
  if (again.mode === 'never' && own.some((past) => past.key === key)) return 'again';
  if (again.mode === 'after_exit' && open) return 'again';
  if (again.mode === 'restart' && open && open.entryOccurredAt > event.occurredAt) return 'older';
  const ends = [...(plan.goal?.exits ? plan.goal.on : []), ...plan.exits.flatMap(({ on }) => on)];
  const isOver = known.some(
    (other) =>
      ends.includes(other.name) &&
      other.occurredAt >= event.occurredAt - toleranceMs &&
      reaches(other, plan, key) &&
      !own.some(({ endedBy }) => endedBy === other.id),
  );
  return isOver ? 'already' : null;
}

function reaches(event: StoredEvent, plan: Plan, key: string | null): boolean {
  const property = plan.enter.key;
  if (property === undefined || !plan.schemas.events[event.name]!.correlate.includes(property)) return true;
  const value = event.data[property] ?? null;
  return value === null || value === key;
}

function keyOf(event: StoredEvent, { enter }: Plan): string | null {
  const value = enter.key === undefined ? null : event.data[enter.key];
  return typeof value === 'string' ? value : null;
}
