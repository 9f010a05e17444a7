// The nonce of LINE's account link: it says, signed, which customer of the shop is linking. The shop asks for it once the
// customer has logged in, and LINE hands it back with the LINE user id.
// https://developers.line.biz/en/docs/messaging-api/linking-accounts/
import { createHmac, timingSafeEqual } from 'node:crypto';

/** LINE takes 10 to 255 characters. */
const mostChars = 255;
export const nonceMs = 10 * 60_000;

/** A nonce good until `endsAt`; null for a user id that is too long for one. */
export function lineNonce(secret: string, userId: string, endsAt: number): string | null {
  const content = Buffer.from(JSON.stringify([userId, endsAt])).toString('base64url');
  const nonce = `${content}.${signatureOf(secret, content)}`;
  return nonce.length <= mostChars ? nonce : null;
}

/** The user id; null where it is not signed with this secret, or over at `now`. */
export function userOfLineNonce(secret: string, nonce: string, now: number): string | null {
  const [content = '', signature = '', ...more] = nonce.split('.');
  const expected = Buffer.from(signatureOf(secret, content));
  const given = Buffer.from(signature);
  if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const [userId, endsAt] = JSON.parse(Buffer.from(content, 'base64url').toString()) as [string, number];
  return now < endsAt ? userId : null;
}

function signatureOf(secret: string, content: string): string {
  return createHmac('sha256', secret).update(`line-link:${content}`).digest('base64url');
}
