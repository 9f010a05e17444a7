// Who answers a question in a chat: the FAQ, a language model behind an address, or a person.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Settings } from '../../engine/core/settings.ts';
import { createAnswers } from '../../server/chat/answers.ts';
import { createModel } from '../../server/chat/model.ts';

const settings: Settings = {
  ...{ format: 1, brand: { name: 'Example Shop' }, timeZone: 'Asia/Tokyo', locale: 'ja', purposes: [], customer: {} },
  ...{ channels: {}, events: {} },
  faq: {
    ja: [{ questions: ['送料はいくらですか'], answer: '600円です。' }],
    en: [{ questions: ['How much is shipping?'], answer: '600 yen.' }],
  },
};

interface Asked {
  path: string;
  key: string | undefined;
  body: { model: string; messages: { role: string; content: string }[] };
}
let asked: Asked[] = [];
let failures: string[] = [];
let respond: (response: ServerResponse) => void;
const says = (content: unknown) => (response: ServerResponse) =>
  void response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content } }] }));

const server = createServer(async (request: IncomingMessage, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  asked.push({ path: request.url!, key: request.headers.authorization, body: JSON.parse(text) });
  respond(response);
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  failures = [];
});

function answers(timeoutMs = 60_000) {
  const { port } = server.address() as { port: number };
  const failed = (code: string) => void failures.push(code);
  const url = `http://127.0.0.1:${port}/v1/`;
  return createAnswers(createModel({ url, model: 'small', key: 'secret-key', timeoutMs, failed }));
}

test('without a model the FAQ answers in the language of the customer, else in the shop’s own', async () => {
  const answer = createAnswers(null);
  expect(await answer('shipping?', 'en-GB', settings)).toEqual({ text: '600 yen.', by: 'faq' });
  expect(await answer('送料は？', 'fr', settings)).toEqual({ text: '600円です。', by: 'faq' });
  expect(await answer('How much is shipping?', 'ja', settings)).toEqual({ text: '600 yen.', by: 'faq' });
  expect(await answer('Do you sell bicycles?', 'en', settings)).toBe(null);
  expect(await answer(`shipping ${'x'.repeat(500)}`, 'en', settings)).toBe(null);
  expect(await answer('shipping?', 'en', { ...settings, faq: undefined })).toBe(null);
});

test('a model is shown the FAQ and the question, and nothing of who asks', async () => {
  respond = says(' We ship for 600 yen. ');
  expect(await answers()('And to Hokkaido?', 'en', settings)).toEqual({ text: 'We ship for 600 yen.', by: 'model' });
  const [{ path, key, body }] = asked as [Asked];
  expect({ path, key, model: body.model }).toEqual({
    path: '/v1/chat/completions',
    key: 'Bearer secret-key',
    model: 'small',
  });
  expect(body.messages.map(({ role }) => role)).toEqual(['system', 'user']);
  expect(body.messages[0]!.content).toContain('Q: How much is shipping?\nA: 600 yen.');
  expect(body.messages[1]!.content).toBe('And to Hokkaido?');
  expect(failures).toEqual([]);
});

test('what a model leaves to a person goes to a person, whatever the FAQ would have said', async () => {
  respond = says('PERSON.');
  expect(await answers()('How much is shipping?', 'en', settings)).toBe(null);
});

test.each([
  ['an error', (response: ServerResponse) => void response.writeHead(500).end('secret'), '500'],
  ['no JSON', (response: ServerResponse) => void response.end('<html>'), 'SyntaxError'],
  ['another form', says(null), 'ZodError'],
  ['nothing', says('  '), 'length'],
  ['a novel', says('x'.repeat(2_001)), 'length'],
  ['a flood', says('x'.repeat(200_000)), 'RangeError'],
  ['a cut', (response: ServerResponse) => void response.destroy(), 'TypeError'],
  ['elsewhere', (response: ServerResponse) => void response.writeHead(302, { location: '/' }).end(), 'TypeError'],
])('while it answers with %s, the FAQ does', async (_, how, code) => {
  respond = how;
  expect(await answers()('How much is shipping?', 'en', settings)).toEqual({ text: '600 yen.', by: 'faq' });
  expect(failures).toEqual([code]);
});

test('one that does not answer in time is not waited for', async () => {
  respond = () => {};
  expect(await answers(50)('How much is shipping?', 'en', settings)).toEqual({ text: '600 yen.', by: 'faq' });
  expect(failures).toEqual(['TimeoutError']);
});
