// Events in: Segment's calls and CloudEvents.
import { z } from 'zod';
import { batchShape, shapes } from '../ingest/calls.ts';
import { cloudEventsBody } from '../ingest/cloudevents.ts';
import type { Operation, Operations } from './operation.ts';

const ignored = z.array(z.string()).describe('Parts that this key may not set, each with the reason');
const flagged = z
  .array(z.string())
  .describe(
    'What is not of the declared type, or no consent that can ever count; the rest of the event is as it should be',
  );
const taken = z.object({
  status: z.enum(['accepted', 'duplicate', 'dropped']).describe('dropped: it is about somebody who was erased'),
  event_id: z.string().nullable(),
  ignored: ignored.optional(),
  flagged: flagged.optional(),
});
const many = z.object({
  accepted: z.int(),
  duplicates: z.int(),
  dropped: z.int().optional(),
  quarantined: z.array(
    z.object({
      index: z.int().describe('Its place in the batch'),
      code: z.enum(['invalid', 'too_large', 'forbidden']),
      message: z.string(),
      quarantine_id: z.string(),
    }),
  ),
  ignored: z.array(z.object({ index: z.int(), parts: ignored })),
  flagged: z.array(z.object({ index: z.int(), parts: flagged })).optional(),
});

function call(name: keyof typeof shapes, description: string, examples: Operation['examples']): Operation {
  return { tag: 'events', description, body: shapes[name], answers: { 200: taken }, examples };
}

export const eventOperations: Operations = {
  'POST /v1/identify': call('identify', 'Sets traits (`null` takes one away), and says that a visitor is a customer.', {
    'a customer with consent': {
      body: {
        messageId: 'i-1',
        userId: 'u1',
        anonymousId: 'visitor-7',
        traits: { email: 'aki@example.com', first_name: 'Aki', locale: 'en' },
        context: { timezone: 'Asia/Tokyo', consent: { email: ['marketing'] } },
      },
    },
  }),
  'POST /v1/track': call('track', 'An event by its name, as `events.yaml` declares it, or any other.', {
    'a sign-up': { body: { messageId: 't-1', userId: 'u1', event: 'Signed Up', properties: { source: 'footer' } } },
    'the same again': {
      body: { messageId: 't-1', userId: 'u1', event: 'Signed Up', properties: { source: 'footer' } },
    },
    'a value of the wrong type is kept and flagged': {
      body: { messageId: 't-2', userId: 'u1', event: 'Cart Updated', properties: { cart_id: 'k1', total: 'much' } },
    },
    'about nobody': { body: { messageId: 't-3', event: 'Cart Updated' }, status: 400 },
  }),
  'POST /v1/page': call('page', 'Becomes the event `page_viewed`.', {
    'a page was seen': { body: { messageId: 'p-1', anonymousId: 'visitor-7', name: 'Tea' } },
  }),
  'POST /v1/screen': call('screen', 'Becomes the event `screen_viewed`.', {
    'a screen of an app': { body: { messageId: 's-1', userId: 'u1', name: 'Cart' } },
  }),
  'POST /v1/group': call('group', 'Becomes the event `group_joined`.', {
    'a club': { body: { messageId: 'g-1', userId: 'u1', groupId: 'tea-club' } },
  }),
  'POST /v1/alias': call('alias', 'Says that two ids are one person. Needs the server’s key.', {
    'a visitor is a customer': { body: { messageId: 'a-1', userId: 'u1', previousId: 'visitor-8' } },
  }),
  'POST /v1/batch': {
    tag: 'events',
    description: 'At most 2,500 events and 500 KB, of any of these calls. A bad one is set aside and costs no other.',
    body: batchShape,
    answers: { 200: many },
    examples: {
      'one good, one bad': {
        body: {
          batch: [
            { type: 'track', messageId: 'b-1', userId: 'u2', event: 'Signed Up' },
            { type: 'track', messageId: 'b-2', event: 'Signed Up' },
          ],
        },
      },
    },
  },
  'POST /v1/events': {
    tag: 'events',
    description:
      'CloudEvents 1.0: structured as here, binary (attributes as `ce-` headers) or as a list, which is answered like a batch. `subject` is the customer’s user id.',
    body: cloudEventsBody,
    answers: { 200: z.union([taken, many]) },
    examples: {
      'an order': {
        body: {
          specversion: '1.0',
          id: 'order-1001',
          source: '/shop/orders',
          type: 'Order Completed',
          subject: 'u9',
          time: '2026-11-20T00:30:00Z',
          data: { order_id: '1001', total: 12000 },
        },
      },
    },
  },
};
