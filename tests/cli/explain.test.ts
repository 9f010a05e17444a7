// What `tabiji explain` asks the server, and what it says where it gets no explanation.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { explain } from '../../cli/explain.ts';
import { output } from './folder.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const explanation = { summary: 'Not in welcome.', zone: 'UTC', enrollments: [], notEntered: [], opensOn: [] };

async function run(
  status: number,
  body: unknown,
  options: { json?: boolean; locale?: 'en' | 'ja'; token?: string } = {},
) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { out, text } = output();
  const { json = false, locale = 'en', token = 'support-token' } = options;
  const env = token === '' ? {} : { TABIJI_SUPPORT_TOKEN: token };
  const exit = await explain('花 子/1', 'welcome', { url, env, home: 'no-such-home', json, locale, out });
  return { exit, asked, text: text().replaceAll(url, 'http://server') };
}

test('asks for the customer and journey, and tells what it is told', async () => {
  const { exit, asked, text } = await run(200, explanation, { locale: 'ja' });
  expect([exit, text]).toEqual([0, 'Not in welcome.  (UTC)\n']);
  const path = '/customers/%E8%8A%B1%20%E5%AD%90%2F1/journeys/welcome/explanation?locale=ja';
  expect(asked).toEqual([`${path} Bearer support-token`]);
});

test('with --json it is the answer itself', async () => {
  expect(JSON.parse((await run(200, explanation, { json: true })).text)).toEqual(explanation);
});

test.each([
  [404, { error: { message: 'no customer has this id' } }, 'no customer has this id\n'],
  [401, {}, 'the server at http://server does not know this token (TABIJI_SUPPORT_TOKEN): set one that it knows\n'],
  [200, { hello: 1 }, 'http://server is no Tabiji server (it answered with status 200): set TABIJI_URL\n'],
])('an answer %i %j is said', async (status, body, said) => {
  const { exit, text } = await run(status, body);
  expect([exit, text]).toEqual([1, said]);
});

test('what goes wrong is said in the language that is asked for', async () => {
  const { text } = await run(401, {}, { locale: 'ja' });
  expect(text).toBe(
    '「http://server」のサーバーに登録されていないトークンです（TABIJI_SUPPORT_TOKEN）。登録済みのものを設定してください\n',
  );
});

test('without a token it says which to set, and asks nobody', async () => {
  const { exit, asked, text } = await run(200, explanation, { token: '' });
  expect([exit, asked]).toEqual([1, []]);
  expect(text).toContain('TABIJI_SUPPORT_TOKEN');
});
