// Who may do what: one table, and the check that every route passes. A route names what it needs; one that names nothing
// is refused when the application is built.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CallerError } from './errors.ts';
import { isCsrfToken, type Session, type Sessions } from './session.ts';

/** A write key's holder (`server`: the shop's own back end; `browser`: anyone who reads the page), or a person's role. */
export type Principal = 'server' | 'browser' | 'support' | 'marketer' | 'admin';

/** What a route may need, and who has it. `[]`: nobody has to show anything. */
export const access = {
  public: [],
  send_events: ['server', 'browser'],
  set_consent: ['server'],
  read_customers: ['support', 'marketer', 'admin'],
  /** All that is kept of a person, for the person: with every message. */
  export_customers: ['support', 'admin'],
  erase_customers: ['admin'],
  /** A rendered message holds whatever its template said about the customer. */
  read_messages: ['support', 'admin'],
  /** A message filled with what is known of a customer; sends nothing. */
  preview_messages: ['support', 'marketer', 'admin'],
  /** The same by mail, to whoever looks it over. */
  send_tests: ['marketer', 'admin'],
  read_journeys: ['support', 'marketer', 'admin'],
  publish_journeys: ['marketer', 'admin'],
  /** Pause, resume, stop. */
  act_on_journeys: ['marketer', 'admin'],
  /** Eject, pause, resume, release; cancel a message. */
  act_on_enrollments: ['support', 'marketer', 'admin'],
  /** Record that a customer withdrew a consent, or does not want to be written to at all. */
  act_on_customers: ['support', 'admin'],
  /** What calls of webhooks are signed with. */
  read_secrets: ['admin'],
  /** Listed for the storefront developer, who holds the server's write key. */
  mend_events: ['server', 'admin'],
} as const satisfies { [capability: string]: readonly Principal[] };

export type Capability = keyof typeof access;

declare module 'fastify' {
  interface FastifyContextConfig {
    needs?: Capability;
    /** What the route is for, in `/openapi.json`. */
    summary?: string;
  }
  interface FastifyRequest {
    principal: Principal | null;
    /** Who acts, as it stands in the record: the role, and the name that a person gave at sign-in. */
    actor: string;
    /** Of a browser that signed in; null with a key, and where nobody has to show anything. */
    session: Session | null;
  }
}

/** The secrets that stand for each principal. Comparison is by digest, in constant time. */
export type Keys = { [principal in Principal]: string };

export type Authenticate = (secret: string) => Principal | null;

/** Refuses keys that are too short to be secrets, or that two principals share. */
export function authenticator(keys: Keys): Authenticate {
  const digests = Object.entries(keys).map(([principal, key]) => {
    if (key.length < 16) throw new Error(`the key of ${principal} has fewer than 16 characters; choose a longer one`);
    return [principal as Principal, digestOf(key)] as const;
  });
  if (new Set(Object.values(keys)).size < digests.length)
    throw new Error('two keys or tokens are the same; each needs its own');
  return (secret) => {
    const given = digestOf(secret);
    let found: Principal | null = null;
    // Every key is compared, whichever fits: the time taken says nothing.
    for (const [principal, digest] of digests) if (timingSafeEqual(given, digest)) found = principal;
    return found;
  };
}

/** Sets `request.principal` before the body is read, and refuses who may not use the route. */
export function guard(app: FastifyInstance, authenticate: Authenticate, sessions: Sessions): void {
  app.decorateRequest('principal', null);
  app.decorateRequest('actor', '');
  app.decorateRequest('session', null);
  app.addHook('onRoute', (route) => {
    if (!route.config?.needs)
      throw new Error(`${route.url} does not say what it needs; name a capability of server/access.ts`);
  });
  app.addHook('onRequest', async (request) => {
    const needs = request.routeOptions.config?.needs ?? 'public';
    const secret = secretOf(request);
    if (needs === 'public') return;
    // Segment's clients for browsers send the key in the body; those routes ask `authorize` again once they have read it.
    if (secret === null && needs === 'send_events') return;
    const session = secret === null ? sessions.read(request.headers.cookie) : null;
    if (session) admit(request, session, needs);
    else request.principal = authorize(authenticate, needs, secret);
    request.session = session;
    request.actor = session?.name ? `${session.name} (${session.principal})` : (request.principal ?? '');
  });
}

/** A browser that signed in: its cookie comes along with any request, so what changes something shows the token, too. */
function admit(request: FastifyRequest, session: Session, needs: Capability): void {
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  if (changes && !isCsrfToken(session, request.headers['x-csrf-token']))
    throw new CallerError('forbidden', 'send the x-csrf-token of GET /session along; load the page again');
  request.principal = allow(session.principal, needs);
}

/** The principal behind a secret, if it has the capability; else throws `unauthorized` or `forbidden`. */
export function authorize(authenticate: Authenticate, needs: Capability, secret: string | null): Principal {
  if (secret === null)
    throw new CallerError(
      'unauthorized',
      'send a key: Authorization: Bearer <key>, or Basic with the write key as user name',
    );
  const principal = authenticate(secret);
  if (!principal) throw new CallerError('unauthorized', 'this key is not known; check it for missing characters');
  return allow(principal, needs);
}

/** What each key is called in the environment and where it was shown. */
const variables: { [principal in Principal]: string } = {
  server: 'TABIJI_WRITE_KEY',
  browser: 'TABIJI_BROWSER_KEY',
  support: 'TABIJI_SUPPORT_TOKEN',
  marketer: 'TABIJI_MARKETER_TOKEN',
  admin: 'TABIJI_ADMIN_TOKEN',
};

function allow(principal: Principal, needs: Capability): Principal {
  const holders: readonly Principal[] = access[needs];
  if (!holders.includes(principal))
    throw new CallerError(
      'forbidden',
      `this needs another key: ${holders.map((holder) => variables[holder]).join(' or ')}`,
    );
  return principal;
}

/** What a principal may do, by the table. */
export function capabilitiesOf(principal: Principal): Capability[] {
  return (Object.keys(access) as Capability[]).filter((name) =>
    (access[name] as readonly Principal[]).includes(principal),
  );
}

/** From `Authorization: Bearer key`, or `Basic` with the key as user name (as Segment's clients send it) or as password. */
function secretOf(request: FastifyRequest): string | null {
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').trim().split(/\s+/, 2);
  if (value === '') return null;
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return null;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const user = colon < 0 ? pair : pair.slice(0, colon);
  return user !== '' ? user : pair.slice(colon + 1);
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
