// What people do to one enrollment or message, and where they are wanted.
import { z } from 'zod';
import { stuckQuery, unsettledQuery } from '../routes/attention.ts';
import { releaseShape, resolveShape } from '../routes/commands.ts';
import { conversationsQuery, replyShape } from '../routes/conversations.ts';
import { explanationQuery } from '../routes/customers.ts';
import { exampleIds as ids } from './example-ids.ts';
import type { Operation, Operations } from './operation.ts';
import { at, count, done, explanation, map, moment, next, text } from './said.ts';

function command(examples: Operation['examples'], body?: z.ZodType): Operation {
  return {
    tag: 'enrollments',
    answers: { 200: done },
    fails: ['not_found', 'conflict'],
    examples,
    ...(body && { body }),
  };
}

const stuck = z.object({
  ...{ id: z.string(), customerId: z.string(), journey: z.string(), version: z.string(), key: text, step: text },
  ...{ needsAttention: z.string().describe('What did not fit'), enteredAt: moment, dueAt: at },
});
const unsettled = z.object({
  ...{ key: z.string(), enrollmentId: z.string(), customerId: z.string(), journey: z.string(), step: z.string() },
  ...{ message: z.string(), channel: z.string(), state: z.string(), reason: text, code: text, attempt: count },
  ...{ createdAt: moment, sentAt: at, retryAt: at },
});
export const conversation = {
  ...{ id: z.string(), customerId: z.string(), name: z.string(), email: text, channel: z.string(), queue: z.string() },
  ...{
    status: z.enum(['open', 'resolved']),
    journey: text,
    journeyTitle: text,
    step: text,
    note: text,
    enrollmentId: text,
  },
  ...{ openedAt: moment, resolvedAt: at, resolvedBy: text },
};
const message = z.object({ id: count, from: z.string(), by: text, content: map, at: moment, code: text });

export const actionOperations: Operations = {
  'GET /enrollments': {
    tag: 'enrollments',
    query: stuckQuery,
    answers: { 200: z.object({ enrollments: z.array(stuck), next }) },
    examples: { 'what stands still': { query: { needs: 'attention' } } },
  },
  'GET /deliveries': {
    tag: 'enrollments',
    query: unsettledQuery,
    answers: { 200: z.object({ deliveries: z.array(unsettled), next }) },
    examples: { 'what may or may not have arrived': { query: { state: 'unknown' } } },
  },
  'POST /enrollments/{id}/pause': command({ 'it is done': { path: { id: ids.enrollmentOfU3 } } }),
  'POST /enrollments/{id}/resume': command({
    'it is done': { path: { id: ids.enrollmentOfU3 } },
    'once more': { path: { id: ids.enrollmentOfU3 } },
  }),
  'POST /enrollments/{id}/eject': command({
    'it is done': { path: { id: ids.enrollmentOfU3 } },
    'there is none': { path: { id: 'nothing' }, status: 404 },
  }),
  'POST /enrollments/{id}/release': command(
    { 'it goes on': { path: { id: ids.enrollmentOfU4 }, body: { action: 'run_on' } } },
    releaseShape,
  ),
  'POST /deliveries/{key}/resend': command({ 'it is done': { path: { key: `${ids.enrollmentOfU5}/1` } } }),
  'POST /deliveries/{key}/resolve': command(
    { 'it arrived': { path: { key: `${ids.enrollmentOfU6}/1` }, body: { as: 'accepted' } } },
    resolveShape,
  ),
  'POST /deliveries/{key}/cancel': command({
    'too late': { path: { key: `${ids.enrollmentOfU1}/1` }, status: 409 },
  }),
  'GET /conversations': {
    tag: 'conversations',
    query: conversationsQuery,
    answers: { 200: z.object({ conversations: z.array(z.object(conversation)), next }) },
    examples: { 'who waits for support': { query: { queue: 'support' } } },
  },
  'GET /conversations/{id}': {
    tag: 'conversations',
    query: explanationQuery,
    answers: {
      200: z.object({ ...conversation, messages: z.array(message), story: explanation.nullable() }),
    },
    fails: ['not_found'],
    examples: { 'one of them': { path: { id: ids.conversationOfU1 } } },
  },
  'POST /conversations/{id}/reply': {
    tag: 'conversations',
    body: replyShape,
    answers: { 200: done },
    fails: ['not_found', 'conflict'],
    examples: {
      'a sentence': {
        path: { id: ids.conversationOfU1 },
        body: { id: 'reply-1', text: 'I am sorry. Shall we send another one?' },
      },
    },
  },
  'POST /conversations/{id}/resolve': {
    tag: 'conversations',
    answers: { 200: done },
    fails: ['not_found', 'conflict'],
    examples: { 'it is done': { path: { id: ids.conversationOfU1 } } },
  },
  'GET /live/conversations': {
    tag: 'conversations',
    answers: { 200: { media: 'text/event-stream' } },
    examples: { 'a stream': {} },
  },
};
