// Devices for push messages over HTTP: who may speak for whom, what a subscription must look like, and the service worker.
import { createECDH, randomBytes } from 'node:crypto';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { keys, serverUnderTest } from './server-under-test.ts';

const path = '/v1/push-subscriptions';
const vapidPublicKey = 'our-public-key';
const browser = {
  endpoint: 'https://push.example/send/abc',
  expirationTime: null,
  keys: {
    p256dh: createECDH('prime256v1').generateKeys('base64url'),
    auth: randomBytes(16).toString('base64url'),
  },
};

describe('POST /v1/push-subscriptions', () => {
  it('takes what a browser gives, for its own visitor, and notes the key that it was made with', async () => {
    const { post, subscribed } = serverUnderTest({ vapidPublicKey });
    const answer = await post(path, { anonymousId: 'a1', subscription: browser }, keys.browser);
    expect([answer.status, answer.json]).toEqual([200, { status: 'subscribed' }]);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    const { endpoint } = browser;
    const kept = { kind: 'webpush', endpoint, keys: { ...browser.keys, vapid: vapidPublicKey } };
    expect(subscribed).toEqual([{ anonymousId: 'a1', ...kept }]);
  });

  it('takes an app by its token, and a user by the write key of the server', async () => {
    const { post, subscribed } = serverUnderTest();
    expect((await post(path, { userId: 'u1', fcmToken: 'token:1' })).status).toBe(200);
    expect(subscribed).toEqual([{ userId: 'u1', kind: 'fcm', endpoint: 'token:1', keys: {} }]);
  });

  it.each([
    [{ userId: 'u1', subscription: browser }, keys.browser, 403],
    [{ anonymousId: 'a1', subscription: browser }, keys.support, 403],
    [{ anonymousId: 'a1', subscription: browser }, null, 401],
    [{ anonymousId: 'a1', subscription: browser }, 'no such key', 401],
  ])('%j with the key %s is refused (%i)', async (body, key, status) => {
    const { post, subscribed } = serverUnderTest({ vapidPublicKey });
    expect((await post(path, body, key)).status).toBe(status);
    expect(subscribed).toEqual([]);
  });

  it.each<[object, string]>([
    [{ subscription: browser }, 'userId or anonymousId must be there'],
    [{ anonymousId: 'a', userId: 'u', subscription: browser }, 'not both'],
    [{ anonymousId: 'a' }, 'subscription or fcmToken must be there'],
    [{ anonymousId: 'a', subscription: browser, fcmToken: 't' }, 'not both'],
    [{ anonymousId: 'a', subscription: { ...browser, endpoint: 'http://push.example/' } }, 'must be an https address'],
    [{ anonymousId: 'a', subscription: { ...browser, endpoint: `https://push.example/${'x'.repeat(2048)}` } }, '2048'],
    [{ anonymousId: 'a', subscription: { ...browser, keys: { ...browser.keys, auth: 'AAAA' } } }, '16 bytes'],
    [{ anonymousId: 'a', subscription: { ...browser, keys: { p256dh: '<b>', auth: '' } } }, '65 bytes'],
    [{ anonymousId: 'a', fcmToken: 'two words' }, 'must be a token'],
    [{ anonymousId: 'x'.repeat(300), fcmToken: 't' }, 'at most 256 characters'],
  ])('%j is refused: %s', async (body, sentence) => {
    const { post, subscribed } = serverUnderTest({ vapidPublicKey });
    const answer = await post(path, body);
    expect([answer.status, answer.json.error.code]).toEqual([400, 'invalid']);
    expect(answer.json.error.message).toContain(sentence);
    expect(subscribed).toEqual([]);
  });

  it('is refused above 8 KB, and where push to browsers is not set up', async () => {
    const { post, get } = serverUnderTest();
    const large = { anonymousId: 'a', subscription: browser, more: 'x'.repeat(9000) };
    expect((await post(path, large)).status).toBe(413);
    const answer = await post(path, { anonymousId: 'a', subscription: browser });
    expect([answer.status, answer.json.error.message]).toEqual([
      404,
      'push to browsers is not set up; set TABIJI_VAPID_PUBLIC_KEY',
    ]);
    expect((await get(`${path}/key`)).status).toBe(404);
  });
});

