// What stays of somebody erased. Without the secret nobody can find out whose it is, not even by trying every address.
import { createHmac } from 'node:crypto';

/** HMAC-SHA256, base64url. The prefix keeps it apart from what else the secret signs. */
export function keyedHash(secret: string, text: string): string {
  return createHmac('sha256', secret).update(`tabiji erased 1\n${text}`).digest('base64url');
}
