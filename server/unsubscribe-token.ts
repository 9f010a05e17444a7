// The link that ends a consent. Signed, so that nobody can make one for somebody else; it never expires, because a mail
// may be read years later, and holds ids only.
import { linkUnder, readToken, signToken } from './signed-token.ts';

/** What a link withdraws: this customer's consent to this purpose on this channel. */
export interface Unsubscription {
  customerId: string;
  channel: string;
  purpose: string;
}

/** The address for `List-Unsubscribe` and `unsubscribe_url`. `publicUrl` may have a path and a final slash. */
export function unsubscribeUrl(
  secret: string,
  publicUrl: string,
  customerId: string,
  channel: string,
  purpose: string,
): string {
  return linkUnder(publicUrl, `u/${unsubscribeToken(secret, { customerId, channel, purpose })}`);
}

export function unsubscribeToken(secret: string, { customerId, channel, purpose }: Unsubscription): string {
  return signToken(secret, 'unsubscribe', [customerId, channel, purpose]);
}

/** What a token says, or null if it was not signed with this secret. */
export function readUnsubscribeToken(secret: string, token: string): Unsubscription | null {
  const fields = readToken(secret, 'unsubscribe', token) as [string, string, string] | null;
  return fields && { customerId: fields[0], channel: fields[1], purpose: fields[2] };
}
