// What customers answered to a journey's questions. Each counts once for each time they were asked, with their last answer.
import type pg from 'pg';
import type { Plan } from '../engine/core/plan.ts';
import { type Score, scoreOf } from '../engine/core/score.ts';
import { openSession, time } from './session.ts';

export interface QuestionReport {
  message: string;
  /** In the message's order, with what customers read of them; what was typed stands behind them. */
  answers: { answer: string; label: string; count: number }[];
  asked: number;
  answered: number;
  score: Score | null;
}

const ASKED = `
  SELECT message, count(DISTINCT effect_key) AS count FROM decisions
   WHERE journey = $1 AND kind = 'sent' AND message = ANY ($3) AND ($2::timestamptz IS NULL OR at >= $2) GROUP BY 1`;
const ANSWERED = `
  SELECT message, answer, count(*) AS count FROM (
    SELECT DISTINCT ON (effect_key) message, inputs ->> 'answer' AS answer FROM decisions
     WHERE journey = $1 AND kind = 'answered' AND message = ANY ($3) AND ($2::timestamptz IS NULL OR at >= $2)
     ORDER BY effect_key, at DESC, id DESC) newest
   WHERE answer IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 2`;
/** Of typed answers, the most frequent. */
const mostTyped = 20;

/** Of the questions that this plan asks; since a moment, or since ever. */
export async function questionReports(
  pool: pg.Pool,
  journey: string,
  plan: Plan,
  since: number | null,
): Promise<QuestionReport[]> {
  const asks = new Set(Object.values(plan.steps).flatMap((step) => (step.kind === 'ask' ? [step.message] : [])));
  if (asks.size === 0) return [];
  const session = openSession(pool);
  const values = [journey, time(since), [...asks]];
  const [asked, answered] = await Promise.all([
    session.rows<{ message: string; count: number }>(ASKED, values),
    session.rows<{ message: string; answer: string; count: number }>(ANSWERED, values),
  ]);
  return [...asks].map((message) => {
    const given = answered.filter((row) => row.message === message);
    const counts = Object.fromEntries(given.map(({ answer, count }) => [answer, count]));
    const labels = labelsOf(plan, message);
    const typed = given.filter(({ answer }) => !labels.has(answer)).slice(0, mostTyped);
    return {
      message,
      answers: [
        ...[...labels].map(([answer, label]) => ({ answer, label, count: counts[answer] ?? 0 })),
        ...typed.map(({ answer, count }) => ({ answer, label: answer, count })),
      ],
      asked: asked.find((row) => row.message === message)?.count ?? 0,
      answered: given.reduce((total, { count }) => total + count, 0),
      score: scoreOf(counts, [...labels.keys()]),
    };
  });
}

/** In the variant without a locale: what the shop itself reads. */
function labelsOf({ messages }: Plan, message: string): Map<string, string> {
  const variants = Object.values(messages[message]?.channels ?? {}).map(
    (locales) => locales[''] ?? Object.values(locales)[0],
  );
  const { answers = [] } = variants.find((variant) => variant?.answers !== undefined) ?? {};
  return new Map(answers.map(({ answer, label }) => [answer, label]));
}
