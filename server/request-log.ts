// What is logged of a request: its id, the route's pattern, the status, the time. Never an address, a query, a header or
// a body: they hold tokens, emails and names.
import type { FastifyInstance } from 'fastify';
import type { Principal } from './access.ts';

interface LoggedRequest {
  request: string;
  method: string;
  route: string;
  status: number;
  ms: number;
  principal: Principal | null;
}

export function logRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const line: LoggedRequest = {
      request: request.id,
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      principal: request.principal,
    };
    app.log.info(line, 'answered');
  });
}
