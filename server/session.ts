// A browser's session: who signed in, in a cookie that nobody else can make and no script can read. Nothing is stored;
// a token that is changed ends every session that was opened with it.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Keys, Principal } from './access.ts';

export interface Session {
  principal: Principal;
  /** What the person called themselves at sign-in; shown beside what they do. */
  name: string | null;
  /** To be sent back as `x-csrf-token` with everything that changes something. */
  csrf: string;
}

export interface Sessions {
  /** The `Set-Cookie` header that begins a session. */
  open(principal: Principal, name: string | null, isSecure: boolean): string;
  /** The session of a request's `Cookie` header; null where there is none, or it is over, or forged. */
  read(cookies: string | undefined): Session | null;
  /** The `Set-Cookie` header that ends it. */
  close(): string;
}

const cookieName = 'tabiji_session';
const hours = 12;

interface Claims {
  principal: Principal;
  name: string | null;
  /** Real time: a stepped clock would end sessions in seconds. */
  until: number;
}

/** @param now real milliseconds */
export function createSessions(secret: string, keys: Keys, now: () => number = Date.now): Sessions {
  const sign = (purpose: string, text: string) =>
    createHmac('sha256', secret).update(`${purpose}\0${text}`).digest('base64url');
  const seal = (body: string, principal: Principal) =>
    sign('session', `${body}\0${createHash('sha256').update(keys[principal]).digest('base64url')}`);
  return {
    open(principal, name, isSecure) {
      const claims: Claims = { principal, name, until: now() + hours * 3_600_000 };
      const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
      return setCookie(`${body}.${seal(body, principal)}`, hours * 3600, isSecure);
    },
    read(cookies) {
      const value = parseCookie(cookies ?? '')[cookieName];
      const [body = '', given = ''] = (value ?? '').split('.');
      const claims = claimsIn(body);
      if (!claims || !Object.hasOwn(keys, claims.principal)) return null;
      if (!isSame(given, seal(body, claims.principal)) || claims.until < now()) return null;
      return { principal: claims.principal, name: claims.name, csrf: sign('csrf', value!) };
    },
    close: () => setCookie('', 0, false),
  };
}

/** The token of a request that changes something is the session's own. */
export function isCsrfToken(session: Session, given: unknown): boolean {
  return typeof given === 'string' && isSame(given, session.csrf);
}

// Strict: the pages themselves are public files, and what they fetch is always same-site.
function setCookie(value: string, maxAge: number, secure: boolean): string {
  return stringifySetCookie({ name: cookieName, value, path: '/', httpOnly: true, sameSite: 'strict', secure, maxAge });
}

function claimsIn(body: string): Claims | null {
  try {
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Claims | null;
  } catch {
    return null;
  }
}

function isSame(given: string, own: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(own));
}
