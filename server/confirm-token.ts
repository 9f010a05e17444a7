// The link by which a person confirms that an address is theirs and that they want what comes to it (double opt-in). Signed,
// good for some days, and only while the customer still has that address.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { addressName } from '../engine/erase.ts';
import { keyedHash } from './keyed-hash.ts';

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
  return `${publicUrl.replace(/\/+$/, '')}/u/${confirmToken(secret, confirmation)}`;
}

/** `2.<content>.<HMAC-SHA256>`, both base64url. */
export function confirmToken(secret: string, confirmation: Confirmation): string {
  const { customerId, channel, purpose, addressHash, expiresAt } = confirmation;
  const fields = [customerId, channel, purpose, addressHash, expiresAt];
  const content = Buffer.from(JSON.stringify(fields)).toString('base64url');
  return `2.${content}.${signature(secret, content).toString('base64url')}`;
}

/** What a token says, or null if it was not signed with this secret; whether it has expired is the caller's to ask. */
export function readConfirmToken(secret: string, token: string): Confirmation | null {
  const parts = /^2\.([A-Za-z0-9_-]{1,2000})\.([A-Za-z0-9_-]{43})$/.exec(token);
  if (!parts) return null;
  const [, content = '', given = ''] = parts;
  if (!timingSafeEqual(signature(secret, content), Buffer.from(given, 'base64url'))) return null;
  const fields = JSON.parse(Buffer.from(content, 'base64url').toString()) as [string, string, string, string, number];
  const [customerId, channel, purpose, addressHash, expiresAt] = fields;
  return { customerId, channel, purpose, addressHash, expiresAt };
}

/** The prefix keeps a signature made for another kind of link from passing here. */
function signature(secret: string, content: string): Buffer {
  return createHmac('sha256', secret).update(`tabiji confirm 1\n${content}`).digest();
}
