// Draws: the arm a customer drew, stored at first use, so that a later merge or a change of shares does not flip it.
import type { Json } from '../engine/core/schema.ts';
import { json, type Session } from './session.ts';

// The empty update makes the standing row visible to RETURNING, also one that was committed a moment ago.
const DRAW = `
  INSERT INTO draws (customer_id, experiment, value) VALUES ($1, $2, $3)
  ON CONFLICT (customer_id, experiment) DO UPDATE SET value = draws.value RETURNING value`;

/** What stands; `value` if nothing stood. */
export async function draw(session: Session, customerId: string, experiment: string, value: Json): Promise<Json> {
  const row = await session.row<{ value: Json }>(DRAW, [customerId, experiment, json(value)]);
  return row!.value;
}
