// Who somebody is, what happened to them and why.
import { z } from 'zod';
import { chatQuery } from '../routes/conversations.ts';
import { liftShape, suppressionShape, withdrawalShape } from '../routes/customer-actions.ts';
import { explanationQuery, searchQuery } from '../routes/customers.ts';
import { enrollmentQuery, timelineQuery } from '../routes/timeline.ts';
import { conversation } from './actions.ts';
import { exampleIds as ids } from './example-ids.ts';
import type { Operations } from './operation.ts';
import { at, count, done, explainedEnrollment, explanation, journeyMap, map, moment, next, text } from './said.ts';

const found = z.object({ id: z.string(), userId: text, email: text, name: z.string() });
const identity = z.object({ kind: z.enum(['user', 'anonymous', 'line']), value: z.string(), boundAt: moment });
const consent = z.object({
  ...{ channel: z.string(), purpose: z.string(), state: z.enum(['granted', 'withdrawn']), at: moment },
  ...{ recordedAt: moment, source: z.string(), evidence: map },
});
const suppression = z.object({ channel: z.string(), address: z.string(), reason: z.string(), at: moment, by: text });
const enrollment = z.object({
  ...{ id: z.string(), journey: z.string(), title: text, version: z.string(), key: text, step: text },
  ...{ entryEventId: z.string(), latestEventId: z.string(), entryOccurredAt: moment, enteredAt: moment },
  ...{ heldOut: z.boolean(), status: z.enum(['active', 'completed', 'exited']), reason: text, endedAt: at },
  ...{ endedBy: text, goalAt: at, creditUntil: at, needsAttention: text, pausedAt: at },
  ...{ waitingFor: z.array(z.string()), dueAt: at, flipAt: at, metAt: at, conditionErrors: z.array(z.string()) },
});
const event = z.object({
  ...{ id: z.string(), source: z.string(), sourceId: z.string(), name: z.string(), occurredAt: moment },
  ...{ receivedAt: moment, data: map, trusted: z.boolean() },
  flags: z.array(z.object({ path: z.string(), declared: z.string() })),
});
const decision = z.object({
  ...{ kind: z.string(), journey: z.string(), version: z.string(), enrollmentId: text, turn: count.nullable() },
  ...{ seq: count.nullable(), at: moment, step: text, outcome: z.string(), inputs: map, needed: z.string() },
  ...{ eventId: text, message: text, channel: text, effectKey: text, count, lastAt: moment },
});
const delivery = z.object({
  ...{ key: z.string(), enrollmentId: z.string(), journey: z.string(), version: z.string(), step: z.string() },
  ...{ message: z.string(), channel: z.string(), purpose: z.string(), priority: count, state: z.string() },
  ...{ reason: text, code: text, attempt: count, leaseUntil: at, retryAt: at, sentAt: at, createdAt: moment },
  ...{ providerId: text, to: text },
});
const customer = z.object({
  ...{ id: z.string(), traits: map, erasedAt: at, createdAt: moment, identities: z.array(identity) },
  consent: z.object({ current: z.array(consent), history: z.array(consent) }),
  suppressions: z.array(suppression),
  enrollments: z.array(enrollment),
  audiences: z.array(map),
  events: z.array(event),
  decisions: z.array(decision),
  deliveries: z.array(delivery),
});
const rows = z.array(map);

