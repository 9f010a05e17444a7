// What GET /openapi.json says of a route besides its address, rights and summary, which the route itself says.
import type { z } from 'zod';
import type { ErrorKind } from '../errors.ts';
import type { OwnScheme } from './security.ts';

export const tags = {
  events: 'What happens in the shop, for its servers and pages',
  consents: 'What customers agree to, and where messages reach them',
  developers: 'What came in, what it did, and what was not understood',
  customers: 'Who somebody is, what happened to them and why',
  enrollments: 'What people do to one customer, enrollment or message',
  conversations: 'Where a person is wanted',
  journeys: 'What is published, how it runs, and what people do to it',
  chat: 'The chat on the shop’s pages',
  hooks: 'What other systems tell; each signs in its own way',
  links: 'What links in messages lead to',
  operating: 'Health, sessions and descriptions',
} as const;
export type Tag = keyof typeof tags;

/** An answer that is no JSON; its text stands in no example. */
export interface Media {
  media: 'text/html' | 'text/event-stream' | 'text/javascript' | 'image/gif';
}

export interface Example {
  /** Values of the address's parts, of the query and of headers. */
  path?: { [name: string]: string };
  query?: { [name: string]: string };
  headers?: { [name: string]: string };
  body?: unknown;
  /** The first of `answers`, if absent. */
  status?: number;
}

export interface Operation {
  tag: Tag;
  /** What the summary leaves open. */
  description?: string;
  query?: z.ZodObject;
  /** How callers show themselves where it is not by one of our keys. */
  shows?: OwnScheme;
  /** Names and meanings of further headers that it reads. */
  headers?: { [name: string]: string };
  body?: z.ZodType;
  /** Of a body that is no JSON. */
  form?: 'application/x-www-form-urlencoded';
  /** What success looks like, by status; null: nothing. */
  answers: { [status: number]: z.ZodType | Media | null };
  /** What may be wrong besides rights, shape and size. */
  fails?: ErrorKind[];
  /** By what each shows. They are run in this order by tests/server/openapi.test.ts, which also keeps their answers. */
  examples: { [name: string]: Example };
}

/** By `GET /customers/{id}`. */
export type Operations = { [route: string]: Operation };

export function isMedia(answer: z.ZodType | Media): answer is Media {
  return 'media' in answer;
}
