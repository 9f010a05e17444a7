// Whether a webhook comes from who shares its secret: signed as Standard Webhooks say, or with the secret itself as a bearer
// token, which is all that a mail server's pipe can do.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Webhook } from 'standardwebhooks';

/** `secret` is `whsec_` and base64, or any text of at least 16 characters. A signature is good for five minutes. */
export function isSigned(secret: string, headers: IncomingHttpHeaders, raw: Buffer): boolean {
  const { authorization } = headers;
  if (authorization !== undefined) return isSame(bearerOf(authorization), secret);
  const given = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, headers[name]]);
  if (given.some(([, value]) => typeof value !== 'string')) return false;
  try {
    const hook = secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' });
    hook.verify(raw, Object.fromEntries(given), { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

/** The token of `Bearer`, or the password of `Basic`. */
function bearerOf(authorization: string): string {
  const [, scheme = '', value = ''] = /^(\w+) +(.*)$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  const decoded = Buffer.from(value, 'base64').toString();
  return scheme.toLowerCase() === 'basic' ? decoded.slice(decoded.indexOf(':') + 1) : '';
}

function isSame(given: string, secret: string): boolean {
  const [one, other] = [given, secret].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(one!, other!);
}
