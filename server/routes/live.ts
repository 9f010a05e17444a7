// GET …/live: server-sent events for the pages that follow. A stream resumes by Last-Event-ID, and is ended after a
// while, so that who may not look any more does not.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { Live, Topic } from '../live.ts';
import { isPlainText } from '../shape.ts';

const longestMs = 15 * 60_000;

export function liveRoutes(app: FastifyInstance, { pulse, projections }: AppDeps, live: Live): void {
  const follows = (what: string) => `Server-sent events: says "changed" when ${what} has changed`;

  const customer = { needs: 'read_customers', summary: follows('what is known of a customer') } as const;
  app.get<{ Params: { id: string } }>('/customers/:id/live', { config: customer }, async (request, reply) => {
    const { id } = request.params;
    const found = isPlainText(id) ? await projections.customerId(id) : null;
    if (!found) throw new CallerError('not_found', 'no customer has this id; search with /customers?q=');
    const topic = { name: `customer ${found}`, fingerprint: () => pulse.customer(found), everyMs: 500 };
    return stream(live, topic, request, reply);
  });

  const journeys = { needs: 'read_journeys', summary: follows('the list of journeys') } as const;
  const counts = { name: 'journeys', fingerprint: pulse.journeys, everyMs: 2000 };
  app.get('/live/journeys', { config: journeys }, (request, reply) => stream(live, counts, request, reply));

  const journey = { needs: 'read_journeys', summary: follows('who stands where in a journey') } as const;
  app.get<{ Params: { name: string } }>('/journeys/:name/live', { config: journey }, (request, reply) => {
    const { name } = request.params;
    if (!isPlainText(name)) throw new CallerError('not_found', 'no journey has this name');
    const topic = { name: `journey ${name}`, fingerprint: () => pulse.journey(name), everyMs: 2000 };
    return stream(live, topic, request, reply);
  });

  const events = { needs: 'mend_events', summary: follows('the list of events that came in') } as const;
  const tail = { name: 'events', fingerprint: pulse.events, everyMs: 500 };
  app.get('/events/live', { config: events }, (request, reply) => stream(live, tail, request, reply));

  const inbox = { needs: 'read_messages', summary: follows('a conversation in which a person is wanted') } as const;
  const talk = { name: 'inbox', fingerprint: pulse.inbox, everyMs: 500 };
  app.get('/live/conversations', { config: inbox }, (request, reply) => stream(live, talk, request, reply));

  const quarantine = { needs: 'mend_events', summary: follows('the quarantine') } as const;
  const set = { name: 'quarantine', fingerprint: pulse.quarantine, everyMs: 1000 };
  app.get('/quarantine/live', { config: quarantine }, (request, reply) => stream(live, set, request, reply));
}

/** Answers with a stream that lasts until either side ends it. */
function stream(live: Live, topic: Topic, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const seen = String(request.headers['last-event-id'] ?? '') || null;
  const { raw } = reply;
  const listener = {
    // A reader that does not read is let go rather than kept in memory.
    write: (chunk: string) => void (raw.writableLength > 65_536 ? raw.destroy() : raw.write(chunk)),
    end: () => void raw.end(),
  };
  const stop = live.follow(topic, listener, seen);
  reply.hijack();
  raw.writeHead(200, { ...plain(reply), 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  raw.write('retry: 1000\n\n');
  const timer = setTimeout(listener.end, longestMs);
  raw.on('close', () => {
    clearTimeout(timer);
    stop();
  });
  return reply;
}

function plain(reply: FastifyReply): { [name: string]: string } {
  return reply.getHeaders() as { [name: string]: string };
}
