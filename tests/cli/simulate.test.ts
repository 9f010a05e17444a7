// What `tabiji simulate` tells of one customer, and what it says of a file that cannot be played.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { simulate } from '../../cli/simulate.ts';
import type { Told } from '../../cli/simulate-text.ts';
import type { Locale } from '../../engine/core/sentences.ts';
import { journeysFolder, output, within } from './folder.ts';

interface Given {
  file?: string;
  customer?: string;
  journeys?: string[];
  locale?: Locale;
  json?: boolean;
  changes?: { [path: string]: string | null };
}

async function run(events: string, given: Given = {}) {
  const { file = 'events.yaml', customer, journeys = [], locale = 'en', json = false, changes = {} } = given;
  const folder = await journeysFolder({ ...changes, [`../${file}`]: events });
  const { out, text } = output();
  const options = { events: join(folder, '..', file), customer, journeys, locale, json, out };
  const status = await simulate(folder, options);
  return { status, text: within(folder, text()).replaceAll(join(folder, '../'), '') };
}

const marketing = {
  'welcome.yaml':
    'journey: welcome\npurpose: marketing\nenter: { on: signed_up, again: never }\nsteps:\n' +
    '  - wait: 1 day\n  - send: hello\n    by: email\n',
  'messages/hello/email.liquid': '---\nsubject: Hello\npurpose: marketing\n---\n<p>Hello, and welcome.</p>\n',
};
const told = (text: string) => JSON.parse(text) as Told;
const kinds = (text: string) => told(text).moments.flatMap(({ happened }) => happened.map(({ kind }) => kind));

test('tells moment by moment what is sent and waited for, on the customer’s own clock', async () => {
  const events = `customer: { id: hanako, time_zone: America/New_York, email: hanako@example.com }
given: [{ at: "2026-03-07 10:00", event: signed_up, data: { source: footer } }]
`;
  expect(await run(events)).toEqual({
    status: 0,
    text: `hanako (America/New_York)

2026-03-07 10:00
  < signed_up  source: footer
  welcome: entered
  welcome: waits at steps.0 until 2026-03-08 11:00
2026-03-08 11:00
  welcome: the wait steps.0 was over
  welcome: hello by email was sent
      "Hello"
      Hello, and welcome.
  welcome: came to the end of the journey

Was in welcome from 2026-03-07 10:00 and came to its end at 2026-03-08 11:00.
`,
  });
});

test('every silence and every non-entry has its reason, and what would have had to be true', async () => {
  const events = `- { at: "2026-05-01 10:00", event: signed_up }
- { at: +1 hour, event: signed_up }
- { at: +1 hour, event: signed_up }
`;
  const { text } = await run(events, { changes: marketing, customer: '{ id: c1, email: c1@example.com }' });
  const refusal =
    '  < signed_up\n  welcome: did not enter: the customer is in the journey or was before, and may not enter again yet  [again]\n';
  expect(text.split(refusal)).toHaveLength(3);
  expect(text).toContain(
    '  welcome: hello by email was not sent: the customer has not consented to it  [consent]\n' +
      '      consent to marketing by email must be granted\n',
  );
  const reachable = await run(events, { changes: marketing, customer: '{ id: c1, consent: { email: [marketing] } }' });
  expect(reachable.text).toContain('      the customer must have an address for email\n');
});

test('speaks the language that is asked for', async () => {
  const { text: ja } = await run('[{ at: "2026-05-01 10:00", event: signed_up }]', { locale: 'ja' });
  expect(ja).toContain('  welcome: 参加しました\n  welcome: 「steps.0」で待ちます（2026-05-02 10:00まで）\n');
  expect(ja).toContain('      email の宛先が登録されていること\n');
});

test('plays the calls of Segment’s clients: a visitor who turns out to be somebody is one customer', async () => {
  const calls = [
    { type: 'page', anonymousId: 'v1', timestamp: '2026-05-01T01:00:00Z', name: 'Home' },
    { type: 'track', anonymousId: 'v1', timestamp: '2026-05-01T01:00:30Z', event: 'signd_up' },
    { type: 'track', anonymousId: 'v1', timestamp: '2026-05-01T01:01:00Z', event: 'signed_up' },
    {
      ...{ type: 'identify', anonymousId: 'v1', userId: 'u1', timestamp: '2026-05-01T01:02:00Z' },
      traits: { email: 'u1@example.com' },
      context: { timezone: 'Europe/Paris', consent: { email: ['marketing'] } },
    },
  ];
  const lines = calls.map((call) => JSON.stringify(call)).join('\r\n');
  const { status, text } = await run(`${lines}\n\n`, { file: 'calls.ndjson', changes: marketing });
  expect({ status, text }).toMatchObject({ status: 0 });
  expect(text).toContain(
    'calls.ndjson:2:1: warning: events.yaml does not declare "signd_up": it begins nothing. did you mean',
  );
  expect(text).toContain('2026-05-01 03:02 (Europe/Paris)\n  < identify  email: u1@example.com\n');
  expect(text).toContain(
    '2026-05-02 03:01\n  welcome: the wait steps.0 was over\n  welcome: hello by email was sent\n',
  );
});

test('a call that arrived late is heard of when it arrived', async () => {
  const call = { type: 'track', userId: 'u1', event: 'signed_up', timestamp: '2026-05-01T01:00:00Z' };
  const late = JSON.stringify({ ...call, receivedAt: '2026-05-01T02:00:00Z' });
  const { text } = await run(late, { file: 'calls.jsonl', json: true });
  expect(told(text).moments[0]).toMatchObject({ at: '2026-05-01T02:00:00.000Z', local: '2026-05-01 11:00' });
});

