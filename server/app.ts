// The HTTP application: who may come in, what is taken at once, the routes, and how errors are said.
import { randomUUID } from 'node:crypto';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { errorCode, errorFrames } from '../engine/error-code.ts';
import { phraseOfAnswer } from '../language/engine-answers.ts';
import { speak } from '../language/phrase.ts';
import { authenticator, guard } from './access.ts';
import type { AppDeps } from './deps.ts';
import { errorBody, isTransient, isUnpublished, requestFault, retryAfterSeconds, statusOf } from './errors.ts';
import { createBrowserRate } from './ingest/browser-rate.ts';
import { createInFlight } from './ingest/in-flight.ts';
import { createLanes } from './ingest/lanes.ts';
import { countRefusals } from './ingest/refusals.ts';
import { createTogether } from './ingest/together.ts';
import { createLive, type Live } from './live.ts';
import { openapiRoute } from './openapi/document.ts';
import { pageLanguage } from './page-words.ts';
import { answerBrowsers, pageFiles } from './pages.ts';
import { logRequests } from './request-log.ts';
import { answerRoutes } from './routes/answers.ts';
import { attentionRoutes } from './routes/attention.ts';
import { bounceRoutes } from './routes/bounces.ts';
import { browserFileRoutes } from './routes/browser-files.ts';
import { chatRoutes } from './routes/chat.ts';
import { chatwootRoutes } from './routes/chatwoot.ts';
import { commandRoutes } from './routes/commands.ts';
import { consentRoutes } from './routes/consents.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { customerActionRoutes } from './routes/customer-actions.ts';
import { customerRoutes } from './routes/customers.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { ingestRoutes } from './routes/ingest.ts';
import { journeyPageRoutes } from './routes/journey-pages.ts';
import { journeyRoutes } from './routes/journeys.ts';
import { keyRoutes } from './routes/keys.ts';
import { lineRoutes } from './routes/line.ts';
import { liveRoutes } from './routes/live.ts';
import { mailboxRoutes } from './routes/mailbox.ts';
import { pushRoutes } from './routes/push-subscriptions.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { sessionRoutes } from './routes/session.ts';
import { shopRoutes } from './routes/shops.ts';
import { testSendRoutes } from './routes/test-sends.ts';
import { timelineRoutes } from './routes/timeline.ts';
import { trackingRoutes } from './routes/tracking.ts';
import { unsubscribeRoutes } from './routes/unsubscribe.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { createSessions } from './session.ts';

/** What one process takes on at once if nothing else is said: about a quarter of a gigabyte while it is parsed. */
const mostAtOnce = { calls: 200, bytes: 32 * 1024 * 1024 };

/** Events a second with the browser's key, if nothing else is said. */
const browserRate = 500;

/**
 * The application, not yet listening. It keeps nothing between requests but what is in flight, reads no environment,
 * and closes nothing that it was given. Throws where two keys are the same or too short.
 */
