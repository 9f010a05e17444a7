// Shapes of answers that several operations share.
import { z } from 'zod';

export const moment = z.iso.datetime().describe('ISO 8601, in UTC');
export const text = z.string().nullable();
export const at = moment.nullable();
export const next = z.string().nullable().describe('Of the next page; null: there is none');
export const map = z.record(z.string(), z.unknown());
export const count = z.int();

/** What a command answers. */
export const done = z.object({
  status: z.enum(['done', 'unchanged']).describe('unchanged: it stood so already'),
  message: z.string().optional(),
});

const way = z.object({
  to: text.describe('A step; null: the end'),
  when: z.union([
    z.object({ kind: z.enum(['then', 'else']) }),
    z.object({ kind: z.literal('if'), cel: z.string() }),
    z.object({ kind: z.literal('on'), events: z.array(z.string()) }),
  ]),
});

/** A journey as a picture shows it. */
export const journeyMap = z.object({
  first: text,
  steps: z.array(
    z.object({
      ...{ id: z.string(), kind: z.string(), form: text, message: text, by: z.array(z.string()) },
      ms: z.number().nullable().describe('How long it waits at most'),
      about: text,
      ways: z.array(way),
    }),
  ),
});

const line = z.object({
  ...{ at: z.string().describe('On the customer’s clock'), lastAt: text, count, kind: z.string() },
  outcome: z.string().describe('The reason word, the same everywhere'),
  ...{ sentence: z.string(), event: text, step: text },
  inputs: map.describe('What was looked at'),
  needed: z.string().describe('What would have had to be true for it to go otherwise'),
});

export const explainedEnrollment = z.object({
  ...{ id: z.string(), version: z.string(), key: text, status: z.enum(['active', 'completed', 'exited']), step: text },
  summary: z.string(),
  next: z.array(z.object({ at: text, sentence: z.string() })),
  lines: z.array(line),
});

export const explanation = z.object({
  ...{ journey: z.string(), title: text, zone: z.string(), summary: z.string() },
  enrollments: z.array(explainedEnrollment),
  notEntered: z.array(line),
  opensOn: z.array(z.string()),
});
