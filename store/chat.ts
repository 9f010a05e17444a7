// What was said in chats, and the conversations in which a person is wanted. Written with the customer's lock held, so
// that the ids of one customer's messages are in the order of their commits.
import type pg from 'pg';
import type { ChatMessage, Conversation } from '../engine/core/chat.ts';
import type { Question } from '../engine/core/content.ts';
import { rowShape } from './row.ts';
import { openSession, type Session, time } from './session.ts';

const said = rowShape<Omit<ChatMessage, 'id'>>({
  key: 'plain',
  customerId: 'plain',
  channel: 'plain',
  conversationId: 'plain',
  from: 'plain',
  by: 'plain',
  content: 'json',
  at: 'time',
});
const conversation = rowShape<Conversation>({
  id: 'plain',
  customerId: 'plain',
  channel: 'plain',
  queue: 'plain',
  status: 'plain',
  effectKey: 'plain',
  enrollmentId: 'plain',
  journey: 'plain',
  step: 'plain',
  note: 'plain',
  openedAt: 'time',
  resolvedAt: 'time',
  resolvedBy: 'plain',
});

const SAY = `INSERT INTO chat_messages (${said.columns}) VALUES (${said.placeholders}) ON CONFLICT (key) DO NOTHING`;
const SAID = `
  SELECT id, ${said.select} FROM chat_messages WHERE customer_id = $1 AND channel = $2 AND id > $3 ORDER BY id LIMIT $4`;
const SAVE = `
  INSERT INTO conversations (${conversation.columns}) VALUES (${conversation.placeholders})
  ON CONFLICT (id) DO UPDATE SET ${conversation.excluded('id')}`;
const READ = `SELECT ${conversation.select} FROM conversations WHERE id = $1`;
const BY_EFFECT = `SELECT ${conversation.select} FROM conversations WHERE effect_key = $1`;
const OPEN = `
  SELECT ${conversation.select} FROM conversations WHERE customer_id = $1 AND status = 'open' ORDER BY opened_at, id`;

export async function addChatMessage(session: Session, message: Omit<ChatMessage, 'id'>): Promise<boolean> {
  return (await session.run(SAY, said.values(message))) === 1;
}

export function chatMessages(session: Session, customerId: string, channel: string, after: number, limit: number) {
  return session.rows<ChatMessage>(SAID, [customerId, channel, after, limit]);
}

export async function saveConversation(session: Session, row: Conversation): Promise<void> {
  await session.run(SAVE, conversation.values(row));
}

export function readConversation(session: Session, id: string): Promise<Conversation | null> {
  return session.row(READ, [id]);
}

export function conversationOfEffect(session: Session, effectKey: string): Promise<Conversation | null> {
  return session.row(BY_EFFECT, [effectKey]);
}

export function openConversations(session: Session, customerId: string): Promise<Conversation[]> {
  return session.rows(OPEN, [customerId]);
}

// Whose browser it is by now decides, at each look: somebody else may have signed in there.
const NEW = `
  SELECT asked.place::int AS place, found.* FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS asked(anonymous_id, after, place)
    JOIN identities i ON i.kind = 'anonymous' AND i.value = asked.anonymous_id
    JOIN customers c ON c.id = i.customer_id
    CROSS JOIN LATERAL (
      SELECT id, ${said.select} FROM chat_messages m
       WHERE m.customer_id = COALESCE(c.merged_into, c.id) AND m.channel = 'site' AND m.id > asked.after ORDER BY m.id LIMIT 100) found
   ORDER BY asked.place, found.id`;

/** What is new on the site for each of these browsers, by their index, at most a hundred each. */
export async function newChatMessages(pool: pg.Pool, places: { anonymousId: string; after: number }[]) {
  const values = [places.map(({ anonymousId }) => anonymousId), places.map(({ after }) => after)];
  const rows = await openSession(pool).rows<ChatMessage & { place: number }>(NEW, values);
  return rows.map(({ place, ...message }) => ({ place: place - 1, message }));
}

// Asked within the last month and not answered yet: what is typed later is not meant for it.
const QUESTION = `
  SELECT d.key, d.rendered AS question FROM deliveries d
   WHERE d.customer_id = $1 AND d.channel = $2 AND d.rendered ? 'question' AND d.sent_at > $3
     AND NOT EXISTS (SELECT 1 FROM decisions a WHERE a.customer_id = $1 AND a.effect_key = d.key AND a.kind = 'answered')
   ORDER BY d.sent_at DESC, d.key DESC LIMIT 1`;

export interface OpenQuestion {
  /** The effect key of the message that asked. */
  key: string;
  question: Question;
}

/** The newest question that this customer was asked there and has not answered. */
export function openQuestion(pool: pg.Pool, customerId: string, channel: string, since: number) {
  return openSession(pool).row<OpenQuestion>(QUESTION, [customerId, channel, time(since)]);
}

const UNSENT = `
  SELECT m.key, m.content, i.value AS "to" FROM chat_messages m
    JOIN LATERAL (SELECT value FROM identities WHERE customer_id = m.customer_id AND kind = 'line'
                   ORDER BY bound_at DESC, value LIMIT 1) i ON true
   WHERE m.channel = 'line' AND m.sent_at IS NULL AND m.code IS NULL AND m."from" IN ('faq', 'model', 'agent') AND m.at > $1
   ORDER BY m.id LIMIT $2`;
const SENT = 'UPDATE chat_messages SET sent_at = $2, code = $3 WHERE key = $1';

export interface UnsentChatMessage {
  key: string;
  content: { text: string };
  /** The customer's LINE user id. */
  to: string;
}

/** What the shop has answered on LINE since, and LINE has not got, oldest first. */
export function unsentChatMessages(pool: pg.Pool, since: number, limit: number): Promise<UnsentChatMessage[]> {
  return openSession(pool).rows(UNSENT, [time(since), limit]);
}

/** LINE has taken it, or refused it for good. */
export async function chatMessageSent(pool: pg.Pool, key: string, sentAt: number | null, code: string | null) {
  await openSession(pool).run(SENT, [key, time(sentAt), code]);
}
