// What is published, how it runs, and what people do to it.
import { z } from 'zod';
import { previewShape, windowQuery } from '../routes/journey-pages.ts';
import { publishShape } from '../routes/journeys.ts';
import { testSendShape } from '../routes/test-sends.ts';
import { exampleIds as ids } from './example-ids.ts';
import type { Operation, Operations } from './operation.ts';
import { at, count, done, journeyMap, map, moment, text } from './said.ts';

const interval = z.object({ value: z.number(), low: z.number(), high: z.number() });
const group = z.object({ entered: count, goals: count, rate: interval.nullable() });
const score = z.union([
  z.object({
    ...{ kind: z.literal('nps'), value: z.number(), promoters: count, passives: count, detractors: count },
  }),
  z.object({ kind: z.literal('csat'), satisfied: count, rate: interval }),
]);
const listed = z.object({
  ...{ journey: z.string(), title: text, version: text.describe('Null: takes nobody new'), publishedAt: at },
  ...{ publishedBy: text, status: z.enum(['live', 'paused', 'stopped']), statusSince: at, statusBy: text },
  ...{ open: count, stage: text, entered: count.describe('In the last thirty days'), goals: count },
});
const shown = z.object({
  ...{ journey: z.string(), title: text, description: text, stage: text, purpose: z.string(), owner: text },
  ...{ status: z.enum(['live', 'paused', 'stopped']), statusSince: at, statusBy: text, version: text },
  ...{ shown: z.string().describe('Whose map this is'), map: journeyMap },
  messages: z.array(
    z.object({
      name: z.string(),
      channels: z.array(z.object({ channel: z.string(), locales: z.array(z.string()) })),
    }),
  ),
  standing: z.record(z.string(), count).describe('People in it now, by step'),
  ...{ entered: count, completed: count, exits: z.array(z.object({ reason: z.string(), count })) },
  sends: z.array(
    z.object({
      ...{ message: z.string(), channel: z.string(), outcome: z.string().describe('`sent`, or why not'), count },
    }),
  ),
  measure: z.object({
    treated: group,
    heldOut: group,
    lift: interval.nullable().describe('Newcombe’s interval of 95 %; null: nobody is held out'),
  }),
  questions: z.array(
    z.object({
      message: z.string(),
      answers: z.array(z.object({ answer: z.string(), label: z.string(), count })),
      ...{ asked: count, answered: count, score: score.nullable() },
    }),
  ),
  actions: z.array(
    z.object({
      ...{ action: z.string(), at: moment, by: z.string() },
      test: z
        .object({ message: z.string(), host: z.string(), outcome: z.string() })
        .nullable()
        .describe('Of a message that somebody sent to themselves'),
    }),
  ),
});
const diagnostic = z.object({
  ...{ file: z.string(), line: count, col: count, length: count.optional(), message: z.string() },
  ...{ rule: z.string(), severity: z.enum(['error', 'warning']) },
});
const content = z.object({
  ...{ subject: z.string().optional(), html: z.string().optional(), text: z.string().optional() },
  ...{ from: text.optional(), title: z.string().optional(), body: z.string().optional(), url: text.optional() },
  ...{ image: text.optional(), question: z.string().optional(), answers: z.array(map).optional() },
  ...{ answerUrl: z.string().optional(), locale: z.string() },
  filled_from: text.describe('Which of the customer’s events it was filled from'),
});
/** The event that it enters on is misspelt. */
const broken = {
  files: [
    { path: 'settings.yaml', text: 'brand: { name: Shop }\ntime_zone: Asia/Tokyo\nlocale: en\n' },
    { path: 'events.yaml', text: 'order_completed: {}\n' },
    {
      path: 'thanks.yaml',
      text: 'journey: thanks\npurpose: transactional\nenter: { on: ordr_completed }\nlasts: 1 day\nsteps:\n  - wait: 1 hour\n',
    },
  ],
};
const path = { name: 'welcome' };
const command = (): Operation => ({
  tag: 'journeys',
  answers: { 200: done },
  fails: ['not_found', 'conflict'],
  examples: { 'it is done': { path } },
});

