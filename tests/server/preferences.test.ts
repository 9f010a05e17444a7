// The preference centre and the confirmation of an address: forms that change what they show, by POST alone.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Settings } from '../../engine/core/settings.ts';
import { addressHashOf, type Confirmation, confirmToken, readConfirmToken } from '../../server/confirm-token.ts';
import { unsubscribeToken } from '../../server/unsubscribe-token.ts';
import { Away, secret, serverUnderTest, start } from './server-under-test.ts';

const id = '0190a5c0-7f00-7000-8000-000000000001';
const token = unsubscribeToken(secret, { customerId: id, channel: 'email', purpose: 'marketing' });
const en = { 'accept-language': 'en' };
const form = { 'content-type': 'application/x-www-form-urlencoded', ...en };

const settings: Settings = {
  ...{ format: 1, brand: { name: 'Shop' }, timeZone: 'UTC', locale: 'en', customer: {}, events: {} },
  channels: { email: { from: 'a@shop.example' }, line: {} },
  purposes: ['marketing', 'tips'],
};
const under = (changed: Parameters<typeof serverUnderTest>[0] = {}) =>
  serverUnderTest({ catalog: async () => ({ settings, journeys: [] }), ...changed });
const all = ['email:marketing', 'email:tips', 'line:marketing', 'line:tips'];
const body = (on: string[], shown = all, save = 'choices') => {
  const fields = new URLSearchParams({ save });
  for (const one of shown) fields.append('shown', one);
  for (const one of on) fields.append('on', one);
  return fields.toString();
};
const changesOf = (consents: { channel: string; purpose: string; state: string }[]) =>
  consents.map(({ channel, purpose, state }) => `${state} ${channel}:${purpose}`);

describe('the preferences', () => {
  test.each([
    ['en', 'email: news and offers', 'line: tips', 'Save'],
    ['ja', 'メール: お知らせ・ご案内', 'LINE: tips', '設定を保存する'],
  ])('stand below the unsubscribe button, in %s, ticked as they are', async (language, granted, other, save) => {
    const { get, consents } = under();
    const { text } = await get(`/u/${token}`, null, { 'accept-language': language });
    expect(text).toContain('<form method="post"><button>');
    expect(text.toLowerCase()).toContain(`value="email:marketing" checked> ${granted.toLowerCase()}</label>`);
    expect(text.toLowerCase()).toContain(`value="line:tips"> ${other.toLowerCase()}</label>`);
    expect(text).toContain(save);
    expect(consents).toEqual([]);
  });

  test('are saved: what is ticked is granted, what is not is withdrawn, what stands so already is left', async () => {
    const { post, consents } = under();
    const answer = await post(`/u/${token}`, body(['line:tips', 'line:marketing']), null, form);
    expect(answer.text).toContain('Your preferences are saved');
    expect(changesOf(consents)).toEqual(['withdrawn email:marketing', 'granted line:marketing', 'granted line:tips']);
    expect(consents[0]).toMatchObject({
      customer: { id },
      at: start,
      source: 'preferences',
      evidence: { how: 'preference page' },
    });
  });

  test('change nothing that was not shown', async () => {
    const { post, consents } = under();
    await post(
      `/u/${token}`,
      body(['email:tips', 'sms:marketing', 'email:admin'], ['line:tips', 'sms:marketing']),
      null,
      form,
    );
    expect(consents).toEqual([]);
  });

  test('are all ended with one button, whatever is ticked', async () => {
    const { post, consents, grants } = under();
    grants.push({ channel: 'line', purpose: 'tips' });
    await post(`/u/${token}`, body(all, all, 'stop'), null, form);
    expect(changesOf(consents)).toEqual(['withdrawn email:marketing', 'withdrawn line:tips']);
  });

  test.each(['', 'List-Unsubscribe=One-Click', 'on=line:tips&shown=line:tips', '\u0000', '{"save":"choices"}'])(
    'are not what %j means: that unsubscribes',
    async (sent) => {
      const { post, consents } = under();
      const answer = await post(`/u/${token}`, sent, null, form);
      expect(answer.text).toContain('You are unsubscribed');
      expect(changesOf(consents)).toEqual(['withdrawn email:marketing']);
    },
  );

  test('are not shown of somebody who is gone, nor while the database is away; the button is', async () => {
    const gone = unsubscribeToken(secret, { customerId: 'gone', channel: 'email', purpose: 'marketing' });
    expect((await under().get(`/u/${gone}`, null, en)).text).not.toContain('checkbox');
    const away = under({ catalog: async () => Promise.reject(new Away()) });
    const { status, text } = await away.get(`/u/${token}`, null, en);
    expect([status, text.includes('checkbox'), text.includes('<button>Unsubscribe</button>')]).toEqual([
      200,
      false,
      true,
    ]);
  });

  test('that could not be saved say so', async () => {
    const { post } = under({ recordConsent: async () => Promise.reject(new Away()) });
    const answer = await post(`/u/${token}`, body([]), null, form);
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2']);
  });

  test('are text, whatever the settings call them', async () => {
    const odd = { ...settings, purposes: ['"><script>alert(1)</script>'] };
    const { get } = under({ catalog: async () => ({ settings: odd, journeys: [] }) });
    expect((await get(`/u/${token}`, null, en)).text).not.toContain('<script>');
  });
});

