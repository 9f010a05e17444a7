// GET /openapi.json: the routes as they are registered, with the shapes that check them, and examples that the tests run.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { z } from 'zod';
import type { Capability } from '../access.ts';
import { type ErrorKind, statusOf } from '../errors.ts';
import { meanings } from './meanings.ts';
import { type Example, isMedia, type Media, type Operation, tags } from './operation.ts';
import { operations } from './operations.ts';
import { securityOf, securitySchemes } from './security.ts';
import { aliases, ours } from './unlisted.ts';

type Route = Pick<RouteOptions, 'method' | 'url' | 'config'>;

/** Collects every route that is registered after it, and serves their description. */
export function openapiRoute(app: FastifyInstance): void {
  const config = { needs: 'public', summary: 'This description' } as const;
  const routes: Route[] = [{ method: 'GET', url: '/openapi.json', config }];
  app.addHook('onRoute', (route) => void routes.push(route));
  // Made when it is first asked for: most processes, and nearly all tests, never are.
  let document: object | null = null;
  app.get('/openapi.json', { config }, async () => {
    document ??= documentOf(routes);
    return document;
  });
}

function documentOf(routes: Route[]): object {
  const paths: { [path: string]: { [method: string]: unknown } } = {};
  const answers = recordedAnswers();
  for (const { method: methods, url, config = {} } of routes) {
    for (const method of [methods].flat()) {
      const path = url.replace(/:(\w+)/g, '{$1}');
      const name = `${method} ${path}`;
      if (method === 'HEAD' || method === 'OPTIONS' || name in aliases || ours.test(name)) continue;
      paths[path] = { ...paths[path], [method.toLowerCase()]: described(name, config, answers[name] ?? {}) };
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tabiji', version: '1', description: what },
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    components: { securitySchemes, schemas: { Error: errorSchema } },
    paths,
  };
}

const what = 'Customer journeys: events in, and why each message was or was not sent. Fields may be added to answers.';

type Answers = { [example: string]: unknown };

/** What the examples answer, by operation and example, as the tests keep it. */
function recordedAnswers(): { [operation: string]: Answers } {
  const folder = join(import.meta.dirname, 'answers');
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return Object.assign({}, ...files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8'))));
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { enum: Object.keys(statusOf) },
        message: {
          type: 'string',
          description:
            'What is wrong and what to do; what commands refuse is said in the language of `Accept-Language`',
        },
      },
    },
  },
};

interface Config {
  needs?: Capability;
  summary?: string;
}

function described(name: string, { needs = 'public', summary }: Config, answers: Answers) {
  const operation = operations[name];
  const also = Object.keys(aliases).filter((alias) => aliases[alias] === name);
  const description = [operation?.description, also.length > 0 && `The same: ${also.join(', ')}.`].filter(Boolean);
  const parameters = [...pathParameters(name, operation), ...queryParameters(operation), ...headersOf(operation)];
  return {
    operationId: name
      .toLowerCase()
      .replace(/[^a-z0-9]+(.)/g, (_, letter: string) => letter.toUpperCase())
      .replace(/\W/g, ''),
    summary,
    ...(description.length > 0 && { description: description.join(' ') }),
    tags: operation ? [operation.tag] : [],
    security: securityOf(needs, operation?.shows),
    ...(parameters.length > 0 && { parameters }),
    ...(operation?.body && { requestBody: bodyOf(operation) }),
    responses: responsesOf(needs, name, operation, answers),
  };
}

function pathParameters(name: string, operation: Operation | undefined) {
  return [...name.matchAll(/\{(\w+)\}/g)].map(([, part]) => ({
    ...{ name: part, in: 'path', required: true, schema: { type: 'string' } },
    ...examplesOf(operation, ({ path }) => path?.[part!]),
  }));
}

