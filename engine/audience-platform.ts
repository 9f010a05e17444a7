// What an ad platform is to the engine: a way to say who somebody is, and calls that put many into a list or take them
// out. Both may be repeated: a list is a set.
import type { JsonMap } from './core/schema.ts';

/** One person as the platform is told of them: hashes, by names that the platform's file knows. */
export type Identifiers = { [kind: string]: string };

/** The platform's list, and the account that it stands in. */
export interface AudienceList {
  list: string;
  account?: string | undefined;
}

export interface AudienceCall extends AudienceList {
  change: 'add' | 'remove';
  members: Identifiers[];
}

/**
 * How a call ended. `code` is a short code of the platform or the system, never its text. What may have arrived and got no
 * answer is `retry`, too: a repeat changes nothing.
 */
export type AudienceOutcome =
  /** `invalid`: how many of the members the platform could not read. */
  | { kind: 'accepted'; requestId?: string | undefined; invalid: number }
  /** The call as it is will never be taken. */
  | { kind: 'rejected'; code: string }
  /** We are wrong (credentials, permission, the list itself): nobody in it is to blame. */
  | { kind: 'config_error'; code: string }
  | { kind: 'retry'; code: string; afterMs?: number | undefined };

/** What became of a call that the platform took and works on afterwards. `code` as above. */
export type AudienceCheck =
  | { kind: 'working' }
  /** `refused`: how many of the members the platform could not use. */
  | { kind: 'done'; refused: number; code: string | null }
  /** Nothing of it was carried out. */
  | { kind: 'failed'; code: string }
  /** It could not be asked. */
  | Extract<AudienceOutcome, { kind: 'config_error' | 'retry' }>;

export interface AudiencePlatform {
  name: string;
  /** The most members that one call takes. */
  most: number;
  /** The longest a call may take, in milliseconds. */
  longestCallMs: number;
  /**
   * What the platform matches this person by, from their traits; null: nothing. `country` (ISO 3166, two letters) is for
   * numbers that do not say theirs.
   */
  identify(traits: JsonMap, country: string | undefined): Identifiers | null;
  /** One call. Never throws. */
  tell(call: AudienceCall): Promise<AudienceOutcome>;
  /** Asks about a call that was accepted; absent where accepted means done. Never throws. */
  check?(requestId: string): Promise<AudienceCheck>;
}
