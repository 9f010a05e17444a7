// GET /openapi.json: it is valid, names every route with its rights, and each of its examples answers what it says.
// `npx vitest run tests/server/openapi.test.ts -u` keeps new answers; read what has changed.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { InjectOptions, RouteOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { access, type Capability } from '../../server/access.ts';
import { createApp } from '../../server/app.ts';
import { statusOf } from '../../server/errors.ts';
import { exampleIds } from '../../server/openapi/example-ids.ts';
import { type Example, isMedia, type Operation, tags } from '../../server/openapi/operation.ts';
import { operations } from '../../server/openapi/operations.ts';
import { aliases, ours } from '../../server/openapi/unlisted.ts';
import { hookSecret, openWorld } from './openapi-world.ts';
import { keys, serverUnderTest } from './server-under-test.ts';

vi.mock('../../store/id.ts', () => {
  let count = 0;
  return { newId: () => `019aa000-0000-7000-8000-${(++count).toString(16).padStart(12, '0')}` };
});

interface Described {
  summary?: string;
  tags: string[];
  security: { [scheme: string]: [] }[];
  responses: { [status: string]: { content?: { [type: string]: { schema: object; examples?: object } } } };
}

let world: Awaited<ReturnType<typeof openWorld>>;
let paths: { [path: string]: { [method: string]: Described } };
beforeAll(async () => {
  world = await openWorld();
  version = (await world.ids()).versionOfWelcome;
  paths = (await world.app.inject({ url: '/openapi.json' })).json().paths;
});
afterAll(() => world.close());

const described = (name: string): Described => {
  const [method, path] = name.split(' ') as [string, string];
  return paths[path]![method.toLowerCase()]!;
};

describe('the description', () => {
  test('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate((await world.app.inject({ url: '/openapi.json' })).json());
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  test('has every route, and none that is not there', async () => {
    const named = Object.keys(operations).sort();
    const listed = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    // What is missing on the left is to be described in server/openapi/, or named in unlisted.ts with the reason.
    expect(named).toEqual(listed.sort());
    const registered = Object.keys(await needsByRoute());
    const others = registered.filter((name) => !named.includes(name) && !ours.test(name));
    expect(others.sort()).toEqual(Object.keys(aliases).sort());
    expect(Object.values(aliases).filter((alias) => !named.includes(alias))).toEqual([]);
  });

  test('says of each who may call it, by the table of rights', async () => {
    const needs = await needsByRoute();
    for (const name of Object.keys(operations)) {
      const { security, summary } = described(name);
      const schemes = security.flatMap((one) => Object.keys(one)).filter((scheme) => scheme in keys);
      expect([name, schemes]).toEqual([name, [...access[needs[name]!]]]);
      expect([name, summary]).toEqual([name, expect.stringMatching(/^[A-Z].{8,}/)]);
    }
  });

  test('has an example of everything, and sorts it under a tag', () => {
    const without = Object.entries(operations).filter(([, { examples }]) => Object.keys(examples).length === 0);
    expect(without.map(([name]) => name)).toEqual(['GET /openapi.json']);
    for (const { tag } of Object.values(operations)) expect(Object.keys(tags)).toContain(tag);
  });
});

async function needsByRoute(): Promise<{ [name: string]: Capability }> {
  const { deps } = serverUnderTest({ mailbox: async () => undefined, chat: {} as never });
  const routes: RouteOptions[] = [];
  const app = createApp(deps);
  app.addHook('onRoute', (route) => void routes.push(route));
  await app.ready();
  const entries = routes.flatMap((route) =>
    [route.method].flat().map((method) => {
      return [`${method} ${route.url.replace(/:(\w+)/g, '{$1}')}`, route.config!.needs!] as const;
    }),
  );
  const shown = entries.filter(([name]) => !/^(HEAD|OPTIONS)/.test(name));
  // Registered before this hook could see it.
  return { ...Object.fromEntries(shown), 'GET /openapi.json': 'public' };
}

/** What must have happened before these operations have their examples run. */
const before: { [name: string]: () => Promise<void> } = {
  'GET /events': () => world.passTwoDays(),
  'GET /customers': () => world.settle(),
  'GET /conversations': () => world.settle(),
  'GET /journeys': async () => {
    named = await world.ids();
  },
};
let named: typeof exampleIds;

// The hash of all that is compiled, the mails' layout with it: what the document calls it stays when that changes.
let version: string;
const asDocumented = (text: string) => text.replaceAll(version, exampleIds.versionOfWelcome);

const examples = Object.entries(operations).flatMap(([name, operation]) =>
  Object.entries(operation.examples).map(([example, given]) => ({ name, example, given, operation })),
);
const answered: { [file: string]: { [name: string]: { [example: string]: unknown } } } = {};
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);

