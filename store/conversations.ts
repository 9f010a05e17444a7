// Conversations as people see them: a list of those in which somebody is wanted, and one with what was said in it.
import type pg from 'pg';
import { openSession } from './session.ts';

const SELECT = `
  id, customer_id AS "customerId", channel, queue, status, journey, step, note, enrollment_id AS "enrollmentId",
  opened_at AS "openedAt", resolved_at AS "resolvedAt", resolved_by AS "resolvedBy"`;
const LIST = `
  SELECT ${SELECT} FROM conversations
   WHERE status = $1 AND ($2::text IS NULL OR queue = $2)
     AND ($3 = '' OR (opened_at, id) > (SELECT opened_at, id FROM conversations WHERE id = $3))
   ORDER BY opened_at, id LIMIT $4`;
const ONE = `SELECT ${SELECT} FROM conversations WHERE id = $1`;
// What was said on its channel from a day before it was opened: what made somebody call for a person stands there.
const SAID = `
  SELECT m.id, m."from", m.content, m.at FROM chat_messages m JOIN conversations c ON c.customer_id = m.customer_id
   WHERE c.id = $1 AND m.channel = c.channel AND m.at > c.opened_at - interval '1 day'
     AND (c.resolved_at IS NULL OR m.at <= c.resolved_at)
   ORDER BY m.id DESC LIMIT 200`;

interface Row {
  id: string;
  customerId: string;
  channel: string;
  queue: string;
  status: 'open' | 'resolved';
  journey: string | null;
  step: string | null;
  note: string | null;
  enrollmentId: string | null;
  openedAt: number;
  resolvedAt: number | null;
  resolvedBy: string | null;
}

/** As JSON: moments are ISO strings. */
export type ConversationRow = Omit<Row, 'openedAt' | 'resolvedAt'> & { openedAt: string; resolvedAt: string | null };
export interface ConversationQuery {
  status: 'open' | 'resolved';
  queue: string | null;
  /** Above this id, by when they were opened. */
  after: string;
  limit: number;
}

export async function conversationList(pool: pg.Pool, { status, queue, after, limit }: ConversationQuery) {
  return (await openSession(pool).rows<Row>(LIST, [status, queue, after, limit])).map(shown);
}

/** Null: there is none. */
export async function conversationView(pool: pg.Pool, id: string) {
  const session = openSession(pool);
  const row = await session.row<Row>(ONE, [id]);
  if (!row) return null;
  const said = await session.rows<{ id: number; from: string; content: object; at: number }>(SAID, [id]);
  const messages = said.reverse().map((message) => ({ ...message, at: new Date(message.at).toISOString() }));
  return { ...shown(row), messages };
}

function shown({ openedAt, resolvedAt, ...row }: Row): ConversationRow {
  const iso = (at: number) => new Date(at).toISOString();
  return { ...row, openedAt: iso(openedAt), resolvedAt: resolvedAt === null ? null : iso(resolvedAt) };
}
