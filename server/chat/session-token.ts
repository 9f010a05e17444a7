// What a shop's page shows to take part in a chat: it stands for one browser, whoever that belongs to at the moment, and
// for nobody else. Signed, so that a name alone, which anybody may guess, opens no chat.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** A page that is open longer asks for a new one. */
export const sessionMs = 24 * 60 * 60 * 1000;

/** `1.<content>.<HMAC-SHA256>`, both base64url; holds the browser's anonymous id and its end. */
export function sessionToken(secret: string, anonymousId: string, now: number): string {
  const content = Buffer.from(JSON.stringify([anonymousId, now + sessionMs])).toString('base64url');
  return `1.${content}.${signature(secret, content).toString('base64url')}`;
}

/** The anonymous id, or null if it was not signed with this secret or is over. */
export function readSessionToken(secret: string, token: string, now: number): string | null {
  const parts = /^1\.([A-Za-z0-9_-]{1,1000})\.([A-Za-z0-9_-]{43})$/.exec(token);
  if (!parts) return null;
  const [, content = '', given = ''] = parts;
  if (!timingSafeEqual(signature(secret, content), Buffer.from(given, 'base64url'))) return null;
  const [anonymousId, endsAt] = JSON.parse(Buffer.from(content, 'base64url').toString()) as [string, number];
  return now < endsAt ? anonymousId : null;
}

/** The prefix keeps a signature made for another kind of token from passing here. */
function signature(secret: string, content: string): Buffer {
  return createHmac('sha256', secret).update(`tabiji chat 1\n${content}`).digest();
}
