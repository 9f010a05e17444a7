// CloudEvents 1.0 in its three HTTP forms: binary (attributes in headers), structured, batch. `subject` is the customer.
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { JsonMap } from '../../engine/core/schema.ts';
import { isPlainText, problemOf } from '../shape.ts';
import { id, isTooDeep, limits, moment, name } from './calls.ts';
import { type Arrival, type Normalised, occurrence, refused } from './segment.ts';

/** Attributes of events are lower-case letters and digits (§3 of the specification); any may come as a header. */
const attribute = /^ce-([a-z0-9]{1,64})$/;

const required = (what: string) =>
  z.string({ error: `must be ${what}` }).refine((text) => text !== '' && text.length <= 256 && isPlainText(text), {
    error: `must be ${what}, of 1 to 256 characters`,
  });

export const cloudEventShape = z.looseObject({
  specversion: z.literal('1.0', { error: 'must be "1.0"' }),
  id: required('text'),
  source: required('a URI reference, as in /shop/checkout'),
  type: name,
  subject: id,
  time: moment,
  data: z.record(z.string(), z.unknown(), { error: 'must be a JSON object' }).nullish(),
  data_base64: z.string({ error: 'must be text' }).nullish(),
});

export const cloudEventsBody = z.union([cloudEventShape, z.array(cloudEventShape)]);

/** The event of a binary request, as a structured one would have it; null where no attribute is in the headers. */
export function fromHeaders(headers: IncomingHttpHeaders, data: () => unknown): JsonMap | null {
  const attributes = Object.entries(headers).flatMap(([header, value]) => {
    const named = attribute.exec(header)?.[1];
    return named === undefined || typeof value !== 'string' ? [] : [[named, decoded(value)]];
  });
  if (attributes.length === 0) return null;
  return { ...Object.fromEntries(attributes), data: data() } as JsonMap;
}

/**
 * Reads one event. Its identity is `source` and `id`, so a repeat is known. Refuses what can never be right: a missing
 * attribute, no subject, data that is no JSON object, a time that cannot be read or lies more than ten years back.
 */
export function normaliseCloudEvent(body: unknown, arrival: Arrival): Normalised {
  if (isTooDeep(body)) return refused('invalid', 'its maps and lists lie in each other too deep');
  if (Buffer.byteLength(JSON.stringify(body ?? null)) > limits.eventBytes)
    return refused('too_large', `an event may have ${limits.eventBytes} bytes`);
  const shape = cloudEventShape.safeParse(body);
  if (!shape.success) return refused('invalid', problemOf(shape.error));
  const sent = shape.data;
  if (!sent.subject) return refused('invalid', "subject: must be there; it is the customer's user id");
  const data = dataOf(sent.data as JsonMap | null | undefined, sent.data_base64);
  if (!data) return refused('invalid', 'data_base64: must hold a JSON object');
  const occurredAt = occurrence(sent.time, arrival);
  if (typeof occurredAt === 'string') return refused('invalid', occurredAt.replace(/^timestamp/, 'time'));
  return {
    ok: true,
    ignored: [],
    incoming: {
      // A page must not be able to take the place of what a server will send.
      source: `${sourceOf(arrival)}:${sent.source}`,
      sourceId: sent.id,
      identity: { userId: sent.subject },
      ...{ kind: 'event', name: sent.type, occurredAt, data, traits: {}, context: {}, grants: [] },
      trusted: arrival.trusted,
    },
  };
}

/** Where an event that was set aside came from. */
export function sourceOf({ trusted }: Pick<Arrival, 'trusted'>): 'cloudevents' | 'cloudevents-browser' {
  return trusted ? 'cloudevents' : 'cloudevents-browser';
}

function dataOf(data: JsonMap | null | undefined, base64: string | null | undefined): JsonMap | null {
  if (data || !base64) return data ?? {};
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMap) : null;
  } catch {
    return null;
  }
}

/** Headers are percent-encoded UTF-8 (§3.1.3.2 of the binding); what is not, is taken as it stands. */
function decoded(value: string): string {
  const bare = /^".*"$/s.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}