describe('a confirmation', () => {
  const day = 86_400_000;
  const asked: Confirmation = {
    ...{ customerId: id, channel: 'email', purpose: 'marketing', expiresAt: start + day },
    addressHash: addressHashOf(secret, 'A@Example.com'),
  };
  const link = confirmToken(secret, asked);

  test('holds what it was made for, and no address', () => {
    const word = fc.string({ unit: 'binary', maxLength: 100 });
    fc.assert(
      fc.property(word, word, word, fc.integer({ min: 0 }), (customerId, channel, purpose, expiresAt) => {
        const said = { customerId, channel, purpose, addressHash: 'x', expiresAt };
        expect(readConfirmToken(secret, confirmToken(secret, said))).toEqual(said);
      }),
    );
    expect(Buffer.from(link.split('.')[1]!, 'base64url').toString()).not.toContain('@');
  });

  test('cannot be forged, nor made of a link that unsubscribes', () => {
    for (let i = 2; i < link.length - 1; i++) {
      const other = link[i] === 'A' ? 'B' : 'A';
      expect(readConfirmToken(secret, link.slice(0, i) + other + link.slice(i + 1))).toBeNull();
    }
    expect(readConfirmToken(secret, token.replace(/^1/, '2'))).toBeNull();
    expect(readConfirmToken('another secret', link)).toBeNull();
  });

  test('is asked for on a page: opening the link grants nothing', async () => {
    const { get, consents } = under();
    const answer = await get(`/u/${link}`, null, en);
    expect(answer.text).toContain('<form method="post"><button>Yes, send it to me</button></form>');
    expect(consents).toEqual([]);
  });

  test('grants by the button, and may be pressed twice', async () => {
    const { post, consents, wakes } = under();
    for (let times = 0; times < 2; times++)
      expect((await post(`/u/${link}`, '', null, form)).text).toContain('You are subscribed');
    expect(changesOf(consents)).toEqual(['granted email:marketing', 'granted email:marketing']);
    expect(consents[0]).toMatchObject({
      source: 'confirmation',
      evidence: { how: 'link in a message to this address' },
    });
    expect(wakes()).toBe(2);
  });

  test.each([
    ['has expired', { expiresAt: start - 1 }],
    ['is for an address that is no longer theirs', { addressHash: addressHashOf(secret, 'b@example.com') }],
    ['is of somebody who is gone', { customerId: 'gone' }],
  ])('that %s grants nothing', async (_why, change) => {
    const { post, consents } = under();
    const answer = await post(`/u/${confirmToken(secret, { ...asked, ...change })}`, '', null, form);
    expect([answer.status, consents]).toEqual([410, []]);
    expect(answer.text).toContain('This link has expired');
  });

  test('whose time is over is not asked for', async () => {
    const { get, clock } = under();
    clock.at = start + day + 1;
    expect((await get(`/u/${link}`, null, en)).status).toBe(410);
  });
});