describe('an example', () => {
  test.each(examples)('$name: $example', async ({ name, example, given, operation }) => {
    if (Object.keys(operation.examples)[0] === example) await before[name]?.();
    const status = given.status ?? Number(Object.keys(operation.answers)[0]);
    const answer = operation.answers[status];
    if (answer && isMedia(answer) && answer.media === 'text/event-stream') return expectStream(name, given);
    const reply = await world.app.inject(requestOf(name, given, operation));
    expect([reply.statusCode, reply.statusCode === status ? '' : reply.body]).toEqual([status, '']);
    if (answer === null) return;
    const type = answer && isMedia(answer) ? answer.media : 'application/json';
    expect(reply.headers['content-type']).toContain(type);
    if (type !== 'application/json') return;
    const { schema } = described(name).responses[status]!.content![type]!;
    const isAsSaid = ajv.compile(answer ? closed(schema) : errorSchema);
    expect([isAsSaid(reply.json()), isAsSaid.errors ?? []]).toEqual([true, []]);
    answered[operation.tag] ??= {};
    answered[operation.tag]![name] = {
      ...answered[operation.tag]![name],
      [example]: JSON.parse(asDocumented(reply.body)),
    };
  });

  test('names no place of the machine that it was run on', () => {
    expect(JSON.stringify(answered)).not.toContain(join(import.meta.dirname, '../..'));
  });

  test('answers as the document says', async () => {
    for (const [tag, names] of Object.entries(answered))
      await expect(`${JSON.stringify(names, null, 2)}\n`).toMatchFileSnapshot(
        `../../server/openapi/answers/${tag}.json`,
      );
  });

  test('names what there is', () => {
    expect(exampleIds).toEqual({ ...named, versionOfWelcome: exampleIds.versionOfWelcome });
  });
});

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      additionalProperties: false,
      properties: { code: { enum: Object.keys(statusOf) }, message: { type: 'string', minLength: 10 } },
    },
  },
};

/** The key of the first who may; a hook's own signature. */
function requestOf(name: string, given: Example, operation: Operation): InjectOptions {
  const [method, path] = name.split(' ') as ['GET' | 'POST' | 'DELETE', string];
  const payload = given.body === undefined || operation.form ? given.body : JSON.stringify(given.body);
  const [principal] = described(name).security.flatMap((scheme) => Object.keys(scheme));
  const headers = {
    ...(payload !== undefined && { 'content-type': operation.form ?? 'application/json' }),
    ...(principal && principal in keys && { authorization: `Bearer ${keys[principal as keyof typeof keys]}` }),
    ...signatures[operation.shows ?? '']?.(String(payload)),
    ...given.headers,
  };
  const own = (value: string) => encodeURIComponent(value.replace(exampleIds.versionOfWelcome, version));
  const url = path.replace(/\{(\w+)\}/g, (_, part: string) => own(given.path![part]!));
  return {
    method,
    url,
    headers,
    ...(given.query && { query: given.query }),
    ...(payload !== undefined && { payload: payload as string }),
  };
}

const hmac = (text: string) => createHmac('sha256', hookSecret).update(text);
const signatures: { [scheme: string]: (raw: string) => { [header: string]: string } } = {
  line: (raw) => ({ 'x-line-signature': hmac(raw).digest('base64') }),
  shopify: (raw) => ({ 'x-shopify-hmac-sha256': hmac(raw).digest('base64') }),
  woocommerce: (raw) => ({ 'x-wc-webhook-signature': hmac(raw).digest('base64') }),
  ecwid(raw) {
    const { eventCreated, eventId } = JSON.parse(raw) as { eventCreated: number; eventId: string };
    return { 'x-ecwid-webhook-signature': hmac(`${eventCreated}.${eventId}`).digest('base64') };
  },
  chatwoot(raw) {
    const timestamp = String(Math.floor(world.clock.real() / 1000));
    const signature = `sha256=${hmac(`${timestamp}.${raw}`).digest('hex')}`;
    return { 'x-chatwoot-timestamp': timestamp, 'x-chatwoot-signature': signature };
  },
  bounces: () => ({ authorization: `Bearer ${hookSecret}` }),
};

/** It begins, and says that it is one. */
async function expectStream(name: string, given: Example): Promise<void> {
  const { url, headers } = requestOf(name, given, operations[name]!);
  const asked = httpGet(`${world.url}${url as string}`, { headers: headers as Record<string, string>, agent: false });
  const [reply] = (await once(asked, 'response')) as [IncomingMessage];
  const [value] = (await once(reply, 'data')) as [Buffer];
  asked.destroy();
  expect(reply.headers['content-type']).toContain('text/event-stream');
  expect(value.toString()).toMatch(/^retry: \d+\n\n/);
}

/** The same schema, without room for what it does not name: what the server says must stand in the document. */
function closed(schema: unknown): object {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema as never;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isObject = 'properties' in schema && !('additionalProperties' in schema) && 'type' in schema;
  return isObject ? { ...inner, additionalProperties: false } : inner;
}
