// What came in, what it did, what was not understood; who is signed in, and whether the server is well.
import { z } from 'zod';
import { eventsQuery } from '../routes/events.ts';
import { signInShape } from '../routes/session.ts';
import { exampleIds as ids } from './example-ids.ts';
import type { Operations } from './operation.ts';
import { count, map, moment, next, text } from './said.ts';

const event = z.object({
  ...{ id: z.string(), name: z.string(), source: z.string(), receivedAt: moment, occurredAt: moment },
  ...{ customerId: z.string(), data: map },
  flags: z.array(z.object({ path: z.string(), declared: z.string() })).describe('Values of the wrong type'),
  did: z.array(z.object({ journey: z.string(), kind: z.string(), sentence: z.string() })),
});
const quarantined = z.object({
  ...{ id: z.string(), received_at: moment, source: z.string(), problem: z.string(), body: map },
  replayed_at: moment.nullable(),
});
const sender = z.string().describe('`server` and `browser` are the write keys; others are hooks');
const use = z.object({
  since: moment,
  isWhole: z.boolean().describe('False: only the newest 20,000 events were counted'),
  events: z.array(z.object({ sender, name: z.string(), count, lastAt: moment })),
  wrongTypes: z.array(z.object({ name: z.string(), path: z.string(), declared: z.string(), count, lastAt: moment })),
  setAside: z.array(z.object({ sender, problem: z.string(), count, lastAt: moment })),
  refused: z
    .object({
      since: moment,
      calls: z.array(
        z.object({ key: text.describe('Null: none that is known'), code: z.string(), count, lastAt: moment }),
      ),
    })
    .describe('Whole calls that were refused, counted by this process'),
  browserRate: z.object({ perSecond: count, left: count }),
});
const speed = z.number().describe('How many times faster than real time');
const shop = z.object({
  ...{ brand: z.string(), locale: z.string(), time_zone: z.string(), purposes: z.array(z.string()) },
  ...{ now: moment.describe('The time that business goes by'), speed: speed.optional() },
  session: z
    .object({ role: z.string(), name: text, csrf: z.string(), can: z.array(z.string()) })
    .nullable()
    .describe('Send `csrf` as `x-csrf-token` with everything that changes something'),
});

const steppedTime = z.object({ now: moment, speed });

export const developerOperations: Operations = {
  'GET /keys': {
    tag: 'developers',
    answers: {
      200: z.object({
        browser_key: z.string(),
        events: z.array(z.object({ name: z.string(), from: z.array(z.string()) })),
        use,
      }),
    },
    examples: { 'a day': {} },
  },
  'GET /events': {
    tag: 'developers',
    query: eventsQuery,
    answers: { 200: z.object({ events: z.array(event), next }) },
    examples: { 'the newest two': { query: { limit: '2' } }, 'of one name': { query: { name: 'cart_updated' } } },
  },
  'GET /events/live': {
    tag: 'developers',
    answers: { 200: { media: 'text/event-stream' } },
    examples: { 'a stream': {} },
  },
  'GET /quarantine': {
    tag: 'developers',
    query: z.object({ before: z.string().optional().describe('The `next` of the page before') }),
    answers: { 200: z.object({ events: z.array(quarantined), next }) },
    examples: { 'all of it': {} },
  },
  'POST /quarantine/{id}/replay': {
    tag: 'developers',
    answers: { 200: z.object({ status: z.enum(['accepted', 'duplicate', 'dropped']), event_id: text }) },
    fails: ['not_found', 'conflict'],
    examples: {
      'it is still not understood': { path: { id: ids.quarantined }, status: 409 },
      'there is none': { path: { id: 'nothing' }, status: 404 },
    },
  },
  'GET /quarantine/live': {
    tag: 'developers',
    answers: { 200: { media: 'text/event-stream' } },
    examples: { 'a stream': {} },
  },
  'GET /webhooks': {
    tag: 'developers',
    answers: {
      200: z.object({ webhooks: z.array(z.object({ name: z.string(), url: z.string(), secret: z.string() })) }),
    },
    examples: { 'all of them': {} },
  },
  'GET /session': {
    tag: 'operating',
    answers: { 200: shop },
    examples: { 'nobody is signed in': {} },
  },
  'POST /session': {
    tag: 'operating',
    description: 'Sets the cookie `tabiji_session`, for twelve hours.',
    body: signInShape,
    answers: { 200: z.object({ status: z.literal('signed_in') }) },
    fails: ['unauthorized'],
    examples: { 'a wrong token': { body: { token: 'not one of ours', name: 'Sato' }, status: 401 } },
  },
  'DELETE /session': {
    tag: 'operating',
    answers: { 200: z.object({ status: z.literal('signed_out') }) },
    fails: ['forbidden'],
    examples: { 'signs out': {} },
  },
  'GET /health': {
    tag: 'operating',
    description: '`time` is there where business goes by a clock of its own (`npm start -- --speed`).',
    answers: { 200: z.object({ status: z.literal('ok'), time: steppedTime.optional() }) },
    examples: { 'it answers': {} },
  },
  'GET /ready': {
    tag: 'operating',
    description: '503 while the database does not answer. `degraded` takes events in: their journeys start later.',
    answers: {
      200: z.object({
        status: z.enum(['ready', 'degraded', 'not_ready']),
        ...{ database: z.enum(['ok', 'unreachable']), temporal: z.enum(['ok', 'unreachable']) },
        outbox: z.object({ waiting: count.nullable() }),
      }),
    },
    examples: { 'all is well': {} },
  },
  'GET /openapi.json': {
    tag: 'operating',
    answers: { 200: map },
    examples: {},
  },
};
