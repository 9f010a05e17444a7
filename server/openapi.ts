// GET /openapi.json: the routes as they are registered, with the shapes that check them.
import type { FastifyInstance, RouteOptions } from 'fastify';
import { z } from 'zod';
import { access, type Capability } from './access.ts';
import { statusOf } from './errors.ts';
import { batchShape, shapes } from './ingest/calls.ts';
import { cloudEventsBody } from './ingest/cloudevents.ts';
import { chatwootHookShape } from './routes/chatwoot.ts';
import { releaseShape, resolveShape } from './routes/commands.ts';
import { consentShape } from './routes/consents.ts';
import { replyShape } from './routes/conversations.ts';
import { suppressionShape, withdrawalShape } from './routes/customer-actions.ts';
import { previewShape } from './routes/journey-pages.ts';
import { publishShape } from './routes/journeys.ts';
import { lineLinkShape } from './routes/line.ts';
import { pushSubscriptionShape } from './routes/push-subscriptions.ts';
import { signInShape } from './routes/session.ts';

const bodies: { [path: string]: z.ZodType } = {
  ...Object.fromEntries(Object.entries(shapes).map(([call, shape]) => [`/v1/${call}`, shape])),
  '/v1/batch': batchShape,
  '/v1/import': batchShape,
  '/v1/events': cloudEventsBody,
  '/v1/consents': consentShape,
  '/v1/push-subscriptions': pushSubscriptionShape,
  '/customers/{id}/withdrawals': withdrawalShape,
  '/customers/{id}/suppressions': suppressionShape,
  '/v1/line-links': lineLinkShape,
  '/hooks/chatwoot': chatwootHookShape,
  '/journeys': publishShape,
  '/journeys/{name}/preview': previewShape,
  '/session': signInShape,
  '/conversations/{id}/reply': replyShape,
  '/enrollments/{id}/release': releaseShape,
  '/deliveries/{key}/resolve': resolveShape,
  '/deliveries/{enrollment}/{effect}/resolve': resolveShape,
};

/** Collects every route that is registered after it, and serves their description. */
export function openapiRoute(app: FastifyInstance): void {
  const paths: { [path: string]: { [method: string]: unknown } } = {};
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      if (method === 'HEAD' || method === 'OPTIONS') continue;
      const path = route.url.replace(/:(\w+)/g, '{$1}');
      paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(route, path, method) };
    }
  });
  app.get('/openapi.json', { config: { needs: 'public', summary: 'This description' } }, async () => ({
    openapi: '3.1.0',
    info: { title: 'Tabiji', version: '1' },
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' }, writeKey: { type: 'http', scheme: 'basic' } },
      schemas: { Error: errorSchema },
    },
    paths,
  }));
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { enum: Object.keys(statusOf) }, message: { type: 'string' } },
    },
  },
};

function operationOf(route: RouteOptions, path: string, method: string) {
  const needs = (route.config?.needs ?? 'public') as Capability;
  const holders: readonly string[] = access[needs];
  const body = method === 'POST' ? bodies[path] : undefined;
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const error = {
    description: 'What is wrong and what to do',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  };
  return {
    summary: route.config?.summary,
    description: holders.length === 0 ? 'Open to everybody.' : `Needs the key of one of: ${holders.join(', ')}.`,
    security: holders.length === 0 ? [] : [{ key: [] }, { writeKey: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: { 200: { description: 'Done' }, default: error },
  };
}

function schemaOf(shape: z.ZodType): unknown {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' });
  return schema;
}