export const customerOperations: Operations = {
  'GET /customers': {
    tag: 'customers',
    query: searchQuery,
    answers: { 200: z.object({ customers: z.array(found) }) },
    examples: { 'by email address': { query: { q: 'aki@example.com' } }, 'seen lately': {} },
  },
  'GET /customers/{id}': {
    tag: 'customers',
    description: 'By our id or the shop’s. The newest 50 events, 200 decisions, 100 deliveries and 100 enrollments.',
    answers: { 200: customer },
    fails: ['not_found'],
    examples: {
      'by the shop’s id': { path: { id: 'u1' } },
      nobody: { path: { id: 'nobody' }, status: 404 },
    },
  },
  'GET /customers/{id}/timeline': {
    tag: 'customers',
    query: timelineQuery,
    answers: {
      200: z.object({
        next,
        rows: z.array(
          z.object({
            cursor: z.string(),
            kind: z.enum(['event', 'decision', 'consent', 'conversation', 'suppression']),
            ...{ at: moment, sentence: text, detail: map },
          }),
        ),
      }),
    },
    fails: ['not_found'],
    examples: { 'the newest three': { path: { id: 'u1' }, query: { limit: '3' } } },
  },
  'GET /customers/{id}/journeys/{journey}/explanation': {
    tag: 'customers',
    query: explanationQuery,
    answers: { 200: explanation },
    fails: ['not_found'],
    examples: {
      'why they got what they got': { path: { id: 'u1', journey: 'welcome' } },
      'in Japanese': { path: { id: 'u9', journey: 'welcome' }, query: { locale: 'ja' } },
    },
  },
  'GET /enrollments/{id}': {
    tag: 'customers',
    query: enrollmentQuery,
    answers: {
      200: z.object({
        ...{ id: z.string(), journey: z.string(), title: text, version: z.string(), zone: z.string(), dueAt: at },
        ...{ explained: explainedEnrollment, map: journeyMap, visited: z.array(z.string()) },
      }),
    },
    fails: ['not_found'],
    examples: { 'where somebody stands': { path: { id: ids.enrollmentOfU2 } } },
  },
  'GET /deliveries/{key}/body': {
    tag: 'customers',
    description: 'A key holds a slash: escape it, as in `/deliveries/…%2F1/body`, or leave it as it is.',
    answers: {
      200: z.object({
        ...{ to: text, locale: z.string().optional() },
        ...{ subject: z.string().optional(), html: z.string().optional(), text: z.string().optional() },
        from: text.optional(),
        ...{ title: z.string().optional(), body: z.string().optional(), url: text.optional(), image: text.optional() },
        ...{ question: z.string().optional(), answers: z.array(map).optional(), answerUrl: z.string().optional() },
        ...{ sent: map.optional(), returned: map.optional() },
      }),
    },
    fails: ['not_found'],
    examples: { 'a mail': { path: { key: `${ids.enrollmentOfU1}/1` } } },
  },
  'GET /customers/{id}/export': {
    tag: 'customers',
    description: 'For articles 15 and 20 of the GDPR, and their like: every row of every table that is about them.',
    answers: {
      200: z.object({
        ...{ customer: map, visitors: rows, identities: rows, consents: rows, suppressions: rows, events: rows },
        liftedSuppressions: rows,
        ...{ enrollments: rows, decisions: rows, deliveries: rows, push_subscriptions: rows, audiences: rows },
        ...{ conversions: rows, draws: rows, chatMessages: rows, conversations: rows },
      }),
    },
    fails: ['not_found'],
    examples: { 'somebody of whom little is kept': { path: { id: 'u9' } } },
  },
  'GET /customers/{id}/live': {
    tag: 'customers',
    description: 'Resumes by `Last-Event-ID`. Ends after a quarter of an hour at the latest: connect again.',
    answers: { 200: { media: 'text/event-stream' } },
    fails: ['not_found'],
    examples: { 'a stream': { path: { id: 'u1' } } },
  },
  'POST /customers/{id}/withdrawals': {
    tag: 'customers',
    body: withdrawalShape,
    answers: { 200: z.object({ status: z.literal('done') }) },
    fails: ['not_found'],
    examples: { 'no more news': { path: { id: 'u2' }, body: { channel: 'email', purpose: 'marketing' } } },
  },
  'POST /customers/{id}/suppressions': {
    tag: 'customers',
    body: suppressionShape,
    answers: { 200: done },
    fails: ['not_found', 'conflict'],
    examples: {
      'no mail at all': { path: { id: 'u3' }, body: { channel: 'email' } },
      'once more': { path: { id: 'u3' }, body: { channel: 'email' } },
    },
  },
  'POST /customers/{id}/suppression-lifts': {
    tag: 'customers',
    description: 'What stood, who lifted it and why stays in the timeline. What was kept back meanwhile stays unsent.',
    body: liftShape,
    answers: { 200: done },
    fails: ['not_found', 'conflict'],
    examples: {
      'on their own word': { path: { id: 'u3' }, body: { channel: 'email', because: 'asked for it by telephone' } },
      'without a reason': { path: { id: 'u3' }, body: { channel: 'email', because: '' }, status: 400 },
    },
  },
  'GET /customers/{id}/chat': {
    tag: 'customers',
    query: chatQuery,
    answers: {
      200: z.object({
        conversations: z.array(z.object(conversation)).describe('At most 20, the open ones first'),
        messages: z.array(
          z.object({
            ...{ id: count, channel: z.string(), from: z.string(), by: text.describe('Which agent'), content: map },
            ...{ at: moment, code: text.describe('Why LINE did not take it') },
          }),
        ),
        next: count.nullable().describe('Give it as `before` for older ones'),
      }),
    },
    fails: ['not_found'],
    examples: { 'the newest two': { path: { id: 'u1' }, query: { limit: '2' } } },
  },
};

/** Run behind all others: somebody is gone then. */
export const erasure: Operations = {
  'DELETE /customers/{id}': {
    tag: 'customers',
    answers: { 200: z.object({ status: z.literal('erased') }) },
    fails: ['not_found'],
    examples: { 'for good': { path: { id: 'u9' } } },
  },
};