export const journeyOperations: Operations = {
  'GET /journeys': {
    tag: 'journeys',
    answers: { 200: z.object({ journeys: z.array(listed) }) },
    examples: { 'all of them': {} },
  },
  'GET /journeys/{name}': {
    tag: 'journeys',
    query: windowQuery,
    answers: { 200: shown },
    fails: ['not_found'],
    examples: { 'the last thirty days': { path, query: { days: '30' } } },
  },
  'GET /journeys/{name}/versions': {
    tag: 'journeys',
    answers: {
      200: z.object({
        versions: z.array(
          z.object({ number: count, version: text.describe('Null: retired by it'), at: moment, by: z.string() }),
        ),
      }),
    },
    examples: { 'its history': { path } },
  },
  'GET /journeys/{name}/versions/{version}': {
    tag: 'journeys',
    answers: {
      200: z.object({
        version: z.string(),
        files: z.array(z.object({ path: z.string(), text: z.string() })),
      }),
    },
    fails: ['not_found'],
    examples: { 'its files': { path: { ...path, version: ids.versionOfWelcome } } },
  },
  'POST /journeys/{name}/preview': {
    tag: 'journeys',
    body: previewShape,
    answers: { 200: content },
    fails: ['not_found', 'conflict'],
    examples: {
      'a mail for a customer': { path, body: { message: 'hello', channel: 'email', customer: 'u1', locale: 'en' } },
    },
  },
  'POST /journeys/{name}/test-sends': {
    tag: 'journeys',
    description:
      'The preview by mail, to look at: marked as a test, nobody’s delivery, with no link that acts for the customer. Twenty in ten minutes.',
    body: testSendShape,
    answers: { 200: z.object({ status: z.enum(['sent', 'unknown']).describe('unknown: it may have left') }) },
    fails: ['not_found', 'conflict', 'limited', 'overloaded'],
    examples: {
      'to oneself': {
        path,
        body: { message: 'hello', channel: 'email', customer: 'u1', to: 'you@shop.example' },
      },
      'by another channel': {
        path,
        body: { message: 'hello', channel: 'line', customer: 'u1', to: 'you@shop.example' },
        status: 409,
      },
    },
  },
  'GET /journeys/{name}/live': {
    tag: 'journeys',
    answers: { 200: { media: 'text/event-stream' } },
    examples: { 'a stream': { path } },
  },
  'GET /live/journeys': {
    tag: 'journeys',
    answers: { 200: { media: 'text/event-stream' } },
    examples: { 'a stream': {} },
  },
  'POST /journeys/{name}/pause': command(),
  'POST /journeys/{name}/resume': command(),
  'POST /journeys/{name}/stop': command(),
  'POST /journeys': {
    tag: 'journeys',
    description: 'The whole folder or nothing: what is no longer in it is retired. `tabiji publish` calls this.',
    headers: { 'Accept-Language': 'Of the messages: `ja` or `en`; without it English. Rules keep their names.' },
    body: publishShape,
    answers: {
      200: z.object({
        ...{ publication: count, changed: z.boolean() },
        journeys: z.array(
          z.object({
            ...{ journey: z.string(), version: text, change: z.enum(['new', 'changed', 'same', 'retired']) },
          }),
        ),
        diagnostics: z.array(diagnostic),
        rendered: z.string().describe('The diagnostics as the command line shows them'),
      }),
    },
    fails: ['rejected'],
    examples: {
      'a mistake': { body: broken, status: 422 },
      'a mistake, told in Japanese': { headers: { 'Accept-Language': 'ja' }, body: broken, status: 422 },
      'a folder': {
        body: {
          files: [
            { path: 'settings.yaml', text: 'brand: { name: Shop }\ntime_zone: Asia/Tokyo\nlocale: en\n' },
            { path: 'events.yaml', text: 'order_completed: {}\n' },
            {
              path: 'thanks.yaml',
              text: 'journey: thanks\npurpose: transactional\nenter: { on: order_completed }\nlasts: 1 day\nsteps:\n  - wait: 1 hour\n',
            },
          ],
        },
      },
    },
  },
};