test('as JSON it is the whole for machines, warnings left out', async () => {
  const events = '[{ "type": "track", "userId": "u1", "event": "Else", "timestamp": "2026-05-01T01:00:00Z" }]';
  const { status, text } = await run(events, { file: 'calls.json', json: true });
  expect(status).toBe(0);
  expect(told(text)).toEqual({
    ...{ customer: 'u1', time_zone: 'Asia/Tokyo', standing: [], untouched: ['welcome'] },
    moments: [
      {
        ...{ at: '2026-05-01T01:00:00.000Z', local: '2026-05-01 10:00', happened: [] },
        time_zone: 'Asia/Tokyo',
        came: [{ kind: 'call', what: 'Else', data: {} }],
      },
    ],
  });
});

test('plays only the journeys that are asked for', async () => {
  const changes = {
    'other.yaml': 'journey: other\npurpose: transactional\nenter: { on: signed_up }\nsteps: [{ wait: 1 day }]\n',
  };
  const events = '[{ at: "2026-05-01 10:00", event: signed_up }]';
  const { text } = await run(events, { changes, journeys: ['other'], json: true });
  expect(kinds(text)).toEqual(['entered', 'waits', 'timed_out', 'completed']);
  expect(await run(events, { changes, journeys: ['othr'] })).toEqual({
    status: 1,
    text: 'there is no journey "othr" in journeys. did you mean "other"?\n',
  });
});

test('shows where a row is wrong, with a caret', async () => {
  expect(await run('- { at: "2026-05-01 10:00", event: sined_up }\n- { at: tomorrow, event: signed_up }\n')).toEqual({
    status: 1,
    text: `events.yaml:1:3: there is no event "sined_up". did you mean "signed_up"? [unknown-event]
1 | - { at: "2026-05-01 10:00", event: sined_up }
  |   ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
events.yaml:2:9: "tomorrow" is no moment: write it like "2026-03-07 22:00" [value]
2 | - { at: tomorrow, event: signed_up }
  |         ^~~~~~~~
2 errors
`,
  });
});

test('shows where a line of calls is wrong, and says all that is', async () => {
  const lines = [
    '{"type":"track","userId":"u1","event":"signed_up","timestamp":"2026-05-01T01:00:00Z"}',
    '{"type":"track","userId":"u1","event":"signed_up"}',
    '{"type":"trak","userId":"u1","timestamp":"2026-05-01T01:00:00Z"}',
    '{"type":"track","event":"signed_up","timestamp":"2026-05-01T01:00:00Z"}',
    '{"type":"track","userId":"u2","event":"signed_up","timestamp":"2026-05-01T01:00:00Z"}',
    '{"type":"track",',
    '{"at":"soon","event":"signed_up"}',
  ];
  const { status, text } = await run(lines.join('\n'), { file: 'calls.ndjson' });
  expect(status).toBe(1);
  for (const said of [
    'calls.ndjson:2:1: a call needs a "timestamp", such as 2026-11-20T09:30:00Z [call]\n2 | {"type"',
    'calls.ndjson:3:1: "type" is one of: track, identify, page, screen, group, alias. did you mean "track"? [call]\n3 | {"type":"trak"',
    'calls.ndjson:4:1: userId or anonymousId must be there [call]',
    'calls.ndjson:5:1: this is about u2, not about u1: one customer is played [another-customer]',
    'calls.ndjson:7:7: "soon" is no moment',
  ])
    expect(text).toContain(said);
  expect(text).toMatch(/calls\.ndjson:6:\d+: .* \[yaml\]/);
});

test('a row that cannot happen at its moment is shown, not played past', async () => {
  const events = '- { at: "2026-05-01 10:00", event: signed_up }\n- { at: +1 hour, cancel: hello }\n';
  const { status, text } = await run(events);
  expect(status).toBe(1);
  expect(text).toContain('events.yaml:2:3: no hello waits at this moment [impossible]\n2 | - { at: +1 hour');
});

test('says what is wrong with the customer, the file, the folder', async () => {
  const events = '[{ at: "2026-05-01 10:00", event: signed_up }]';
  expect((await run(events, { customer: '{ email: c1@example.com }' })).text).toContain(
    '--customer:1:1: a customer needs an "id" [missing-key]',
  );
  expect((await run(events, { customer: '{ id: c1, emial: x }' })).text).toContain('there is no trait "emial"');
  expect(await run(events, { customer: 'nobody.yaml' })).toEqual({
    status: 1,
    text: 'there is no file nobody.yaml\n',
  });
  expect((await run('[]')).text).toContain('events.yaml:1:1: nothing happens here');
  expect((await run('given: {}\n')).text).toContain('events are a list of rows, or of calls');
  expect((await run(events, { changes: { 'welcome.yaml': 'journey: welcome\n' } })).status).toBe(1);
});

test('takes the customer from a file of its own', async () => {
  const folder = await journeysFolder();
  const [events, customer] = [join(folder, '../events.yaml'), join(folder, '../customer.yaml')];
  await writeFile(events, '[{ at: "2026-05-01 10:00", event: signed_up }]');
  await writeFile(customer, 'id: aki\nemail: aki@example.com\n');
  const { out, text } = output();
  expect(await simulate(folder, { events, customer, journeys: [], locale: 'en', json: false, out })).toBe(0);
  expect(text()).toMatch(/^aki \(Asia\/Tokyo\)\n[\s\S]*hello by email was sent/);
});

test('what a shop’s events hold cannot move the terminal’s cursor', async () => {
  const { text } = await run(
    '[{ "at": "2026-05-01 10:00", "event": "signed_up", "data": { "source": "\\u001b[2J" } }]',
    { file: 'rows.json' },
  );
  expect(text).toContain('source: �[2J');
});
