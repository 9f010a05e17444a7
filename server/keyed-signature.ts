// Whether a webhook's signature is the HMAC-SHA256, in base64, of the very bytes that came: compared in constant time.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** False for a missing signature, too. What is not base64 of a digest takes as long as what is. */
export function isKeyedSignature(secret: string, signed: Buffer | string, given: unknown): boolean {
  const expected = Buffer.from(createHmac('sha256', secret).update(signed).digest('base64'));
  const shown = Buffer.from(typeof given === 'string' ? given : '');
  return shown.length === expected.length && timingSafeEqual(shown, expected);
}
