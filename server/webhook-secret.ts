// The secret that calls of one webhook are signed with, as Standard Webhooks writes it. Made from the installation's own,
// so that none has to be kept, and a receiver that loses its one can be told it again.
import { createHmac } from 'node:crypto';

/** `whsec_` and base64 of 32 bytes; the same for the same name. */
export function webhookSecret(secret: string, webhook: string): string {
  return `whsec_${createHmac('sha256', secret).update(`tabiji webhook 1\n${webhook}`).digest('base64')}`;
}
