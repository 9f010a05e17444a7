// Conversations as people see them: a list of those in which somebody is wanted, and one with what was said in it.
import type pg from 'pg';
import { openSession } from './session.ts';

const SELECT = `
  id, customer_id AS "customerId", channel, queue, status, journey, step, note, enrollment_id AS "enrollmentId",
  opened_at AS "openedAt", resolved_at AS "resolvedAt", resolved_by AS "resolvedBy",
  (SELECT concat_ws(' ', traits ->> 'last_name', traits ->> 'first_name') FROM customers WHERE id = customer_id) AS name,
  (SELECT traits ->> 'email' FROM customers WHERE id = customer_id) AS email,
  (SELECT title FROM journeys WHERE journeys.name = journey) AS "journeyTitle"`;
const LIST = `
  SELECT ${SELECT} FROM conversations
   WHERE status = $1 AND ($2::text IS NULL OR queue = $2)
     AND ($3 = '' OR (opened_at, id) > (SELECT opened_at, id FROM conversations WHERE id = $3))
   ORDER BY opened_at, id LIMIT $4`;
const OF_CUSTOMER = `
  SELECT ${SELECT} FROM conversations WHERE customer_id = $1 ORDER BY status = 'resolved', opened_at DESC, id DESC LIMIT 20`;
// By either way that they chat, the newest; what an agent needs to know before they write.
const CHAT = `
  SELECT id, channel, "from", by, content, at, code FROM chat_messages WHERE customer_id = $1 AND id < $2
   ORDER BY id DESC LIMIT $3`;
const ONE = `SELECT ${SELECT} FROM conversations WHERE id = $1`;
// What was said on its channel from a day before it was opened: what made somebody call for a person stands there.
const SAID = `
  SELECT m.id, m."from", m.by, m.content, m.at, m.code FROM chat_messages m JOIN conversations c ON c.customer_id = m.customer_id
   WHERE c.id = $1 AND m.channel = c.channel AND m.at > c.opened_at - interval '1 day'
     AND (c.resolved_at IS NULL OR m.at <= c.resolved_at)
   ORDER BY m.id DESC LIMIT 200`;

interface Row {
  id: string;
  customerId: string;
  /** As the shop knows them; empty or null where it does not. */
  name: string;
  email: string | null;
  channel: string;
  queue: string;
  status: 'open' | 'resolved';
  journey: string | null;
  journeyTitle: string | null;
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
  const said = await session.rows<{
    id: number;
    from: string;
    by: string | null;
    content: object;
    at: number;
    code: string | null;
  }>(SAID, [id]);
  const messages = said.reverse().map((message) => ({ ...message, at: new Date(message.at).toISOString() }));
  return { ...shown(row), messages };
}

export interface ChatLine {
  id: number;
  channel: string;
  from: string;
  /** Which agent. */
  by: string | null;
  content: object;
  at: string;
  code: string | null;
}

/** What was said with one customer, the newest first, older than the line `before`; with where a person is or was wanted. */
export async function customersChat(pool: pg.Pool, customerId: string, before: number | null, limit: number) {
  const session = openSession(pool);
  const [conversations, lines] = await Promise.all([
    session.rows<Row>(OF_CUSTOMER, [customerId]),
    session.rows<Omit<ChatLine, 'at'> & { at: number }>(CHAT, [customerId, before ?? Number.MAX_SAFE_INTEGER, limit]),
  ]);
  const messages = lines.map((line): ChatLine => ({ ...line, at: new Date(line.at).toISOString() }));
  return { conversations: conversations.map(shown), messages };
}

function shown({ openedAt, resolvedAt, ...row }: Row): ConversationRow {
  const iso = (at: number) => new Date(at).toISOString();
  return { ...row, openedAt: iso(openedAt), resolvedAt: resolvedAt === null ? null : iso(resolvedAt) };
}
