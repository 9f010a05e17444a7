// Consents, and the devices and accounts that messages reach.
import { z } from 'zod';
import { consentShape } from '../routes/consents.ts';
import { lineLinkShape } from '../routes/line.ts';
import { goneShape, pushSubscriptionShape } from '../routes/push-subscriptions.ts';
import type { Operations } from './operation.ts';

const endpoint = 'https://push.example.com/send/abc';
// The application server's key of RFC 8291, section 5, stands for a browser's.
const keys = {
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};

export const consentOperations: Operations = {
  'POST /v1/consents': {
    tag: 'consents',
    description:
      'A withdrawal holds for every message that has not begun to leave. A consent granted needs `evidence`.',
    body: consentShape,
    answers: { 200: z.object({ status: z.literal('recorded') }) },
    examples: {
      'a consent, with what was shown': {
        body: {
          userId: 'u1',
          channel: 'email',
          purpose: 'marketing',
          state: 'granted',
          evidence: { form: 'newsletter in the footer', text: 'Yes, send me news' },
        },
      },
      'without evidence': {
        body: { userId: 'u1', channel: 'push', purpose: 'marketing', state: 'granted' },
        status: 400,
      },
    },
  },
  'GET /v1/push-subscriptions/key': {
    tag: 'consents',
    fails: ['not_found'],
    answers: { 200: z.object({ key: z.string() }) },
    examples: { 'the key': {} },
  },
  'POST /v1/push-subscriptions': {
    tag: 'consents',
    description: 'With the browser’s key for its own visitor (`anonymousId`); with the server’s for a `userId`, too.',
    body: pushSubscriptionShape,
    answers: { 200: z.object({ status: z.literal('subscribed') }) },
    examples: { 'a browser': { body: { userId: 'u1', subscription: { endpoint, keys } } } },
  },
  'DELETE /v1/push-subscriptions': {
    tag: 'consents',
    body: goneShape,
    answers: { 200: z.object({ status: z.enum(['unsubscribed', 'unchanged']) }) },
    examples: { 'a browser': { body: { userId: 'u1', endpoint } } },
  },
  'POST /v1/line-links': {
    tag: 'consents',
    description: 'Good for ten minutes. Send the customer to LINE’s account-link page with it.',
    body: lineLinkShape,
    answers: { 200: z.object({ nonce: z.string() }) },
    examples: { 'for a customer': { body: { userId: 'u1' } } },
  },
  'GET /push-sw.js': {
    tag: 'consents',
    description: 'The service worker of a shop’s pages.',
    answers: { 200: { media: 'text/javascript' } },
    examples: { 'the file': {} },
  },
  'GET /tabiji.js': {
    tag: 'events',
    description: 'A module without dependencies; docs/browser.md tells how to use it.',
    answers: { 200: { media: 'text/javascript' } },
    examples: { 'the file': {} },
  },
  'GET /widget.js': {
    tag: 'chat',
    answers: { 200: { media: 'text/javascript' } },
    examples: { 'the file': {} },
  },
};
