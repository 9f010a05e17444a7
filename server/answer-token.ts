// The link that answers a question: to which message, with which answer chosen, and how long it works. Signed, so that
// nobody answers for somebody else; it holds ids and an answer's word only.
import { linkUnder, readToken, signToken } from './signed-token.ts';

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
  return linkUnder(publicUrl, `a/${answerToken(secret, { key, answer, untilAt })}`);
}

export function answerToken(secret: string, { key, answer, untilAt }: AnswerLink): string {
  return signToken(secret, 'answer', [key, answer, Math.round(untilAt / 1000)]);
}

/** What a token says, or null if it was not signed with this secret. */
export function readAnswerToken(secret: string, token: string): AnswerLink | null {
  const fields = readToken(secret, 'answer', token) as [string, string | null, number] | null;
  return fields && { key: fields[0], answer: fields[1], untilAt: fields[2] * 1000 };
}
