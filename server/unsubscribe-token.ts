// The link that ends a consent. Signed, so that nobody can make one for somebody else; it never expires, because a mail
// may be read years later, and holds ids only.
import { createHmac, timingSafeEqual } from 'node:crypto';

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
  return `${publicUrl.replace(/\/+$/, '')}/u/${unsubscribeToken(secret, { customerId, channel, purpose })}`;
}

/** `1.<content>.<HMAC-SHA256>`, both base64url. */
export function unsubscribeToken(secret: string, { customerId, channel, purpose }: Unsubscription): string {
  const content = Buffer.from(JSON.stringify([customerId, channel, purpose])).toString('base64url');
  return `1.${content}.${signature(secret, content).toString('base64url')}`;
}

/** What a token says, or null if it was not signed with this secret. Constant in time for tokens of one length. */
export function readUnsubscribeToken(secret: string, token: string): Unsubscription | null {
  const parts = /^1\.([A-Za-z0-9_-]{1,2000})\.([A-Za-z0-9_-]{43})$/.exec(token);
  if (!parts) return null;
  const [, content = '', given = ''] = parts;
  if (!timingSafeEqual(signature(secret, content), Buffer.from(given, 'base64url'))) return null;
  const [customerId, channel, purpose] = JSON.parse(Buffer.from(content, 'base64url').toString()) as string[];
  return { customerId: customerId!, channel: channel!, purpose: purpose! };
}

/** The prefix keeps a signature made for another kind of link from passing here. */
function signature(secret: string, content: string): Buffer {
  return createHmac('sha256', secret).update(`tabiji unsubscribe 1\n${content}`).digest();
}
