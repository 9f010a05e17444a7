// A fact from outside, as it is stored. Times are milliseconds since the epoch, everywhere in the engine.
import type { JsonMap } from './schema.ts';

export interface StoredEvent {
  id: string;
  /** The name in events.yaml (`cart_updated`), or as sent where none is declared. */
  name: string;
  /** When it happened: corrected by the sender's clock, never later than `receivedAt`. */
  occurredAt: number;
  /** When it was acknowledged; read under the customer's lock, so it orders what happened to one customer. */
  receivedAt: number;
  /** Converted to the declared types; what could not be converted is absent here and listed in `flags`. */
  data: JsonMap;
}
