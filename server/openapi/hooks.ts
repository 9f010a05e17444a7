// What other systems tell, what links in messages lead to, and the chat.
import { z } from 'zod';
import { bouncesShape } from '../routes/bounces.ts';
import { answerShape, messageShape, sessionShape } from '../routes/chat.ts';
import { chatwootHookShape } from '../routes/chatwoot.ts';
import { lineHookShape } from '../routes/line.ts';
import { exampleIds as ids } from './example-ids.ts';
import type { Operations } from './operation.ts';
import { count, text } from './said.ts';

const fromShop = z.object({
  status: z.enum(['accepted', 'duplicate', 'dropped', 'exportable', 'erased', 'unknown', 'pinged']),
  event_id: text.optional(),
  export: z.string().optional().describe('Where all that is kept of the customer can be had'),
});
const setAside = z.object({ status: z.literal('quarantined'), message: z.string(), quarantine_id: z.string() });
const shopAnswers = { 200: fromShop, 202: setAside };
const anything = z.record(z.string(), z.unknown());
const taken = z.object({ status: z.literal('taken') });
const page = { 200: { media: 'text/html' } } as const;
const order = { id: 1001, total_price: '12000', currency: 'JPY', line_items: [], customer: { id: 55 } };

export const hookOperations: Operations = {
  'POST /hooks/shopify': {
    tag: 'hooks',
    description: 'docs/shops.md names the topics. What cannot be read is set aside and answered with 202.',
    shows: 'shopify',
    headers: { 'x-shopify-topic': 'Becomes the event’s name', 'x-shopify-event-id': 'Its identity' },
    body: anything,
    answers: shopAnswers,
    fails: ['not_found'],
    examples: {
      'an order': { headers: { 'x-shopify-topic': 'orders/create', 'x-shopify-event-id': 'sf-1' }, body: order },
    },
  },
  'POST /hooks/woocommerce': {
    tag: 'hooks',
    shows: 'woocommerce',
    headers: { 'x-wc-webhook-topic': 'Becomes the event’s name', 'x-wc-webhook-delivery-id': 'Its identity' },
    body: anything,
    answers: shopAnswers,
    fails: ['not_found'],
    examples: {
      'an order': {
        headers: { 'x-wc-webhook-topic': 'order.created', 'x-wc-webhook-delivery-id': 'wc-1' },
        body: {
          ...{ id: 727, status: 'processing', total: '3300.00', customer_id: 26, refunds: [], line_items: [] },
          ...{ date_created_gmt: '2026-11-20T00:00:00', date_modified_gmt: '2026-11-20T00:00:05', meta_data: [] },
          billing: { first_name: 'Aki', last_name: 'Tabino', email: 'aki@example.com', phone: '' },
        },
      },
    },
  },
  'POST /hooks/ecwid': {
    tag: 'hooks',
    shows: 'ecwid',
    body: anything,
    answers: shopAnswers,
    fails: ['not_found'],
    examples: {
      'an order, where the API is not set up': {
        body: { eventId: 'ec-1', eventCreated: 1763597000, storeId: 1003, entityId: 5, eventType: 'order.created' },
        status: 202,
      },
    },
  },
  'POST /hooks/line': {
    tag: 'hooks',
    shows: 'line',
    body: lineHookShape,
    answers: { 200: z.object({}) },
    fails: ['not_found'],
    examples: {
      'LINE’s own check': { body: { destination: 'U8e742f61d673b39c7fff3cecb7536ef0', events: [] } },
      'somebody follows': {
        body: {
          destination: 'U8e742f61d673b39c7fff3cecb7536ef0',
          events: [
            {
              type: 'follow',
              webhookEventId: '01FZ74A0TDDPYRVKNK77XKC3ZR',
              timestamp: 1763600000000,
              source: { type: 'user', userId: 'U4af4980629b4d0f6f0f6b1c6a4c1a9d7' },
            },
          ],
        },
      },
    },
  },
  'POST /hooks/chatwoot': {
    tag: 'hooks',
    shows: 'chatwoot',
    headers: { 'x-chatwoot-timestamp': 'Seconds, as they are signed' },
    body: chatwootHookShape,
    answers: { 200: z.object({}) },
    fails: ['not_found', 'conflict'],
    examples: { 'what concerns nobody here': { body: { event: 'contact_created' } } },
  },
  'POST /hooks/bounces': {
    tag: 'hooks',
    description: 'JSON as here, or a raw mail (RFC 3464, RFC 5965) as `message/rfc822`.',
    shows: 'bounces',
    body: bouncesShape,
    answers: {
      200: z.object({
        reports: z.array(
          z.object({
            ...{ report: z.string(), delivery: text },
            status: z.enum(['done', 'unchanged', 'conflict', 'unmatched']),
          }),
        ),
      }),
    },
    fails: ['not_found'],
    examples: {
      'an address that is gone': { body: { type: 'bounce', delivery: `${ids.enrollmentOfU7}/1`, code: '5.1.1' } },
      'about a mail of somebody else': { body: { reports: [{ type: 'complained', message_id: '<1@other.example>' }] } },
    },
  },
};

