// Where a person is wanted: GET /conversations, GET /conversations/:id with the story so far, POST …/reply and …/resolve;
// and GET /customers/:id/chat, what was said with one customer.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { CommandAnswer } from '../../engine/command.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { isPlainText, shaped } from '../shape.ts';
import { explanationQuery } from './customers.ts';

const text = (most: number, sentence: string) =>
  z.string({ error: sentence }).refine((one) => one.length <= most && isPlainText(one), { error: sentence });

export const conversationsQuery = z.looseObject({
  status: z.enum(['open', 'resolved'], { error: 'must be open or resolved' }).default('open'),
  queue: text(64, 'must be the name of a queue').optional(),
  after: text(256, 'must be the "next" of the page before').default(''),
  limit: z.coerce.number({ error: 'must be a number from 1 to 200' }).int().min(1).max(200).default(50),
});
export const chatQuery = z.looseObject({
  before: z.coerce.number({ error: 'must be the "next" of the page before' }).int().min(1).nullable().default(null),
  limit: z.coerce.number({ error: 'must be a number from 1 to 200' }).int().min(1).max(200).default(20),
});
export const replyShape = z.strictObject({
  text: z
    .string({ error: 'must be a text' })
    .trim()
    .min(1, { error: 'must not be empty' })
    .max(4000, { error: 'must be at most 4000 characters long' }),
  /** The sender's own: the same one is said once. */
  id: text(100, 'must be a text of at most 100 characters').optional(),
});

type One = { Params: { id: string } };

export function conversationRoutes(app: FastifyInstance, deps: AppDeps): void {
  const { conversations } = deps;
  const lists = {
    needs: 'read_messages',
    summary: 'Conversations in which a person is wanted, the oldest first',
  } as const;
  app.get('/conversations', { config: lists }, async (request) => {
    const { status, queue, after, limit } = shaped(conversationsQuery, request.query);
    const rows = await conversations.list({ status, queue: queue ?? null, after, limit });
    return { conversations: rows, next: rows.length < limit ? null : rows.at(-1)!.id };
  });

  const chats = { needs: 'read_messages', summary: 'What was said in chats with one customer, newest first' } as const;
  app.get<One>('/customers/:id/chat', { config: chats }, async (request) => {
    const { before, limit } = shaped(chatQuery, request.query);
    const { id } = request.params;
    const found = isPlainText(id) ? await deps.projections.customerId(id) : null;
    if (!found) throw new CallerError('not_found', 'no customer has this id; search with /customers?q=');
    const chat = await conversations.ofCustomer(found, before, limit);
    return { ...chat, next: chat.messages.length < limit ? null : chat.messages.at(-1)!.id };
  });

  const shows = { needs: 'read_messages', summary: 'One conversation: what was said, and the story so far' } as const;
  app.get<One>('/conversations/:id', { config: shows }, async (request) => {
    const { locale } = shaped(explanationQuery, request.query);
    const { id } = request.params;
    const found = isPlainText(id) ? await conversations.read(id, locale) : null;
    if (!found) throw new CallerError('not_found', 'no conversation has this id');
    return found;
  });

  const replies = { needs: 'act_on_customers', summary: 'Says something to the customer as a person' } as const;
  app.post<One>('/conversations/:id/reply', { config: replies, bodyLimit: 32 * 1024 }, (request) => {
    const { text: said, id } = shaped(replyShape, request.body);
    return answer(deps, request.params.id, (one) => conversations.reply(one, id ?? deps.newId(), said, request.actor));
  });

  const ends = {
    needs: 'act_on_customers',
    summary: 'Resolves a conversation; a journey that waits for it goes on',
  } as const;
  app.post<One>('/conversations/:id/resolve', { config: ends, bodyLimit: 1024 }, (request) =>
    answer(deps, request.params.id, (one) => conversations.resolve(one, request.actor)),
  );
}

async function answer(deps: AppDeps, id: string, command: (id: string) => Promise<CommandAnswer>) {
  if (!isPlainText(id)) throw new CallerError('not_found', 'no conversation has this id');
  const done = await command(id);
  if (done.kind === 'not_found' || done.kind === 'conflict') throw new CallerError(done.kind, done.sentence);
  if (done.kind === 'unchanged') return { status: 'unchanged', message: done.sentence };
  deps.wakeDispatcher();
  return { status: 'done' };
}
