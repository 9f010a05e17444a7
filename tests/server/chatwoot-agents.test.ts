// What agents do in Chatwoot is done here once, and nothing is taken that Chatwoot has not signed.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readChatwootSettings } from '../../server/chatwoot/settings.ts';
import { type Hook, signed } from './chatwoot-receiver.ts';
import { type ChatwootWorld, openChatwootWorld } from './chatwoot-world.ts';
import { serverUnderTest } from './server-under-test.ts';

const minute = 60_000;
let world: ChatwootWorld;
beforeEach(async () => {
  world = await openChatwootWorld();
});
afterEach(() => world.close());

test('a reply is said to the customer once, and not told back', async () => {
  await world.handOver();
  await world.mirror.round();
  const hook = world.there.reply('Of course,\nwe wrap it.');
  expect([await world.post(hook), await world.post(hook)]).toEqual([200, 200]);
  await world.mirror.round();
  world.rig.time.now += 2 * minute;
  await world.mirror.round();
  expect(await world.toCustomer()).toEqual(['Of course,\nwe wrap it.']);
  expect(world.there.messages).toHaveLength(2);
});

test('a long reply comes in parts', async () => {
  await world.handOver();
  await world.mirror.round();
  expect(await world.post(world.there.reply('あ'.repeat(9_000)))).toBe(200);
  expect((await world.toCustomer()).map((text) => text.length)).toEqual([4_000, 4_000, 1_000]);
});

test('what we told, notes, and other inboxes say nothing to the customer', async () => {
  const id = await world.handOver();
  await world.type('Hello?');
  await world.call(`/conversations/${id}/reply`, { text: 'From here', id: 'r1' });
  await world.mirror.round();
  for (const hook of world.there.hooks) expect(await world.post(hook)).toBe(200);
  expect(await world.post(world.there.reply('Between us', { isPrivate: true }))).toBe(200);
  const foreign = JSON.parse(world.there.reply('Elsewhere').body);
  world.there.messages.pop();
  for (const changed of [{ account: { id: 9 } }, { conversation: { ...foreign.conversation, inbox_id: 9 } }])
    expect(await world.post(signed({ ...foreign, ...changed }, world.rig.time.now))).toBe(200);
  const unknown = { id: 9_999, inbox_id: 7, contact_inbox: { source_id: id } };
  expect(await world.post(signed({ ...foreign, conversation: unknown }, world.rig.time.now))).toBe(200);
  world.rig.time.now += 2 * minute;
  await world.mirror.round();
  expect(await world.toCustomer()).toEqual(['From here']);
});

test('resolving there resolves here, once, and the journey goes on', async () => {
  await world.handOver();
  await world.mirror.round();
  const hook = world.there.resolve();
  expect([await world.post(hook), await world.post(hook)]).toEqual([200, 200]);
  await world.rig.runAll();
  expect(await world.statusHere()).toEqual({ status: 'resolved', resolved_by: 'chatwoot' });
  expect((await world.rig.rows()).enrollments).toMatchObject([{ status: 'completed' }]);
  // The agent is told that what they say now reaches nobody.
  expect(await world.post(world.there.reply('Too late'))).toBe(409);
  expect(await world.toCustomer()).toEqual([]);
});

test('what a webhook has lost is read within a minute: replies first, then the end', async () => {
  await world.handOver();
  await world.mirror.round();
  world.there.reply('Lost on the way');
  world.there.reply('This, too');
  world.there.resolve();
  world.rig.time.now += minute;
  await world.mirror.round();
  expect(await world.toCustomer()).toEqual(['Lost on the way', 'This, too']);
  expect(await world.statusHere()).toEqual({ status: 'resolved', resolved_by: 'chatwoot' });
  expect(world.there.conversations[0]!.status).toBe('resolved');
});

test('a reply that overtakes the answer to our own call finds its conversation by our id', async () => {
  await world.handOver();
  await world.mirror.round();
  await world.pool.query('UPDATE chatwoot_mirrors SET number = NULL');
  expect(await world.post(world.there.reply('Quick'))).toBe(200);
  expect(await world.toCustomer()).toEqual(['Quick']);
});

test('nothing is taken that Chatwoot has not signed just now', async () => {
  await world.handOver();
  await world.mirror.round();
  const hook = world.there.reply('Signed');
  const { 'x-chatwoot-signature': signature, ...rest } = hook.headers;
  const payload = JSON.parse(hook.body);
  const wrong: Hook[] = [
    { ...hook, headers: rest },
    { ...hook, body: hook.body.replace('Signed', 'Forged') },
    { ...hook, headers: { ...hook.headers, 'x-chatwoot-signature': signature!.replace('sha256=', '') } },
    { ...hook, headers: { ...hook.headers, 'x-chatwoot-timestamp': String(world.rig.time.now / 1000 + 1) } },
    signed(payload, world.rig.time.now, 'another secret of a webhook'),
    signed(payload, world.rig.time.now - 6 * minute),
    signed(payload, world.rig.time.now + 6 * minute),
  ];
  for (const one of wrong) expect(await world.post(one)).toBe(401);
  world.rig.time.now += 6 * minute;
  expect(await world.post(hook)).toBe(401);
  expect(await world.toCustomer()).toEqual([]);
  expect(await world.post(signed({ event: 'message_created', id: 'x' }, world.rig.time.now))).toBe(400);
  expect(await world.post(signed({ event: 'contact_updated' }, world.rig.time.now))).toBe(200);
  expect(await world.post({ ...signed(payload, world.rig.time.now), body: '{' })).toBe(401);
});

test('without Chatwoot there is no such route to speak of', async () => {
  const { post: send } = serverUnderTest();
  expect((await send('/hooks/chatwoot', '{}', null)).json.error.message).toContain('CHATWOOT_URL');
});

test('settings are all there or none, and are never quoted', () => {
  const whole = {
    ...{ CHATWOOT_URL: 'https://chat.example/', CHATWOOT_TOKEN: 't', CHATWOOT_ACCOUNT: '3', CHATWOOT_INBOX: '7' },
    CHATWOOT_WEBHOOK_SECRET: '0123456789abcdef',
  };
  expect(readChatwootSettings({})).toBeUndefined();
  expect(readChatwootSettings(whole)).toEqual({
    ...{ url: 'https://chat.example', token: 't', account: 3, inbox: 7, secret: '0123456789abcdef' },
  });
  expect(() => readChatwootSettings({ ...whole, CHATWOOT_TOKEN: '' })).toThrow('half set up: CHATWOOT_TOKEN');
  for (const [name, value] of [
    ['CHATWOOT_URL', 'chat'],
    ['CHATWOOT_INBOX', 'seven'],
    ['CHATWOOT_WEBHOOK_SECRET', 'short'],
  ]) {
    const read = () => readChatwootSettings({ ...whole, [name!]: value });
    expect(read).toThrow(name!);
    expect(read).not.toThrow(`${value}:`);
  }
});
