// LINE accounts: identities that messages can be sent to. By which of them somebody comes in, `customers.ts` decides.
import { type Session, time } from './session.ts';

const READ = `
  SELECT value FROM identities WHERE customer_id = $1 AND kind = 'line' ORDER BY bound_at DESC, value LIMIT 1`;
const BIND = `
  INSERT INTO identities (kind, value, customer_id, bound_at) VALUES ('line', $2, $1, $3)
  ON CONFLICT (kind, value) DO UPDATE SET customer_id = EXCLUDED.customer_id, bound_at = EXCLUDED.bound_at`;
const LET_GO = `DELETE FROM identities WHERE customer_id = $1 AND kind = 'line'`;

export async function lineUserId(session: Session, customerId: string): Promise<string | null> {
  const row = await session.row<{ value: string }>(READ, [customerId]);
  return row?.value ?? null;
}

/** An account that somebody else links is theirs from then on; null lets go of all. */
export async function bindLine(
  session: Session,
  customerId: string,
  account: string | null,
  at: number,
): Promise<void> {
  if (account === null) await session.run(LET_GO, [customerId]);
  else await session.run(BIND, [customerId, account, time(at)]);
}
