// POST /v1/{track,identify,page,screen,group,alias,batch}: Segment's calls, from any of its clients; /v1/events: CloudEvents.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { momentOf } from '../../engine/core/local-time.ts';
import { type Authenticate, authorize } from '../access.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError, errorBody, statusOf, tooLarge } from '../errors.ts';
import { jsonOf, plainBytes } from '../ingest/body.ts';
import type { TakeShare } from '../ingest/browser-rate.ts';
import { batchShape, type Call, limits, moment } from '../ingest/calls.ts';
import { fromHeaders } from '../ingest/cloudevents.ts';
import type { InFlight } from '../ingest/in-flight.ts';
import type { Arrival } from '../ingest/segment.ts';
import { type TakeDeps, type Taken, take, takeBatch, takeCloudEvents } from '../ingest/take.ts';
import { shaped } from '../shape.ts';

/** The path's last part; the single letters are what Segment's client for browsers sends to. */
const callPaths: { [path: string]: Call } = {
  track: 'track',
  t: 'track',
  identify: 'identify',
  i: 'identify',
  page: 'page',
  p: 'page',
  screen: 'screen',
  s: 'screen',
  group: 'group',
  g: 'group',
  alias: 'alias',
  a: 'alias',
};
const batchPaths = ['batch', 'b', 'import'];

export function ingestRoutes(
  app: FastifyInstance,
  deps: TakeDeps & Pick<AppDeps, 'clock'>,
  authenticate: Authenticate,
  inFlight: InFlight,
  takeShare: TakeShare,
): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  allowBrowsers(app);
  countCalls(app, inFlight);

  for (const [path, call] of Object.entries(callPaths)) {
    const config = { needs: 'send_events', summary: `One ${call} call, as Segment's clients send it` } as const;
    app.post(`/v1/${path}`, { bodyLimit: limits.eventBytes, config }, async (request, reply) => {
      const body = await bodyOf(request, limits.eventBytes);
      const arrival = arrivalOf(request, body);
      await takeShare(arrival, 1);
      return answer(await take(deps, call, body, arrival), reply);
    });
  }

  for (const path of batchPaths) {
    const config = { needs: 'send_events', summary: 'Many calls at once; bad ones are named in the answer' } as const;
    app.post(`/v1/${path}`, { bodyLimit: limits.batchBytes, config }, async (request) => {
      const body = await bodyOf(request, limits.batchBytes);
      const arrival = arrivalOf(request, body);
      const { batch } = shaped(batchShape, body);
      if (batch.length > limits.batchEvents)
        throw new CallerError('too_large', `a batch may have ${limits.batchEvents} events`);
      await takeShare(arrival, batch.length);
      return summaryOf(await takeBatch(deps, batch, arrival));
    });
  }

  const takesEvents = { needs: 'send_events', summary: 'CloudEvents 1.0: binary, structured or a batch' } as const;
  app.post('/v1/events', { bodyLimit: limits.batchBytes, config: takesEvents }, async (request, reply) => {
    const { headers } = request;
    const isBinary = headers['ce-specversion'] !== undefined || headers['ce-id'] !== undefined;
    const isEmpty = isBinary && !(Buffer.isBuffer(request.body) && request.body.length > 0);
    const body = isEmpty ? {} : await bodyOf(request, limits.batchBytes);
    const arrival = arrivalOf(request, null);
    await takeShare(arrival, Array.isArray(body) ? body.length : 1);
    if (!Array.isArray(body) || isBinary)
      return answer(await take(deps, 'cloudevent', fromHeaders(headers, () => body) ?? body, arrival), reply);
    if (body.length > limits.batchEvents)
      throw new CallerError('too_large', `a batch may have ${limits.batchEvents} events`);
    return summaryOf(await takeCloudEvents(deps, body, arrival));
  });

  async function bodyOf(request: FastifyRequest, limit: number): Promise<unknown> {
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const bytes = await plainBytes(raw, limit);
    if (bytes.length > limit) throw tooLarge(limit);
    request.inFlight?.grow(bytes.length - raw.length);
    return jsonOf(bytes);
  }

  function arrivalOf(request: FastifyRequest, body: unknown): Arrival {
    const sent = (typeof body === 'object' ? body : null) as { writeKey?: unknown; sentAt?: unknown } | null;
    const inBody = typeof sent?.writeKey === 'string' ? sent.writeKey : null;
    const principal = request.principal ?? authorize(authenticate, 'send_events', inBody);
    request.principal = principal;
    return { receivedAt: deps.clock.now(), sentAt: sentAtOf(sent?.sentAt), trusted: principal === 'server' };
  }
}

/** A `sentAt` that cannot be read corrects nothing; the event's own time is checked as it stands. */
function sentAtOf(value: unknown): number | null {
  const sentAt = moment.safeParse(value);
  return sentAt.success && sentAt.data ? momentOf(sentAt.data, 'UTC') : null;
}

function answer(taken: Taken, reply: FastifyReply) {
  if (taken.status === 'quarantined') return reply.code(statusOf[taken.code]).send(refusalOf(taken));
  return {
    status: taken.status,
    event_id: taken.eventId,
    ...(taken.ignored.length > 0 && { ignored: taken.ignored }),
    ...(taken.flagged.length > 0 && { flagged: taken.flagged }),
  };
}

function summaryOf(taken: Taken[]) {
  const of = (status: Taken['status']) => taken.filter((one) => one.status === status).length;
  const partsOf = (what: 'ignored' | 'flagged') =>
    taken.flatMap((one, index) =>
      one.status !== 'quarantined' && one[what].length > 0 ? [{ index, parts: one[what] }] : [],
    );
  return {
    accepted: of('accepted'),
    duplicates: of('duplicate'),
    ...(of('dropped') > 0 && { dropped: of('dropped') }),
    quarantined: taken.flatMap((one, index) =>
      one.status === 'quarantined'
        ? [{ index, code: one.code, message: one.sentence, quarantine_id: one.quarantineId }]
        : [],
    ),
    ignored: partsOf('ignored'),
    ...(partsOf('flagged').length > 0 && { flagged: partsOf('flagged') }),
  };
}

function refusalOf(taken: Taken & { status: 'quarantined' }) {
  return errorBody(taken.code, taken.sentence, { quarantine_id: taken.quarantineId });
}

/** The content decides, so the header must not: a browser's `text/plain` and a form's type are read like JSON's. */
function allowBrowsers(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    delete request.raw.headers['content-type'];
    reply.headers({ 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' });
  });
  // Preflights carry no key; what may be asked is the same for everyone.
  app.options('/v1/*', { config: { needs: 'public', summary: 'CORS' } }, async (_request, reply) =>
    reply
      .code(204)
      .header('access-control-allow-methods', 'POST')
      .header('access-control-allow-headers', 'authorization, content-type, content-encoding')
      .header('access-control-max-age', '86400')
      .send(),
  );
}

declare module 'fastify' {
  interface FastifyRequest {
    inFlight: ReturnType<InFlight['enter']> | null;
  }
}

/** Room is taken before a byte of the body is read, for as many bytes as are announced. */
function countCalls(app: FastifyInstance, inFlight: InFlight): void {
  app.decorateRequest('inFlight', null);
  app.addHook('onRequest', async (request, reply) => {
    if (request.method === 'OPTIONS') return;
    const announced = Number(request.headers['content-length']);
    const entered = inFlight.enter(
      Math.min(Number.isNaN(announced) ? limits.batchBytes : announced, limits.batchBytes),
      request.principal === 'server',
    );
    request.inFlight = entered;
    // `close` also comes when the client goes away half-way.
    reply.raw.once('close', entered.release);
  });
}