export const linkOperations: Operations = {
  'GET /u/{token}': {
    tag: 'links',
    description: 'Changes nothing: scanners fetch links.',
    answers: page,
    fails: ['not_found'],
    examples: { 'a customer’s page': { path: { token: ids.unsubscribeToken } } },
  },
  'POST /u/{token}': {
    tag: 'links',
    description: 'What `List-Unsubscribe-Post` of a mail calls.',
    form: 'application/x-www-form-urlencoded',
    body: z.object({ 'List-Unsubscribe': z.literal('One-Click').optional() }),
    answers: page,
    fails: ['not_found'],
    examples: { 'one click': { path: { token: ids.unsubscribeToken }, body: 'List-Unsubscribe=One-Click' } },
  },
  'GET /a/{token}': {
    tag: 'links',
    description: 'Changes nothing. 410 once the question’s time is over.',
    answers: page,
    fails: ['not_found'],
    examples: { 'a question': { path: { token: ids.answerToken } } },
  },
  'POST /a/{token}': {
    tag: 'links',
    form: 'application/x-www-form-urlencoded',
    body: z.object({ answer: z.string(), id: z.string().optional().describe('Of the page that was shown') }),
    answers: page,
    fails: ['not_found'],
    examples: { 'an answer': { path: { token: ids.answerToken }, body: 'answer=no&id=page-1' } },
  },
  'GET /c/{token}': {
    tag: 'links',
    description: 'Leads to pages of the shop’s own site only.',
    answers: { 302: null },
    fails: ['not_found'],
    examples: { 'a link of a mail': { path: { token: ids.clickToken } } },
  },
  'GET /o/{token}': {
    tag: 'links',
    answers: { 200: { media: 'image/gif' } },
    examples: { 'the image of a mail': { path: { token: ids.openToken } } },
  },
};

const authorization = { authorization: `Bearer ${ids.chatToken}` };

export const chatOperations: Operations = {
  'POST /chat/sessions': {
    tag: 'chat',
    body: sessionShape,
    answers: {
      200: z.object({ token: z.string(), lasts_ms: count, shop: z.string(), locale: z.string() }),
    },
    examples: { 'a browser': { body: { anonymousId: 'browser-0123456789abcdef' } } },
  },
  'POST /chat/messages': {
    tag: 'chat',
    description: 'The answer comes over the stream.',
    shows: 'chat',
    body: messageShape,
    answers: { 202: taken },
    fails: ['not_found', 'limited'],
    examples: { 'a question': { headers: authorization, body: { id: 'message-1', text: 'Do you ship abroad?' } } },
  },
  'GET /chat/messages': {
    tag: 'chat',
    description: 'Resumes by `Last-Event-ID`.',
    shows: 'chat',
    answers: { 200: { media: 'text/event-stream' } },
    examples: { 'a stream': { headers: authorization } },
  },
  'POST /chat/answers': {
    tag: 'chat',
    shows: 'chat',
    body: answerShape,
    answers: { 202: taken },
    fails: ['not_found', 'limited'],
    examples: {
      'what was not asked here': { headers: authorization, body: { key: 'nothing/1', answer: 'yes' }, status: 404 },
    },
  },
};
