// The shapes of Segment's calls, as any of its clients sends them. Whatever else a client adds is let through and ignored.
// https://segment.com/docs/connections/spec/common/
import { z } from 'zod';
import { isPlainText } from '../shape.ts';

export const calls = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
export type Call = (typeof calls)[number];

/** Bytes of one event and of one batch, and events in a batch; Segment's own limits. */
export const limits = { eventBytes: 32 * 1024, batchBytes: 500 * 1024, batchEvents: 2500 } as const;

const idRule = 'must be text of at most 256 characters without control characters, or a whole number';

/** Any text, or a number (which becomes text); blank is as good as missing. */
export const id = z
  .union(
    [
      z.string().refine((text) => Array.from(text).length <= 256 && isPlainText(text), { error: idRule }),
      z.int({ error: idRule }),
    ],
    { error: idRule },
  )
  .transform((value) => (String(value).trim() === '' ? undefined : String(value)))
  .nullish();

/** An event's name. */
export const name = z
  .string({ error: 'must be text' })
  .refine((text) => text.trim() !== '' && Array.from(text).length <= 200 && isPlainText(text), {
    error: 'must be text of 1 to 200 characters without control characters',
  });

const optionalName = z.string({ error: 'must be text' }).max(1000).nullish();

/** ISO 8601, or unix seconds or milliseconds; read by `momentOf`. */
export const moment = z.union([z.string().max(40), z.number()], { error: 'must be a time in ISO 8601' }).nullish();

const map = z.record(z.string(), z.unknown(), { error: 'must be an object' }).nullish();

const common = { userId: id, anonymousId: id, messageId: id, timestamp: moment, context: map };

export const shapes = {
  track: z.looseObject({ ...common, event: name, properties: map }),
  identify: z.looseObject({ ...common, traits: map }),
  page: z.looseObject({ ...common, name: optionalName, category: optionalName, properties: map }),
  screen: z.looseObject({ ...common, name: optionalName, category: optionalName, properties: map }),
  group: z.looseObject({ ...common, groupId: id, traits: map }),
  alias: z.looseObject({ ...common, previousId: id }),
} as const;

/** A batch; its events are checked one by one, so that a bad one costs none of the others. */
export const batchShape = z.looseObject({
  batch: z.array(z.unknown(), { error: 'must be a list of events' }),
  sentAt: moment,
  writeKey: z.string().nullish(),
});

/** True if maps and lists lie in each other more than 64 deep, which no honest event does. */
export function isTooDeep(value: unknown, depth = 64): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((inner) => isTooDeep(inner, depth - 1));
}
