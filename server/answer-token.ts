// The link that answers a question: to which message, with which answer chosen, and how long it works. Signed, so that
// nobody answers for somebody else; it holds ids and an answer's word only.
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface AnswerLink {
  /** The effect key of the message that asks. */
  key: string;
  /** The answer that the link stands for; null: one is chosen on the page. */
  answer: string | null;
  /** Milliseconds since the epoch; later it is no longer taken. */
  untilAt: number;
}

/** The address of the page. `publicUrl` may have a path and a final slash. */
export function answerUrl(
  secret: string,
  publicUrl: string,
  key: string,
  answer: string | null,
  untilAt: number,
): string {
  return `${publicUrl.replace(/\/+$/, '')}/a/${answerToken(secret, { key, answer, untilAt })}`;
}

/** `1.<content>.<HMAC-SHA256>`, both base64url. */
export function answerToken(secret: string, { key, answer, untilAt }: AnswerLink): string {
  const content = Buffer.from(JSON.stringify([key, answer, Math.round(untilAt / 1000)])).toString('base64url');
  return `1.${content}.${signature(secret, content).toString('base64url')}`;
}

/** What a token says, or null if it was not signed with this secret. Constant in time for tokens of one length. */
export function readAnswerToken(secret: string, token: string): AnswerLink | null {
  const parts = /^1\.([A-Za-z0-9_-]{1,2000})\.([A-Za-z0-9_-]{43})$/.exec(token);
  if (!parts) return null;
  const [, content = '', given = ''] = parts;
  if (!timingSafeEqual(signature(secret, content), Buffer.from(given, 'base64url'))) return null;
  const [key, answer, until] = JSON.parse(Buffer.from(content, 'base64url').toString()) as [
    string,
    string | null,
    number,
  ];
  return { key, answer, untilAt: until * 1000 };
}

/** The prefix keeps a signature made for another kind of link from passing here. */
function signature(secret: string, content: string): Buffer {
  return createHmac('sha256', secret).update(`tabiji answer 1\n${content}`).digest();
}
