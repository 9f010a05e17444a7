// GET, POST and DELETE /session: how a browser signs in with a token, what it may then do, and how it signs out.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Authenticate, capabilitiesOf } from '../access.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { isCsrfToken, type Session, type Sessions } from '../session.ts';
import { isPlainText, shaped } from '../shape.ts';

export const signInShape = z.strictObject({
  token: z.string({ error: 'must be a token' }).max(500),
  /** Shown beside what this person does. */
  name: z
    .string({ error: 'must be a name' })
    .max(60, { error: 'must have at most 60 characters' })
    .refine(isPlainText, { error: 'must be plain text' })
    .nullish(),
});

export function sessionRoutes(
  app: FastifyInstance,
  deps: AppDeps,
  authenticate: Authenticate,
  sessions: Sessions,
): void {
  const own = (request: FastifyRequest) => sessions.read(request.headers.cookie);
  const tells = { needs: 'public', summary: 'Who this browser is signed in as, and the shop it is for' } as const;
  app.get('/session', { config: tells }, async (request) => ({
    ...(await shopOf(deps)),
    // Business may be done by another clock than the browser's.
    now: new Date(deps.clock.now()).toISOString(),
    session: shown(own(request)),
    ...(deps.speed && { speed: deps.speed() }),
  }));

  const opens = { needs: 'public', summary: 'Signs a browser in with a token; the session is a cookie' } as const;
  app.post('/session', { config: opens, bodyLimit: 4096 }, async (request, reply) => {
    const { token, name } = shaped(signInShape, request.body);
    const principal = authenticate(token.trim());
    if (!principal || principal === 'browser')
      throw new CallerError('unauthorized', 'this token is not known; check it for missing characters');
    // Said by a proxy in front; forged, it only keeps the forger's own cookie off plain HTTP.
    const isSecure = request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https';
    reply.header('set-cookie', sessions.open(principal, name?.trim() || null, isSecure));
    return { status: 'signed_in' };
  });

  const closes = { needs: 'public', summary: 'Signs this browser out' } as const;
  app.delete('/session', { config: closes }, async (request, reply) => {
    const session = own(request);
    if (session && !isCsrfToken(session, request.headers['x-csrf-token']))
      throw new CallerError('forbidden', 'send the x-csrf-token of GET /session along');
    reply.header('set-cookie', sessions.close());
    return { status: 'signed_out' };
  });
}

function shown(session: Session | null) {
  if (!session) return null;
  const { principal, name, csrf } = session;
  return { role: principal, name, csrf, can: capabilitiesOf(principal) };
}

/** The sign-in must come even while the database does not, or nothing is published yet. */
async function shopOf(deps: AppDeps) {
  try {
    const { settings } = await deps.catalog();
    const { brand, locale, timeZone, purposes } = settings;
    return { brand: brand.name, locale, time_zone: timeZone, purposes: [...new Set(['marketing', ...purposes])] };
  } catch {
    return { brand: '', locale: 'en', time_zone: 'UTC', purposes: ['marketing'] };
  }
}
