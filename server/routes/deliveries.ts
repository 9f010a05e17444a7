// GET /deliveries/:key/body: a message exactly as it went out. A key holds a slash (`enr_1/3`); escaped or not, it is found.
import type { FastifyInstance } from 'fastify';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { isPlainText } from '../shape.ts';

export function deliveryRoutes(app: FastifyInstance, deps: AppDeps): void {
  const config = { needs: 'read_messages', summary: 'A message as it was sent' } as const;
  app.get<{ Params: { key: string } }>('/deliveries/:key/body', { config }, async (request) =>
    bodyOf(deps, request.params.key),
  );
  app.get<{ Params: { enrollment: string; effect: string } }>(
    '/deliveries/:enrollment/:effect/body',
    { config },
    async (request) => bodyOf(deps, `${request.params.enrollment}/${request.params.effect}`),
  );
}

async function bodyOf(deps: AppDeps, key: string) {
  const found = isPlainText(key) ? await deps.projections.deliveryBody(key) : null;
  if (!found) {
    throw new CallerError(
      'not_found',
      'no message is kept under this key: it is unknown, was never rendered, or was erased',
    );
  }
  return found;
}
