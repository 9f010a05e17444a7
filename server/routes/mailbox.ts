// GET /mailbox and what lies below it: the local mailbox, where one is given (development).
import type { FastifyInstance } from 'fastify';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';

export function mailboxRoutes(app: FastifyInstance, answerMailbox: NonNullable<AppDeps['mailbox']>): void {
  const config = { needs: 'public', summary: 'The local mailbox; development only' } as const;
  for (const path of ['/mailbox', '/mailbox/messages', '/mailbox/messages/:id']) {
    app.get(path, { config }, async (request, reply) => {
      const answer = await answerMailbox(request.url, request.headers.accept ?? '');
      if (!answer) throw new CallerError('not_found', 'no such page; GET /mailbox lists the mail');
      return reply.code(answer.status).headers(answer.headers).send(answer.body);
    });
  }
}
