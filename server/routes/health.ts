// GET /health, /ready and /openapi.json: for operators and their probes.
import type { FastifyInstance } from 'fastify';
import type { AppDeps } from '../deps.ts';

/** A probe asks every few seconds and gives up soon itself. */
const patienceMs = 2000;

export function healthRoutes(app: FastifyInstance, deps: AppDeps): void {
  const lives = { needs: 'public', summary: 'This process answers' } as const;
  app.get('/health', { config: lives }, async () => ({ status: 'ok', ...timeOf(deps) }));

  const serves = {
    needs: 'public',
    summary: 'Events can be taken in: 503 while the database does not answer',
  } as const;
  app.get('/ready', { config: serves }, async (_request, reply) => {
    const [outboxSize, temporal] = await Promise.all([
      answerWithin(async () => deps.readiness.outboxSize()),
      answerWithin(async () => deps.readiness.temporalHealthy()),
    ]);
    const database = outboxSize !== null;
    // Without Temporal events are still taken in, and their journeys start when it is back: degraded, yet ready.
    return reply.code(database ? 200 : 503).send({
      status: database ? (temporal ? 'ready' : 'degraded') : 'not_ready',
      database: database ? 'ok' : 'unreachable',
      temporal: temporal ? 'ok' : 'unreachable',
      outbox: { waiting: outboxSize },
    });
  });
}

/** Business time, where it is not everybody's. */
function timeOf({ clock, speed }: AppDeps) {
  return speed ? { time: { now: new Date(clock.now()).toISOString(), speed: speed() } } : {};
}

/** Null where it fails or takes too long. */
async function answerWithin<T>(ask: () => Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, patienceMs, null);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
