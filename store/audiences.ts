// Audience members: what is wanted of each customer, audience and platform. What the platforms were told stands in the
// same rows and is written by who tells them (audience-ledger.ts).

import type { AudienceMember } from '../engine/core/audience.ts';
import type { NewConversion } from '../engine/ports.ts';
import { moveRequests } from './audience-requests.ts';
import { newId } from './id.ts';
import { rowShape } from './row.ts';
import { type Session, time } from './session.ts';

const member = rowShape<AudienceMember>({
  id: 'plain',
  customerId: 'plain',
  platform: 'plain',
  audience: 'plain',
  reasons: 'json',
  wanted: 'plain',
  why: 'plain',
  endsAt: 'time',
  version: 'plain',
  changedAt: 'time',
});

const OF_CUSTOMER = `SELECT ${member.select} FROM audience_members WHERE customer_id = $1 ORDER BY platform, audience`;
const SAVE = `
  INSERT INTO audience_members (${member.columns}) VALUES (${member.placeholders})
  ON CONFLICT (id) DO UPDATE SET ${member.excluded('id')}`;
// Whoever holds the other row is telling the platform something: nobody else may until that lease is over.
const TAKE_OVER = `
  UPDATE audience_members i SET sent = i.sent || f.sent, lease_until = GREATEST(i.lease_until, f.lease_until),
         request_id = COALESCE(i.request_id, f.request_id)
    FROM audience_members f WHERE i.id = $1 AND f.id = $2`;
const DROP = 'DELETE FROM audience_members WHERE id = $1';
const DUE = `
  SELECT customer_id AS "customerId", min(ends_at) AS "endsAt" FROM audience_members
   WHERE ends_at <= $1 GROUP BY customer_id ORDER BY min(ends_at), customer_id LIMIT $2`;

const conversion = rowShape<NewConversion & { id: string }>({
  id: 'plain',
  platform: 'plain',
  eventId: 'plain',
  customerId: 'plain',
  enrollmentId: 'plain',
  journey: 'plain',
  purpose: 'plain',
  state: 'plain',
  reason: 'plain',
  createdAt: 'time',
});
const ADD_CONVERSION = `
  INSERT INTO ad_conversions (${conversion.columns}) VALUES (${conversion.placeholders}) ON CONFLICT DO NOTHING`;

/** One for each platform and event: whoever comes second adds nothing. */
export async function addConversion(session: Session, record: NewConversion): Promise<void> {
  await session.run(ADD_CONVERSION, conversion.values({ ...record, id: newId() }));
}

export function audienceMembers(session: Session, customerId: string): Promise<AudienceMember[]> {
  return session.rows(OF_CUSTOMER, [customerId]);
}

/** Inserts or replaces what is wanted. */
export async function saveAudienceMember(session: Session, record: AudienceMember): Promise<void> {
  await session.run(SAVE, member.values(record));
}

/** Saves `into`, with all that the platform was told under `from`, which is gone. */
export async function joinAudienceMembers(session: Session, into: AudienceMember, from: string): Promise<void> {
  await session.run(TAKE_OVER, [into.id, from]);
  await moveRequests(session, into.id, from);
  await session.run(DROP, [from]);
  await saveAudienceMember(session, into);
}

/** Customers with a membership that time has ended by `at`, earliest first. */
export function dueAudiences(
  session: Session,
  at: number,
  limit: number,
): Promise<{ customerId: string; endsAt: number }[]> {
  return session.rows(DUE, [time(at), limit]);
}
