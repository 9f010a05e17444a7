// What `tabiji publish` sends, what it says, and which token it shows to whom.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { publish } from '../../cli/publish.ts';
import { findToken } from '../../cli/token.ts';
import { phrase } from '../../language/phrase.ts';
import { journeysFolder, output, within } from './folder.ts';

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function serve(answer: Answer): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    answer(request, body, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answered =
  (status: number, body: object): Answer =>
  (_request, _body, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

async function run(url: string, env: NodeJS.ProcessEnv = { TABIJI_ADMIN_TOKEN: 'admin-token' }, changes = {}) {
  const folder = await journeysFolder(changes);
  const { out, text } = output();
  const status = await publish(folder, { url, env, home: 'no-such-home', locale: 'en', out });
  return { status, text: within(folder, text()).replaceAll(url, 'http://server') };
}

test('sends the folder without its tests, and says what is new', async () => {
  let seen: { token?: string; paths?: string[] } = {};
  const url = await serve((request, body, response) => {
    const { files } = JSON.parse(body) as { files: { path: string }[] };
    seen = { token: request.headers.authorization, paths: files.map(({ path }) => path) };
    const journeys = [
      { journey: 'welcome', version: 'abcdef0123456789', change: 'changed' },
      { journey: 'old', version: null, change: 'retired' },
      { journey: 'cart', version: '0123456789abcdef', change: 'same' },
    ];
    answered(200, { publication: 2, changed: true, journeys })(request, body, response);
  });
  expect(await run(url)).toEqual({
    status: 0,
    text: `welcome  abcdef012345  new version
old      retired: takes nobody new
cart     0123456789ab  unchanged
published
`,
  });
  expect(seen).toEqual({
    token: 'Bearer admin-token',
    paths: [
      'journeys/events.yaml',
      'journeys/messages/hello/email.liquid',
      'journeys/settings.yaml',
      'journeys/welcome.yaml',
    ],
  });
});

test('says that nothing has changed', async () => {
  const journeys = [{ journey: 'welcome', version: 'abc', change: 'same' }];
  const { status, text } = await run(await serve(answered(200, { changed: false, journeys })));
  expect({ status, text }).toEqual({
    status: 0,
    text: 'welcome  abc  unchanged\npublished already: nothing has changed\n',
  });
});

test('a folder with mistakes never leaves this machine', async () => {
  let calls = 0;
  const url = await serve((...call) => {
    calls += 1;
    answered(200, { journeys: [] })(...call);
  });
  const { status, text } = await run(
    url,
    { TABIJI_ADMIN_TOKEN: 'admin-token' },
    { 'welcome.yaml': 'journey: welcome\n' },
  );
  expect({ status, calls }).toEqual({ status: 1, calls: 0 });
  expect(text).toMatch(/^journeys\/welcome\.yaml:1:1: .*\n[\s\S]*nothing was published\n$/);
});

const refusals: [string, number, object, string][] = [
  [
    'an unknown token',
    401,
    { error: { code: 'unauthorized', message: 'unknown' } },
    'does not know this token (TABIJI_ADMIN_TOKEN)',
  ],
  ['a token without the right', 403, { error: { code: 'forbidden', message: 'no' } }, "use a marketer's or an admin's"],
  ['an overloaded server', 503, { error: { code: 'overloaded', message: 'busy' } }, 'try again in a moment'],
  [
    'what the server finds',
    422,
    { error: { message: 'mend it' }, rendered: 'journeys/a.yaml:1:1: wrong\n' },
    'journeys/a.yaml:1:1: wrong\nthe server at http://server refused it: mend it',
  ],
  [
    'something that is no Tabiji',
    404,
    {},
    'http://server is no Tabiji server (it answered with status 404): set TABIJI_URL',
  ],
];
test.each(refusals)('says what to do about %s', async (_what, code, body, said) => {
  const { status, text } = await run(await serve(answered(code, body)));
  expect(status).toBe(1);
  expect(text).toContain(said);
});

test('says what to do where no server answers', async () => {
  const { status, text } = await run('http://127.0.0.1:1');
  expect({ status, text }).toEqual({
    status: 1,
    text: 'no server answers at http://server: start it (npm start), or set TABIJI_URL to where it is\n',
  });
});

test('says what to do with an address that is none', async () => {
  expect((await run('tabiji.example')).text).toContain('is no address: set TABIJI_URL');
});

test('says what to do without a token', async () => {
  const { status, text } = await run('http://127.0.0.1:1', {});
  expect(status).toBe(1);
  expect(text).toContain('set TABIJI_MARKETER_TOKEN or TABIJI_ADMIN_TOKEN');
});

test('a server cannot move the cursor of a terminal', async () => {
  const { text } = await run(await serve(answered(400, { error: { message: 'a\u001b[2Jb' } })));
  expect(text).toContain('refused it: a�[2Jb');
});

test('the token is the environment’s, else the home’s; the home’s is shown to this machine only', async () => {
  const home = await mkdtemp(join(tmpdir(), 'tabiji-home-'));
  await writeFile(
    join(home, 'keys'),
    'TABIJI_WRITE_KEY=wk_1\nTABIJI_MARKETER_TOKEN=marketer_1\nTABIJI_ADMIN_TOKEN=admin_1\n',
  );
  const here = 'http://localhost:3000';
  expect(await findToken({ TABIJI_ADMIN_TOKEN: 'mine' }, home, here)).toMatchObject({ value: 'mine' });
  expect(await findToken({}, home, here)).toEqual({
    value: 'marketer_1',
    from: phrase`${'TABIJI_MARKETER_TOKEN'} in ${join(home, 'keys')}`,
  });
  expect(await findToken({}, home, 'https://tabiji.example')).toBe(null);
  expect(await findToken({}, 'no-such-home', here)).toBe(null);
});
