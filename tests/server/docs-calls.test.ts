// Every call that a page of docs shows is of a route that there is, with the method that it takes. Those of docs/ingest.md are
// run (ingest-docs.test.ts), those of the description, too (openapi.test.ts).
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { operations } from '../../server/openapi/operations.ts';

const pages = ['README.md', ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))];
const addresses = /(?:\$TABIJI_URL|localhost:3000|https:\/\/journeys\.shop\.example)(\/[^\s"'`?|)]*)/;

const calls = pages.flatMap((page) => {
  const text = readFileSync(page, 'utf8').replaceAll('\\\n', ' ');
  return [...text.matchAll(/\bcurl\b[^\n]*/g)].flatMap(([line]) => {
    const path = addresses.exec(line)?.[1];
    if (path === undefined) return [];
    const method = /-X ([A-Z]+)/.exec(line)?.[1] ?? (/ (-d|--data\S*) /.test(line) ? 'POST' : 'GET');
    return [`${page}: ${method} ${path}`];
  });
});

test('there are some', () => {
  expect(calls.length).toBeGreaterThan(10);
});

test.each(calls)('%s', (call) => {
  const [, method, path] = /^\S+: (\w+) (\S+)$/.exec(call)!;
  const fits = Object.keys(operations).filter((name) => {
    const [own, pattern] = name.split(' ') as [string, string];
    return own === method && new RegExp(`^${pattern.replace(/\{\w+\}/g, '[^/]+')}$`).test(path!);
  });
  expect(fits).not.toEqual([]);
});
