// How far each conversation has been told to Chatwoot. Rows are taken by lease, one process at a time; whoever lost the
// lease cannot write any more.
import type pg from 'pg';
import type { ChatContent, ChatSender } from '../engine/core/chat.ts';
import { openSession, type Session, time } from './session.ts';

/** A conversation and its mirror, as one process holds them. */
export interface Mirror {
  conversationId: string;
  /** What the contact there is known by: the customer's id when the mirror was made. */
  identifier: string;
  contactId: number | null;
  /** Chatwoot's number of the conversation. */
  number: number | null;
  /** The last chat message told there, 0 before the first; null: the note has not been told. */
  toldUpTo: number | null;
  /** The last message there by us, and the last one there that we have read. */
  lastTold: number;
  lastRead: number;
  readAt: number | null;
  /** What may have left without an answer. */
  pending: string | null;
  failures: number;
  token: number;
  customerId: string;
  isErased: boolean;
  status: 'open' | 'resolved';
}

/** What a lease's holder may write. */
export type MirrorProgress = Pick<
  Mirror,
  'contactId' | 'number' | 'toldUpTo' | 'lastTold' | 'lastRead' | 'readAt' | 'pending'
>;

export interface ToldMessage {
  id: number;
  from: ChatSender;
  content: ChatContent;
}

/** Another process has taken the lease over. */
export class LostLease extends Error {
  override readonly name = 'LostLease';
  readonly code = 'lost_lease';
}

const BEGIN = `
  INSERT INTO chatwoot_mirrors (conversation_id, identifier)
  SELECT id, customer_id FROM conversations c WHERE status = 'open'
     AND NOT EXISTS (SELECT 1 FROM chatwoot_mirrors m WHERE m.conversation_id = c.id)
   ORDER BY opened_at LIMIT 100 ON CONFLICT DO NOTHING`;
// What was said by an agent there has come from there.
const TELLABLE = `x.conversation_id = m.conversation_id AND NOT (x."from" = 'agent' AND x.key LIKE '%/chatwoot-%')`;
const TAKE = `
  WITH due AS (
    SELECT m.conversation_id FROM chatwoot_mirrors m JOIN conversations c ON c.id = m.conversation_id
     WHERE m.closed_at IS NULL AND (m.lease_until IS NULL OR m.lease_until <= $1) AND (m.next_at IS NULL OR m.next_at <= $1)
       AND (c.status = 'resolved' OR m.told_up_to IS NULL OR m.pending IS NOT NULL OR m.read_at IS NULL OR m.read_at <= $3
            OR EXISTS (SELECT 1 FROM chat_messages x WHERE ${TELLABLE} AND x.id > m.told_up_to))
     ORDER BY m.next_at NULLS FIRST, m.read_at NULLS FIRST, m.conversation_id LIMIT 1 FOR UPDATE OF m SKIP LOCKED)
  UPDATE chatwoot_mirrors m SET token = m.token + 1, lease_until = $2
    FROM due, conversations c JOIN customers k ON k.id = c.customer_id
   WHERE m.conversation_id = due.conversation_id AND c.id = m.conversation_id
  RETURNING m.conversation_id AS "conversationId", m.identifier, m.contact_id AS "contactId", m.number,
    m.told_up_to AS "toldUpTo", m.last_told AS "lastTold", m.last_read AS "lastRead", m.read_at AS "readAt", m.pending,
    m.failures, m.token, c.customer_id AS "customerId", k.erased_at IS NOT NULL AS "isErased", c.status`;
const SAVE = `
  UPDATE chatwoot_mirrors SET contact_id = $3, number = $4, told_up_to = $5, last_told = $6, last_read = $7, read_at = $8,
         pending = $9, lease_until = $10
   WHERE conversation_id = $1 AND token = $2`;
const LEAVE = `
  UPDATE chatwoot_mirrors SET lease_until = NULL, failures = $3, next_at = $4, closed_at = $5
   WHERE conversation_id = $1 AND token = $2`;
const NEXT = `
  SELECT x.id, x."from", x.content FROM chat_messages x, (SELECT $1::text AS conversation_id) m
   WHERE ${TELLABLE} AND x.id > $2 ORDER BY x.id LIMIT 50`;
const STATUS = 'SELECT status FROM conversations WHERE id = $1';
const OF_NUMBER = 'SELECT conversation_id AS id FROM chatwoot_mirrors WHERE number = $1';
const WITHOUT_NUMBER =
  'SELECT conversation_id AS id FROM chatwoot_mirrors WHERE conversation_id = $1 AND number IS NULL';

export interface Mirrors {
  /** Takes one of which something is to be told, or which was last read there before `readBefore`. */
  take(now: number, leaseUntil: number, readBefore: number): Promise<Mirror | null>;
  /** Throws `LostLease`. */
  save(mirror: Mirror, progress: MirrorProgress, leaseUntil: number): Promise<void>;
  /** Gives the lease back; `closedAt`: nothing is left to be told. */
  leave(mirror: Mirror, then: { failures: number; nextAt: number | null; closedAt: number | null }): Promise<void>;
  /** What was said in it after, oldest first. */
  next(conversationId: string, after: number): Promise<ToldMessage[]>;
  status(conversationId: string): Promise<'open' | 'resolved' | null>;
  /** Whose number this is; before the number is known, `conversationId` is believed. */
  conversationOf(number: number, conversationId: string | null): Promise<string | null>;
}

export function createMirrors(pool: pg.Pool): Mirrors {
  const session: Session = openSession(pool);
  return {
    async take(now, leaseUntil, readBefore) {
      await session.run(BEGIN, []);
      return session.row<Mirror>(TAKE, [time(now), time(leaseUntil), time(readBefore)]);
    },
    async save({ conversationId, token }, progress, leaseUntil) {
      const { contactId, number, toldUpTo, lastTold, lastRead, readAt, pending } = progress;
      const where = [contactId, number, toldUpTo, lastTold, lastRead, time(readAt)];
      const values = [conversationId, token, ...where, pending, time(leaseUntil)];
      if ((await session.run(SAVE, values)) === 0) throw new LostLease('another process tells this conversation now');
    },
    async leave({ conversationId, token }, { failures, nextAt, closedAt }) {
      await session.run(LEAVE, [conversationId, token, failures, time(nextAt), time(closedAt)]);
    },
    next: (conversationId, after) => session.rows<ToldMessage>(NEXT, [conversationId, after]),
    status: async (id) => (await session.row<{ status: 'open' | 'resolved' }>(STATUS, [id]))?.status ?? null,
    async conversationOf(number, conversationId) {
      const known = await session.row<{ id: string }>(OF_NUMBER, [number]);
      if (known || conversationId === null) return known?.id ?? null;
      return (await session.row<{ id: string }>(WITHOUT_NUMBER, [conversationId]))?.id ?? null;
    },
  };
}
