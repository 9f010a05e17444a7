// One journey for those who run it: where people stand in it, what was sent and what was not, how it ends, what it achieves.
// Counts are of who entered, and of what happened, since a moment; null: since ever.
import type pg from 'pg';
import { type JourneyMap, mapOf } from '../engine/core/journey-map.ts';
import type { Plan } from '../engine/core/plan.ts';
import { difference, type Interval, share } from '../engine/core/proportion.ts';
import { type QuestionReport, questionReports } from './question-report.ts';
import { openSession, type Session, time } from './session.ts';

export interface JourneyView {
  journey: string;
  title: string | null;
  description: string | null;
  stage: string | null;
  purpose: string;
  owner: string | null;
  status: string;
  statusSince: string | null;
  statusBy: string | null;
  /** What takes new customers; null: retired. */
  version: string | null;
  /** Whose map this is: that one, or the last that was. */
  shown: string;
  map: JourneyMap;
  /** What can be looked at beforehand. */
  messages: { name: string; channels: { channel: string; locales: string[] }[] }[];
  /** People in it now, by step, of whatever version. */
  standing: { [step: string]: number };
  entered: number;
  completed: number;
  exits: { reason: string; count: number }[];
  sends: SendCount[];
  measure: Measure;
  questions: QuestionReport[];
  actions: JourneyDeed[];
}

/** What somebody did: paused, resumed or stopped it, or sent themselves (`test`) one of its messages. */
export interface JourneyDeed {
  action: string;
  at: string;
  by: string;
  /** Of a test: which message, to which host, and how it ended. */
  test: { message: string; host: string; outcome: string } | null;
}

export interface SendCount {
  message: string;
  channel: string;
  /** `sent`, or the reason why not. */
  outcome: string;
  count: number;
}

/** Who got messages against who was held out: how many reached the goal, and the difference with its interval of 95%. */
export interface Measure {
  treated: Group;
  heldOut: Group;
  lift: Interval | null;
}

interface Group {
  entered: number;
  goals: number;
  rate: Interval | null;
}

const JOURNEY = `
  SELECT j.name AS journey, j.title, j.version, j.status, j.status_since AS "statusSince", j.status_by AS "statusBy",
         v.version AS shown, v.plan
    FROM journeys j JOIN journey_versions v ON v.journey = j.name
   WHERE j.name = $1 ORDER BY (v.version = j.version) DESC NULLS LAST, v.published_at DESC LIMIT 1`;
const STANDING = `
  SELECT coalesce(step, '') AS step, count(*) AS count FROM enrollments
   WHERE status = 'active' AND journey = $1 GROUP BY step`;
const ENDED = `
  SELECT status, reason, held_out AS "heldOut", goal_at IS NOT NULL AS reached, count(*) AS count FROM enrollments
   WHERE journey = $1 AND ($2::timestamptz IS NULL OR entered_at >= $2) GROUP BY 1, 2, 3, 4`;
const SENDS = `
  SELECT message, channel, CASE kind WHEN 'sent' THEN 'sent' ELSE outcome END AS outcome, sum(count)::bigint AS count
    FROM decisions
   WHERE kind IN ('sent', 'not_sent') AND journey = $1 AND ($2::timestamptz IS NULL OR last_at >= $2)
     AND message IS NOT NULL
   GROUP BY 1, 2, 3 ORDER BY 1, 2, 4 DESC`;
const ACTIONS = `
  (SELECT action, at, by, NULL::jsonb AS test FROM journey_actions WHERE journey = $1 ORDER BY at DESC, id DESC LIMIT 20)
  UNION ALL
  (SELECT 'test', at, by, jsonb_build_object('message', message, 'host', host, 'outcome', outcome)
     FROM test_messages WHERE journey = $1 ORDER BY at DESC, id DESC LIMIT 20)
  ORDER BY at DESC LIMIT 20`;

interface Ended {
  status: string;
  reason: string | null;
  heldOut: boolean;
  reached: boolean;
  count: number;
}

/** Null: no journey of this name was ever published. */
export async function journeyView(pool: pg.Pool, name: string, since: number | null): Promise<JourneyView | null> {
  const session = openSession(pool);
  const row = await session.row<Row>(JOURNEY, [name]);
  if (!row) return null;
  const from = time(since);
  const [standing, ended, sends, questions, actions] = await Promise.all([
    session.rows<{ step: string; count: number }>(STANDING, [name]),
    session.rows<Ended>(ENDED, [name, from]),
    session.rows<SendCount>(SENDS, [name, from]),
    questionReports(pool, name, row.plan, since),
    actionsOn(session, name),
  ]);
  return {
    ...headOf(row),
    standing: Object.fromEntries(standing.map(({ step, count }) => [step, count])),
    entered: sum(ended),
    completed: sum(ended.filter(({ status }) => status === 'completed')),
    exits: exitsIn(ended),
    sends,
    measure: measureOf(ended),
    questions,
    actions,
  };
}

interface Row {
  journey: string;
  title: string | null;
  version: string | null;
  status: string;
  statusSince: number | null;
  statusBy: string | null;
  shown: string;
  plan: Plan;
}

function headOf({ plan, statusSince, ...row }: Row) {
  const { description = null, stage = null, owner = null, purpose } = plan;
  const messages = Object.entries(plan.messages).map(([name, { channels }]) => ({
    name,
    channels: Object.entries(channels).map(([channel, variants]) => ({ channel, locales: Object.keys(variants) })),
  }));
  return { ...row, description, stage, owner, purpose, statusSince: iso(statusSince), map: mapOf(plan), messages };
}

async function actionsOn(session: Session, name: string): Promise<JourneyDeed[]> {
  const rows = await session.rows<Omit<JourneyDeed, 'at'> & { at: number }>(ACTIONS, [name]);
  return rows.map((row) => ({ ...row, at: iso(row.at)! }));
}

function exitsIn(ended: Ended[]): JourneyView['exits'] {
  const counts = new Map<string, number>();
  for (const { status, reason, count } of ended)
    if (status === 'exited') counts.set(reason ?? '', (counts.get(reason ?? '') ?? 0) + count);
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}

function measureOf(ended: Ended[]): Measure {
  const group = (isHeldOut: boolean): Group => {
    const members = ended.filter(({ heldOut }) => heldOut === isHeldOut);
    const [entered, goals] = [sum(members), sum(members.filter(({ reached }) => reached))];
    return { entered, goals, rate: share(goals, entered) };
  };
  const [treated, heldOut] = [group(false), group(true)];
  return { treated, heldOut, lift: difference(treated.rate, heldOut.rate) };
}

function sum(rows: { count: number }[]): number {
  return rows.reduce((total, { count }) => total + count, 0);
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