it('DELETE lets go of the own device only', async () => {
  const { app, post, subscribed } = serverUnderTest({ vapidPublicKey });
  await post(path, { anonymousId: 'a1', subscription: browser }, keys.browser);
  const drop = async (anonymousId: string) => {
    const headers = { authorization: `Bearer ${keys.browser}` };
    const payload = { anonymousId, endpoint: browser.endpoint };
    return (await app.inject({ method: 'DELETE', url: path, headers, payload })).json();
  };
  expect(await drop('a2')).toEqual({ status: 'unchanged' });
  expect(subscribed).toHaveLength(1);
  expect(await drop('a1')).toEqual({ status: 'unsubscribed' });
  expect(subscribed).toEqual([]);
});

it('a page of another origin may ask for the key, subscribe and unsubscribe', async () => {
  const { app, get } = serverUnderTest({ vapidPublicKey });
  expect((await get(`${path}/key`)).json).toEqual({ key: vapidPublicKey });
  const preflight = await app.inject({ method: 'OPTIONS', url: path, headers: { origin: 'https://shop.example' } });
  expect(preflight.statusCode).toBe(204);
  expect(preflight.headers['access-control-allow-methods']).toContain('DELETE');
});

describe('the service worker', () => {
  interface Shown {
    title: string;
    options: { body: string; image?: string; tag: string; data: object; actions: { action: string; title: string }[] };
  }

  async function worker() {
    const { get } = serverUnderTest();
    const answer = await get('/push-sw.js');
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
    const listeners = new Map<string, (event: object) => void>();
    const shown: Shown[] = [];
    const opened: string[] = [];
    const self = {
      addEventListener: (name: string, listener: (event: object) => void) => listeners.set(name, listener),
      registration: {
        showNotification: async (title: string, options: Shown['options']) => shown.push({ title, options }),
      },
      clients: { matchAll: async () => [], openWindow: async (url: string) => opened.push(url) },
    };
    vm.runInNewContext(answer.text, { self });
    const fire = async (name: string, event: object) => {
      const waits: Promise<unknown>[] = [];
      listeners.get(name)!({ ...event, waitUntil: (wait: Promise<unknown>) => waits.push(wait) });
      await Promise.all(waits);
    };
    const push = (data: unknown) => fire('push', { data: { json: () => data } });
    const click = (action = '') =>
      fire('notificationclick', { action, notification: { close: () => {}, data: shown[0]!.options.data } });
    return { shown, opened, push, click, fire };
  }

  const message = {
    ...{ tag: 't', title: '<b>お忘れもの</b>', body: 'カート', url: 'https://shop.example/cart', image: null },
    answers: [
      { answer: 'yes', label: 'はい', url: 'https://shop.example/a/1' },
      { answer: 'no', label: 'いいえ', url: 'https://shop.example/a/2' },
      { answer: 'bad', label: '!', url: 'javascript:alert(1)' },
    ],
  };

  it('shows a message with two of its answers as buttons, and markup as the text that it is', async () => {
    const { shown, push } = await worker();
    await push(message);
    expect(shown[0]).toMatchObject({ title: '<b>お忘れもの</b>', options: { body: 'カート', tag: 't' } });
    expect(shown[0]!.options.actions.map(({ action }) => action)).toEqual(['yes', 'no']);
  });

  it('opens what the message leads to, or what the button does', async () => {
    const { opened, push, click } = await worker();
    await push(message);
    await click();
    await click('no');
    expect(opened).toEqual(['https://shop.example/cart', 'https://shop.example/a/2']);
  });

  it('opens nothing but web addresses', async () => {
    const { opened, push, click } = await worker();
    await push({ ...message, url: 'javascript:alert(1)' });
    await click();
    await click('bad');
    expect(opened).toEqual([]);
  });

  it('shows something even for what it cannot read, as browsers demand, and leaves others alone', async () => {
    const { shown, opened, fire } = await worker();
    const json = () => {
      throw new Error('no JSON');
    };
    await fire('push', { data: { json } });
    expect(shown).toHaveLength(1);
    const notification = { data: { url: 'https://other.example' }, close: () => opened.push('closed') };
    await fire('notificationclick', { action: '', notification });
    expect(opened).toEqual([]);
  });
});