export function createApp(given: AppDeps): FastifyInstance {
  const authenticate = authenticator(given.keys);
  const sessions = createSessions(given.secret, given.keys);
  const live = createLive(given.clock.now);
  const deps = ringing(given, live);
  const inFlight = createInFlight(deps.most ?? mostAtOnce);
  const taking = { ...deps, receiveMany: createTogether(deps.receiveMany), inLane: createLanes() };
  const rate = createBrowserRate(deps.browserRate ?? browserRate);
  const { takeShare } = rate;
  const app = fastify({
    loggerInstance: deps.logger,
    logController: new SilentLog(),
    genReqId: () => randomUUID(),
    trustProxy: false,
    bodyLimit: 64 * 1024,
    // A client that dribbles its headers or body would hold a connection for ever.
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    connectionTimeout: 60_000,
    http: { headersTimeout: 15_000 },
    // An unsubscribe token is longer than the router's default.
    routerOptions: { maxParamLength: 2500 },
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
    clientErrorHandler: answerBrokenRequest,
  });
  app.setErrorHandler(answerError);
  openapiRoute(app);
  protectAnswers(app);
  logRequests(app);
  const { pages } = deps;
  if (pages !== undefined) answerBrowsers(app, pages);
  guard(app, authenticate, sessions);
  const refusals = countRefusals(app, deps.clock.now);
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(errorBody('not_found', 'no such route; GET /openapi.json lists them')),
  );

  app.register(async (scope) => pushRoutes(scope, deps, authenticate));
  app.register(async (scope) => ingestRoutes(scope, taking, authenticate, inFlight, takeShare));
  app.register(async (scope) => shopRoutes(scope, taking, inFlight));
  app.register(async (scope) => quarantineRoutes(scope, deps, taking));
  app.register(async (scope) => unsubscribeRoutes(scope, deps));
  app.register(async (scope) => bounceRoutes(scope, deps));
  app.register(async (scope) => trackingRoutes(scope, deps));
  app.register(async (scope) => answerRoutes(scope, deps));
  for (const routes of [
    browserFileRoutes,
    consentRoutes,
    conversationRoutes,
    webhookRoutes,
    lineRoutes,
    chatwootRoutes,
    customerRoutes,
    customerActionRoutes,
    timelineRoutes,
    journeyPageRoutes,
    testSendRoutes,
    eventRoutes,
    deliveryRoutes,
    attentionRoutes,
    journeyRoutes,
    commandRoutes,
    healthRoutes,
  ]) {
    app.register(async (scope) => routes(scope, deps));
  }
  app.register(async (scope) => keyRoutes(scope, deps, refusals, rate));
  const { mailbox, chat, shop } = deps;
  if (shop) app.register(async (scope) => shop(scope));
  if (chat) app.register(async (scope) => chatRoutes(scope, deps, chat, takeShare));
  app.register(async (scope) => sessionRoutes(scope, deps, authenticate, sessions));
  app.register(async (scope) => liveRoutes(scope, deps, live));
  app.addHook('preClose', async () => live.stop());
  if (pages) app.register(async (scope) => pageFiles(scope, pages));
  if (mailbox) app.register(async (scope) => mailboxRoutes(scope, mailbox));
  return app;
}

/** What asks for a turn was written just now: pages that follow it look at once. */
function ringing(deps: AppDeps, live: Live): AppDeps {
  const wakeDispatcher = () => {
    deps.wakeDispatcher();
    live.ring();
  };
  return { ...deps, wakeDispatcher };
}

/** The framework's own lines quote addresses and errors; ours are written by `logRequests` and `answerError`. */
class SilentLog extends LogController {
  override incomingRequest() {}
  override requestCompleted() {}
  override defaultErrorLog() {}
  override streamError() {}
  override routeNotFound() {}
  override writeHeadError() {}
  override serializerError() {}
}

/** What the request did wrong is said; what we did wrong is logged without its text, which may quote somebody's data. */
function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const fault = requestFault(error, request.routeOptions?.bodyLimit);
  if (fault) {
    if (fault.kind === 'overloaded') reply.header('retry-after', String(retryAfterSeconds));
    // A browser that fetches would ask its user for a name and password, over our page.
    if (fault.kind === 'unauthorized' && !request.headers['sec-fetch-mode'])
      reply.header('www-authenticate', 'Basic realm="Tabiji", Bearer');
    if (fault.kind === 'limited') reply.header('retry-after', String(fault.details.retry_after));
    const locale = pageLanguage(request.headers['accept-language'], 'en');
    const message = speak(phraseOfAnswer(fault.message), locale);
    return reply.code(statusOf[fault.kind]).send(errorBody(fault.kind, message, fault.details));
  }
  request.log.error({ ...errorCode(error), frames: errorFrames(error), request: request.id }, 'a request failed');
  // An event's sender gives up on other errors, so for those routes whatever failed here is "come again".
  if (isTransient(error) || request.routeOptions.config?.needs === 'send_events') {
    reply.header('retry-after', String(retryAfterSeconds));
    const sentence = isUnpublished(error)
      ? 'nothing is published yet; run tabiji publish, then send it again'
      : 'this cannot be stored at the moment; send it again';
    return reply.code(503).send(errorBody('overloaded', sentence));
  }
  const message = `something is wrong on our side; the log has it under request ${request.id}`;
  return reply.code(500).send({ error: { code: 'broken', message } });
}

/** What is not HTTP never reaches a route. */
function answerBrokenRequest(this: FastifyInstance, error: FastifyError, socket: import('node:net').Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const body = JSON.stringify(errorBody('invalid', 'this is not an HTTP request that can be read'));
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Nothing here is to be framed, guessed at, cached or told to others where it came from. */
function protectAnswers(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
    });
  });
}
