// The unsubscribe link: nobody can forge one, looking at it changes nothing, one POST ends the consent.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeHtml, pageLanguage } from '../../server/page-words.ts';
import { readUnsubscribeToken, unsubscribeToken, unsubscribeUrl } from '../../server/unsubscribe-token.ts';
import { Away, secret, serverUnderTest, start } from './server-under-test.ts';

const asked = { customerId: '0190a5c0-7f00-7000-8000-000000000001', channel: 'email', purpose: 'marketing' };
const token = unsubscribeToken(secret, asked);
const oneClick = { 'content-type': 'application/x-www-form-urlencoded' };

describe('tokens', () => {
  test('say what they were made for, whatever it is', () => {
    const word = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(word, word, word, (customerId, channel, purpose) => {
        const said = { customerId, channel, purpose };
        expect(readUnsubscribeToken(secret, unsubscribeToken(secret, said))).toEqual(said);
      }),
    );
  });

  test('are no longer valid with any character changed', () => {
    for (let i = 0; i < token.length - 1; i++) {
      const other = token[i] === 'A' ? 'B' : 'A';
      expect(readUnsubscribeToken(secret, token.slice(0, i) + other + token.slice(i + 1))).toBeNull();
    }
  });

  test('of another secret, version, customer or shape are refused', () => {
    const [version, content, signed] = token.split('.') as [string, string, string];
    const other = unsubscribeToken(secret, { ...asked, customerId: 'c2' }).split('.')[1];
    for (const forged of [
      unsubscribeToken('another secret', asked),
      `2.${content}.${signed}`,
      `${version}.${other}.${signed}`,
      `${version}.${content}.`,
      `${version}.${content}`,
      `${token}.`,
      `${token}=`,
      '',
      '1..',
    ])
      expect(readUnsubscribeToken(secret, forged)).toBeNull();
  });

  test('stand in the address as they are, and hold ids only', () => {
    const url = unsubscribeUrl(secret, 'https://shop.example/tabiji/', asked.customerId, 'email', 'marketing');
    expect(url).toBe(`https://shop.example/tabiji/u/${token}`);
    expect(encodeURI(url)).toBe(url);
  });

  test('made earlier stay valid: the format is fixed', () => {
    const made = '1.WyJjMSIsImVtYWlsIiwibWFya2V0aW5nIl0.';
    expect(unsubscribeToken('s', { customerId: 'c1', channel: 'email', purpose: 'marketing' }).startsWith(made)).toBe(
      true,
    );
  });
});

describe('GET', () => {
  test('shows a button and ends nothing', async () => {
    const { get, consents } = serverUnderTest();
    const answer = await get(`/u/${token}`, null, { 'accept-language': 'en' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.text).toContain('<form method="post"><button>Unsubscribe</button></form>');
    expect(consents).toEqual([]);
  });

  test('escapes what the settings say', async () => {
    const { get } = serverUnderTest();
    expect((await get(`/u/${token}`)).text).toContain('旅路商店 &#60;b&#62;');
    expect(escapeHtml(`<a href="x" onclick='y'>&`)).toBe('&#60;a href=&#34;x&#34; onclick=&#39;y&#39;&#62;&#38;');
    const odd = unsubscribeToken(secret, { ...asked, purpose: '<script>alert(1)</script>' });
    expect((await get(`/u/${odd}`)).text).not.toContain('<script>');
  });

  test('of a forged link is a page that says so', async () => {
    const { get, post } = serverUnderTest();
    const answer = await get(`/u/${token}x`, null, { 'accept-language': 'ja' });
    expect(answer.status).toBe(404);
    expect(answer.text).toContain('このリンクは使えません');
    expect((await post('/u/nonsense', '', null)).status).toBe(404);
  });
});

describe('POST', () => {
  test.each([
    ['one click of a mail provider', 'List-Unsubscribe=One-Click', oneClick],
    [
      'the same as multipart',
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--',
      { 'content-type': 'multipart/form-data; boundary=b' },
    ],
    ['the button of the page', '', oneClick],
    ['a body of any type', '{', { 'content-type': 'nonsense' }],
  ])('ends the consent: %s', async (_how, body, headers) => {
    const { post, consents } = serverUnderTest();
    const answer = await post(`/u/${token}`, body, null, headers);
    expect(answer.status).toBe(200);
    expect(consents).toEqual([
      {
        customer: { id: asked.customerId },
        channel: 'email',
        purpose: 'marketing',
        state: 'withdrawn',
        at: start,
        source: 'unsubscribe',
        evidence: { how: 'link in a message' },
      },
    ]);
  });

  test('of a customer who is gone is a success, too', async () => {
    const { post } = serverUnderTest({ recordConsent: async () => false });
    expect((await post(`/u/${token}`, '', null, oneClick)).status).toBe(200);
  });

  test('says aloud that it could not be recorded', async () => {
    const { post } = serverUnderTest({
      recordConsent: async () => Promise.reject(new Away()),
      catalog: async () => Promise.reject(new Away()),
    });
    const answer = await post(`/u/${token}`, '', null, { ...oneClick, 'accept-language': 'en' });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2']);
    expect(answer.text).toContain('It is not done yet');
  });

  test('with a forged link ends nothing', async () => {
    const { post, consents } = serverUnderTest();
    expect((await post(`/u/${token.slice(0, -3)}AAA`, '', null, oneClick)).status).toBe(404);
    expect(consents).toEqual([]);
  });
});

test.each([
  ['ja', 'en', 'ja'],
  ['en-US,en;q=0.9', 'ja', 'en'],
  ['fr, en;q=0.3, ja;q=0.8', 'en', 'ja'],
  ['ja;q=0, en', 'ja', 'en'],
  ['fr', 'ja', 'ja'],
  ['*', 'en', 'en'],
  [undefined, 'ja-JP', 'ja'],
  [';;;,,q=', 'de', 'en'],
])('asked for %j in a shop in %s, the page is in %s', (header, locale, language) => {
  expect(pageLanguage(header, locale)).toBe(language);
});
