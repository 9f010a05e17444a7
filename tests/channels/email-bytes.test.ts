// The mail itself: headers, parts, Japanese, and what input can do to it.
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { composeMail } from '../../activities/channels/email-bytes.ts';
import type { Outbound } from '../../engine/channel.ts';
import type { Rendered } from '../../engine/core/content.ts';
import { message } from './contract.ts';

const from = '旅路商店 <hello@shop.example>';
const date = Date.UTC(2026, 10, 21, 9, 30);

async function mailOf(change: Partial<Outbound> = {}, rendered: Partial<Rendered> = {}) {
  const composed = await composeMail(
    { ...message, ...change, rendered: { ...message.rendered, ...rendered } },
    from,
    date,
  );
  if (!composed.ok) throw new Error(JSON.stringify(composed.outcome));
  return composed.mail;
}

async function outcomeOf(change: Partial<Outbound> = {}, rendered: Partial<Rendered> = {}, sender = from) {
  const outbound = { ...message, ...change, rendered: { ...message.rendered, ...rendered } };
  const composed = await composeMail(outbound, sender, date);
  return composed.ok ? 'composed' : composed.outcome;
}

const headersOf = (bytes: Buffer) => bytes.toString().split('\r\n\r\n')[0]!;

describe('a composed mail', () => {
  it('carries Japanese sender, subject and both parts', async () => {
    const parsed = await PostalMime.parse((await mailOf()).bytes);
    expect(parsed.from).toMatchObject({ name: '旅路商店', address: 'hello@shop.example' });
    expect(parsed.subject).toBe(message.rendered.subject);
    expect(parsed.text?.trim()).toBe(message.rendered.text);
    expect(parsed.html?.trim()).toBe(message.rendered.html);
    expect(parsed.date).toBe('2026-11-21T09:30:00.000Z');
  });

  it('derives its Message-ID from the key alone, in the domain of the sender', async () => {
    const id = async (key: string) => (await PostalMime.parse((await mailOf({ key })).bytes)).messageId;
    expect(await id('e1/1')).toBe('<e1.1@shop.example>');
    expect(await id('e1/1')).toBe(await id('e1/1'));
    expect(await id('e1/2')).not.toBe(await id('e1/1'));
  });

  it('has one List-Unsubscribe and its Post header (RFC 8058)', async () => {
    const url = `https://shop.example/u/${'x'.repeat(200)}`;
    const headers = headersOf((await mailOf({ unsubscribeUrl: url })).bytes);
    expect(headers.match(/^List-Unsubscribe:.*$/gm)).toEqual([`List-Unsubscribe: <${url}>`]);
    expect(headers).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  });

  it('has neither when it is transactional', async () => {
    expect(headersOf((await mailOf({ unsubscribeUrl: null })).bytes)).not.toMatch(/^List-/m);
  });

  it('has no line longer than a server must take (RFC 5321 §4.5.3.1.6)', async () => {
    const { bytes } = await mailOf({}, { html: '長'.repeat(50_000), subject: '長い件名'.repeat(100) });
    expect(
      Math.max(
        ...bytes
          .toString()
          .split('\r\n')
          .map((line) => line.length),
      ),
    ).toBeLessThan(998);
  });

  it('is not made of a short message', async () => {
    const rendered = { title: 'お忘れもの', body: 'カートに商品が残っています', url: null, image: null, locale: 'ja' };
    const composed = await composeMail({ ...message, rendered }, from, date);
    expect(composed).toEqual({ ok: false, outcome: { kind: 'message_rejected', code: 'not_a_mail' } });
  });

  it('takes the sender that the message names', async () => {
    const mail = await mailOf({}, { from: 'VIP <vip@shop.example>' });
    expect(mail.envelope.from).toBe('vip@shop.example');
  });

  it('keeps line breaks in a subject from becoming headers', async () => {
    const headers = headersOf((await mailOf({}, { subject: 'Hi\r\nBcc: thief@evil.example\n\nbody' })).bytes);
    expect(headers).not.toMatch(/^Bcc/m);
    expect(headers).toContain('Subject: Hi Bcc: thief@evil.example body');
  });
});

describe('addresses', () => {
  it.each([
    ['a..b@docomo.ne.jp', '"a..b"@docomo.ne.jp'],
    ['a.@docomo.ne.jp', '"a."@docomo.ne.jp'],
    ["o'hara+tag@example.com", "o'hara+tag@example.com"],
    ['taro@例え.jp', 'taro@xn--r8jz45g.jp'],
    ['dev@localhost', 'dev@localhost'],
  ])('%s goes to %s', async (to, envelope) => {
    expect((await mailOf({ to })).envelope.to).toEqual([envelope]);
  });

  it.each([
    '',
    'hanako',
    '@example.com',
    'a@',
    'a b@example.com',
    'a@b@example.com',
    'a@example.com, b@example.com',
    'Hanako <a@example.com>',
    'a@example.com\r\nBcc: b@example.com',
    'a@exa mple.com',
    'a@-..com',
    `${'a'.repeat(250)}@example.com`,
  ])('%j is no address', async (to) => {
    expect(await outcomeOf({ to })).toEqual({ kind: 'recipient_gone', code: 'invalid_address' });
  });

  it.each(['', 'nobody', 'A <a@x.example>, B <b@x.example>', 'A <a@x.example>\r\nBcc: b@x.example'])(
    'a sender %j is refused: the settings are wrong, or the message is',
    async (sender) => {
      expect(await outcomeOf({}, {}, sender)).toEqual({ kind: 'config_error', code: 'invalid_from' });
      expect(await outcomeOf({}, { from: sender })).toEqual({ kind: 'message_rejected', code: 'invalid_from' });
    },
  );

  it.each(['javascript:alert(1)', 'not a url', 'mailto:a@b.example'])('%j is no unsubscribe address', async (url) => {
    expect(await outcomeOf({ unsubscribeUrl: url })).toEqual({ kind: 'config_error', code: 'invalid_unsubscribe_url' });
  });

  it('an unsubscribe address cannot end its header', async () => {
    const headers = headersOf(
      (await mailOf({ unsubscribeUrl: 'https://shop.example/u/a>\r\nBcc: b@x.example' })).bytes,
    );
    expect(headers).not.toMatch(/^Bcc/m);
  });
});
