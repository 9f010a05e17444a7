// /tabiji.js and /widget.js: what a shop's pages load from here. Pages of any origin may, and keep them for five minutes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const files = {
  'tabiji.js': 'What happened on a page, as a module for browsers',
  'widget.js': 'The chat, as an element for browsers',
} as const;

export function browserFileRoutes(app: FastifyInstance): void {
  for (const [name, summary] of Object.entries(files)) {
    const text = readFileSync(join(import.meta.dirname, '../../browser', name), 'utf8');
    app.get(`/${name}`, { config: { needs: 'public', summary } }, async (_request, reply) =>
      reply
        .type('text/javascript; charset=utf-8')
        .header('access-control-allow-origin', '*')
        .header('cross-origin-resource-policy', 'cross-origin')
        .header('cache-control', 'public, max-age=300')
        .send(text),
    );
  }
}
