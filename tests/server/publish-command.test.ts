// `tabiji publish` against the real routes: what the command sends is what the server takes.
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { publish } from '../../cli/publish.ts';
import { compile } from '../../language/compile.ts';
import type { SourceFile } from '../../language/source.ts';
import { journeysFolder, output } from '../cli/folder.ts';
import { keys, serverUnderTest } from './server-under-test.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function run(token: string) {
  const taken: SourceFile[] = [];
  const { app } = serverUnderTest({
    publications: {
      list: async () => [],
      async publish(files) {
        taken.push(...files);
        const { diagnostics, plans } = await compile(files);
        const journeys = plans.map(({ journey }) => ({ journey, version: 'abc', change: 'new' as const }));
        return { diagnostics, published: { number: 1, changed: true, journeys } };
      },
    },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  stops.push(() => app.close());
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const { out, text } = output();
  const env = { TABIJI_MARKETER_TOKEN: token };
  const status = await publish(await journeysFolder(), { url, env, home: 'no-such-home', locale: 'en', out });
  return { status, text: text(), paths: taken.map(({ path }) => path) };
}

test('the server takes the folder and names its versions', async () => {
  const { status, text, paths } = await run(keys.marketer);
  expect({ status, text }).toEqual({ status: 0, text: 'welcome  abc  new\npublished\n' });
  expect(paths).toContain('journeys/messages/hello/email.liquid');
});

test('a support agent’s token may not publish', async () => {
  const { status, text } = await run(keys.support);
  expect(status).toBe(1);
  expect(text).toContain('may not publish');
});

test('a token that the server has never seen is refused', async () => {
  const { status, text } = await run('marketer_of-another-shop');
  expect(status).toBe(1);
  expect(text).toContain('does not know this token (TABIJI_MARKETER_TOKEN)');
});