function queryParameters(operation: Operation | undefined) {
  if (!operation?.query) return [];
  const { properties = {}, required = [] } = schemaOf(operation.query) as { properties?: object; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: 'query', required: required.includes(name), schema },
    ...examplesOf(operation, ({ query }) => query?.[name]),
  }));
}

function headersOf(operation: Operation | undefined) {
  return Object.entries(operation?.headers ?? {}).map(([name, description]) => ({
    ...{ name, in: 'header', required: true, description, schema: { type: 'string' } },
    ...examplesOf(operation, ({ headers }) => headers?.[name]),
  }));
}

function bodyOf(operation: Operation) {
  const schema = operation.body && schemaOf(operation.body);
  const content = { schema, ...(!operation.form && examplesOf(operation, ({ body }) => body)) };
  return { required: true, content: { [operation.form ?? 'application/json']: content } };
}

function examplesOf(operation: Operation | undefined, value: (example: Example) => unknown) {
  const entries = Object.entries(operation?.examples ?? {}).flatMap(([name, example]) => {
    const own = value(example);
    return own === undefined ? [] : [[keyOf(name), { summary: name, value: own }]];
  });
  return entries.length > 0 && { examples: Object.fromEntries(entries) };
}

function responsesOf(needs: Capability, name: string, operation: Operation | undefined, answers: Answers) {
  const successes = Object.entries(operation?.answers ?? { 200: null });
  const first = Number(successes[0]?.[0]);
  const shown = (status: number) =>
    Object.entries(operation?.examples ?? {}).filter(([, example]) => (example.status ?? first) === status);
  const withExamples = (status: number) => {
    const entries = shown(status).flatMap(([example]) =>
      example in answers ? [[keyOf(example), { summary: example, value: answers[example] }]] : [],
    );
    return entries.length > 0 && { examples: Object.fromEntries(entries) };
  };
  const good = successes.map(([status, answer]) => [status, successOf(Number(status), answer, withExamples)]);
  const bad = failuresOf(needs, name, operation).map((kind) => [
    String(statusOf[kind]),
    {
      description: `\`${kind}\`: ${meanings[kind]}`,
      ...(['limited', 'overloaded'].includes(kind) && { headers: retryAfter }),
      content: {
        'application/json': { schema: { $ref: '#/components/schemas/Error' }, ...withExamples(statusOf[kind]) },
      },
    },
  ]);
  return Object.fromEntries([...good, ...bad]);
}

const retryAfter = { 'Retry-After': { description: 'Seconds', schema: { type: 'string' } } };
const said: { [status: number]: string } = { 200: 'Done', 202: 'Taken, and looked at later', 302: 'Elsewhere' };

function successOf(status: number, answer: z.ZodType | Media | null, examples: (status: number) => object | false) {
  const description = said[status] ?? 'Done';
  if (answer === null) return { description };
  if (isMedia(answer)) return { description, content: { [answer.media]: { schema: { type: 'string' } } } };
  return { description, content: { 'application/json': { schema: schemaOf(answer), ...examples(status) } } };
}

/** Which errors a caller must reckon with. */
function failuresOf(needs: Capability, name: string, operation: Operation | undefined): ErrorKind[] {
  const hasKey = securityOf(needs, operation?.shows).length > 0;
  const kinds: (ErrorKind | false | undefined)[] = [
    (operation?.body !== undefined || operation?.query !== undefined) && 'invalid',
    hasKey && 'unauthorized',
    hasKey && !operation?.shows && 'forbidden',
    ...(operation?.fails ?? []),
    name.startsWith('POST') && operation?.body !== undefined && 'too_large',
    needs === 'send_events' && 'limited',
    needs !== 'public' && 'overloaded',
  ];
  return [...new Set(kinds.filter((kind): kind is ErrorKind => Boolean(kind)))];
}

/** Keys of examples may hold letters, digits, dots, dashes and underscores only. */
function keyOf(example: string): string {
  return example.replace(/[^\w.-]+/g, '_');
}

function schemaOf(shape: z.ZodType): object {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' });
  return schema;
}
