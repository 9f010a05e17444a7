// One enrollment as its journey's picture: where it stands, which way it came, what comes next and when.
import type pg from 'pg';
import { type ExplainedEnrollment, explain } from '../engine/core/explanation.ts';
import { type JourneyMap, mapOf } from '../engine/core/journey-map.ts';
import type { Locale } from '../engine/core/sentences.ts';
import type { Store } from '../engine/ports.ts';
import { decisionsOf } from './decisions.ts';
import { enrollmentById } from './enrollments.ts';
import { shopsLocale } from './explanation.ts';
import { openSession } from './session.ts';

export interface EnrollmentView {
  id: string;
  journey: string;
  title: string | null;
  version: string;
  /** The customer's own, else the shop's. */
  zone: string;
  /** When time alone moves it on; ISO. */
  dueAt: string | null;
  explained: ExplainedEnrollment;
  map: JourneyMap;
  /** Steps that its record names, in the order in which it came to them. */
  visited: string[];
}

const most = 500;

/** Null: there is none. In the shop's language where `locale` is null. */
export async function enrollmentView(
  pool: pg.Pool,
  store: Store,
  id: string,
  now: number,
  locale: Locale | null,
): Promise<EnrollmentView | null> {
  const session = openSession(pool);
  const enrollment = await enrollmentById(session, id);
  if (!enrollment) return null;
  const { version, journey, customerId } = enrollment;
  const { catalog, plan, customer } = await store.transaction(async (tx) => ({
    catalog: await tx.catalog(),
    plan: await tx.plan(version),
    customer: await tx.customer(customerId),
  }));
  const decisions = await decisionsOf(session, id, most);
  const own = customer?.traits.time_zone;
  const zone = typeof own === 'string' ? own : catalog.settings.timeZone;
  const { enrollments, title } = explain({
    ...{ journey, published: plan, enrollments: [enrollment], plans: { [version]: plan }, decisions, events: {} },
    ...{ status: catalog.halted?.[journey] ?? 'live', now, zone },
    locale: locale ?? shopsLocale(catalog),
  });
  const steps = [...decisions.map(({ step }) => step), enrollment.state.step];
  const visited = [...new Set(steps.filter((step) => step !== null && step in plan.steps))] as string[];
  const dueAt = enrollment.dueAt === null ? null : new Date(enrollment.dueAt).toISOString();
  return { id, journey, title, version, zone, dueAt, explained: enrollments[0]!, map: mapOf(plan), visited };
}
