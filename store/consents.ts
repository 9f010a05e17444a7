// Consents, append-only, and suppressions: what a message needs, and what stops it whatever the consent.
import type { ConsentRow, Hashed, LiftedByHand } from '../engine/ports.ts';
import { rowShape } from './row.ts';
import { type Session, time } from './session.ts';

const consent = rowShape<ConsentRow>({
  customerId: 'plain',
  channel: 'plain',
  purpose: 'plain',
  state: 'plain',
  at: 'time',
  recordedAt: 'time',
  source: 'plain',
  evidence: 'json',
});

const INSERT = `INSERT INTO consents (${consent.columns}) VALUES (${consent.placeholders})`;
const KNOWN = `
  SELECT 1 FROM consents WHERE customer_id = $1 AND channel = $2 AND purpose = $3 AND state = $4 AND at = $5 LIMIT 1`;
// The newest evidence decides, whenever we learned of it: a stale page does not undo an unsubscribe (design §3).
const NEWEST = `
  SELECT channel, purpose FROM (
    SELECT DISTINCT ON (channel, purpose) channel, purpose, state FROM consents WHERE customer_id = $1
     ORDER BY channel, purpose, at DESC, state = 'withdrawn' DESC) newest
   WHERE state = $2 ORDER BY channel, purpose`;
const SUPPRESS = `
  INSERT INTO suppressions (channel, address, reason, at, by) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (channel, address) DO NOTHING`;
const LIFT = 'DELETE FROM suppressions WHERE channel = $1 AND address = $2 AND reason = $3';
// One statement: what is kept is what was taken away.
const LIFT_BY_HAND = `
  WITH gone AS (DELETE FROM suppressions WHERE channel = $1 AND address IN ($2, $3) RETURNING *)
  INSERT INTO lifted_suppressions (channel, address, reason, at, by, customer_id, lifted_at, lifted_by, because)
  SELECT channel, $2, reason, at, by, $4, $5, $6, $7 FROM gone`;
const SUPPRESSION = 'SELECT reason FROM suppressions WHERE channel = $1 AND address IN ($2, $3)';

export async function appendConsent(session: Session, row: ConsentRow): Promise<void> {
  await session.run(INSERT, consent.values(row));
}

/** Whether the very same was recorded before, with whatever evidence. */
export async function hasConsent(
  session: Session,
  { customerId, channel, purpose, state, at }: Pick<ConsentRow, 'customerId' | 'channel' | 'purpose' | 'state' | 'at'>,
): Promise<boolean> {
  return (await session.row(KNOWN, [customerId, channel, purpose, state, time(at)])) !== null;
}

/** Channel and purpose pairs that stand as granted; at a tie of evidence the withdrawal wins. */
export function grants(session: Session, customerId: string): Promise<{ channel: string; purpose: string }[]> {
  return session.rows(NEWEST, [customerId, 'granted']);
}

/** Those that stand as withdrawn. */
export function withdrawals(session: Session, customerId: string): Promise<{ channel: string; purpose: string }[]> {
  return session.rows(NEWEST, [customerId, 'withdrawn']);
}

/**
 * The standing reason, or null. Who complains as A@x.example means a@x.example: case does not count. Of people erased it
 * stands under the address's keyed `hash`.
 */
export async function suppression(session: Session, channel: string, address: string, hash?: string) {
  const plain = address.toLowerCase();
  const row = await session.row<{ reason: string }>(SUPPRESSION, [channel, plain, hash ?? plain]);
  return row?.reason ?? null;
}

/** The first reason stands; a second one changes nothing. */
export async function suppress(
  session: Session,
  channel: string,
  address: string | Hashed,
  reason: string,
  at: number,
  by?: string,
): Promise<void> {
  const stored = typeof address === 'string' ? address.toLowerCase() : address.hash;
  await session.run(SUPPRESS, [channel, stored, reason, time(at), by ?? null]);
}

export async function liftSuppression(
  session: Session,
  channel: string,
  address: string,
  reason: string,
): Promise<void> {
  await session.run(LIFT, [channel, address.toLowerCase(), reason]);
}

export async function liftByHand(
  session: Session,
  channel: string,
  address: string,
  hash: string,
  { customerId, at, by, because }: LiftedByHand,
): Promise<void> {
  await session.run(LIFT_BY_HAND, [channel, address.toLowerCase(), hash, customerId, time(at), by, because]);
}
