// The link by which a person confirms that an address is theirs and that they want what comes to it (double opt-in). Signed,
// good for some days, and only while the customer still has that address.

import { addressName } from '../engine/erase.ts';
import { keyedHash } from './keyed-hash.ts';
import { linkUnder, readToken, signToken } from './signed-token.ts';

export interface Confirmation {
  customerId: string;
  channel: string;
  purpose: string;
  /** A keyed hash: the link holds no address. */
  addressHash: string;
  expiresAt: number;
}

/** The hash of an address as it stands in links of this installation. */
export function addressHashOf(secret: string, address: string): string {
  return keyedHash(secret, addressName(address)).slice(0, 22);
}

/** The address behind `confirm_url`. `publicUrl` may have a path and a final slash. */
export function confirmUrl(secret: string, publicUrl: string, confirmation: Confirmation): string {
  return linkUnder(publicUrl, `u/${confirmToken(secret, confirmation)}`);
}

/** Of another form than the link that unsubscribes, whose address it shares. */
export function confirmToken(secret: string, confirmation: Confirmation): string {
  const { customerId, channel, purpose, addressHash, expiresAt } = confirmation;
  return signToken(secret, 'confirm', [customerId, channel, purpose, addressHash, expiresAt], '2');
}

/** What a token says, or null if it was not signed with this secret; whether it has expired is the caller's to ask. */
export function readConfirmToken(secret: string, token: string): Confirmation | null {
  const fields = readToken(secret, 'confirm', token, '2') as [string, string, string, string, number] | null;
  if (!fields) return null;
  const [customerId, channel, purpose, addressHash, expiresAt] = fields;
  return { customerId, channel, purpose, addressHash, expiresAt };
}
