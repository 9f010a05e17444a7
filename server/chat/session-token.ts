// What a shop's page shows to take part in a chat: it stands for one browser, whoever that belongs to at the moment, and
// for nobody else. Signed, so that a name alone, which anybody may guess, opens no chat.
import { readToken, signToken } from '../signed-token.ts';

/** A page that is open longer asks for a new one. */
export const sessionMs = 24 * 60 * 60 * 1000;

/** Holds the browser's anonymous id and its end. `now` is real time: a stepped clock would end sessions in seconds. */
export function sessionToken(secret: string, anonymousId: string, now: number): string {
  return signToken(secret, 'chat', [anonymousId, now + sessionMs]);
}

/** The anonymous id, or null if it was not signed with this secret or is over. */
export function readSessionToken(secret: string, token: string, now: number): string | null {
  const fields = readToken(secret, 'chat', token) as [string, number] | null;
  return fields && now < fields[1] ? fields[0] : null;
}
