// Links that are counted: which of a mail's links they are, that nothing else of it changes, and where each leads.
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it, test } from 'vitest';
import { composeMail } from '../../activities/channels/email-bytes.ts';
import { linksIn, targetOf, withTracking } from '../../activities/channels/email-links.ts';
import { trackingUrls } from '../../server/tracking-token.ts';
import { message } from './contract.ts';

const own = ['https://t.example/u/'];
const site = 'https://www.a.example/shop';
const link = (n: number) => `https://t.example/c/${n}`;

describe('the links of a mail', () => {
  test.each([
    ['<a href="https://a.example/?x=1&amp;y=2">x</a>', ['https://a.example/?x=1&y=2']],
    ["<A class=b HREF = 'https://a.example/'>x</A>", ['https://a.example/']],
    ['<a href=https://a.example/>x</a>', ['https://a.example/']],
    ['<a href>x</a><a>y</a><a href="">z</a>', ['', '']],
    ['<area href="https://a.example/"><img href="https://b.example/">', ['https://a.example/']],
    ['<!-- <a href="https://a.example/"> --><style>a[href="x"]{}</style>', []],
    ['<a data-href="https://a.example/">', []],
    ['&lt;a href="https://a.example/"&gt;', []],
    ['<a title="<a href=https://b.example>" href="https://a.example/">', ['https://a.example/']],
  ])('in %s are %j', (html, links) => {
    expect(linksIn(html)).toEqual(links);
  });
});

describe('counted', () => {
  it('are those that lead to a page of the web, but for our own', () => {
    const html = [
      '<a href="https://a.example/?x=1&amp;y=2" class="b">1</a>',
      '<a href="mailto:hello@shop.example">2</a><a href="tel:+81">3</a><a href="#top">4</a><a href="/cart">5</a>',
      '<a href="javascript:alert(1)">6</a><a href="https://t.example/u/token">7</a><a href=\' HTTPS://b.A.example \'>8</a><a href="https://evil.example/a.example">9</a><a href="https://nota.example">10</a>',
    ].join('');
    const changed = withTracking(html, { link, own, site });
    expect(linksIn(changed)).toEqual([
      ...['https://t.example/c/0', 'mailto:hello@shop.example', 'tel:+81', '#top', '/cart'],
      ...['javascript:alert(1)', 'https://t.example/u/token', 'https://t.example/c/7'],
      ...['https://evil.example/a.example', 'https://nota.example'],
    ]);
    expect(changed).toContain('<a href="https://t.example/c/0" class="b">1</a>');
  });

  it('leave everything else as it is', () => {
    const html = '<!doctype html>\r\n<p STYLE=\'a:"b"\'>旅 &amp; &nbsp;<br/><a href="https://a.example">x</a>\t</p><';
    expect(withTracking(html, { link, own, site }).replace('https://t.example/c/0', 'https://a.example')).toBe(html);
    expect(withTracking(html, { own, site })).toBe(html);
  });

  it('are found whatever stands between them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('<a href="https://a.example/x">', '"', '>', '<!--', '</'))),
        (parts) => {
          const html = parts.join('');
          const changed = withTracking(html, { link, own: [], site });
          const before = linksIn(html);
          expect(linksIn(changed)).toEqual(before.map((href, n) => (href === 'https://a.example/x' ? link(n) : href)));
        },
      ),
    );
  });

  it('has an image that nobody sees at its end', () => {
    const pixel = 'https://t.example/o/1?a=1&b=2';
    const image = '<img src="https://t.example/o/1?a=1&amp;b=2" width="1" height="1" alt="" style="border:0">';
    expect(withTracking('<body><p>x</p></BODY></html>', { pixel, own, site })).toBe(
      `<body><p>x</p>${image}</BODY></html>`,
    );
    expect(withTracking('<p>x</p>', { pixel, own, site })).toBe(`<p>x</p>${image}`);
  });
});

test.each([
  ['<a href="https://a.example/?x=1&amp;y=旅">', 0, 'https://a.example/?x=1&y=%E6%97%85'],
  ['<a href="https://a.example">', 1, null],
  ['<a href="javascript:alert(1)">', 0, null],
  ['<a href="data:text/html,x">', 0, null],
  ['<a href="//evil.example">', 0, null],
  ['<a href="https://a.example/\r\nSet-Cookie:x">', 0, 'https://a.example/Set-Cookie:x'],
])('of %s link %i leads to %s', (html, n, target) => {
  expect(targetOf(html, n)).toBe(target);
});

describe('a mail', () => {
  const key = '0190a5c0-7f00-7000-8000-000000000001/3';
  const tracking = trackingUrls('a secret of the shop', 'https://t.example/tabiji/');
  const unsubscribeUrl = 'https://t.example/tabiji/u/1.abc';
  const html = `<a href="https://a.example/">x</a><a href="${unsubscribeUrl}">stop</a>`;
  async function htmlOf(said: { opens: boolean; clicks: boolean } | undefined, options: object = { tracking }) {
    const outbound = {
      ...message,
      key,
      unsubscribeUrl,
      rendered: { ...message.rendered, html },
      tracking: said && { ...said, site },
    };
    const composed = await composeMail(outbound, 'a@shop.example', 0, options);
    if (!composed.ok) throw new Error(composed.outcome.kind);
    return (await PostalMime.parse(composed.mail.bytes)).html!.trim();
  }

  it('is counted as the settings say', async () => {
    const clicks = await htmlOf({ opens: false, clicks: true });
    expect(linksIn(clicks)).toEqual([
      expect.stringMatching(/^https:\/\/t\.example\/tabiji\/c\/0190a5c0-.{27}\.3~0~[\w-]{22}$/),
      unsubscribeUrl,
    ]);
    expect(clicks).not.toContain('<img');
    const opens = await htmlOf({ opens: true, clicks: false });
    expect(linksIn(opens)).toEqual(linksIn(html));
    expect(opens).toMatch(/<img src="https:\/\/t\.example\/tabiji\/o\/0190a5c0-.{27}\.3~[\w-]{22}"/);
  });

  it('is as it was rendered where nothing is counted', async () => {
    expect(await htmlOf(undefined)).toBe(html);
    expect(await htmlOf({ opens: false, clicks: false })).toBe(html);
    expect(await htmlOf({ opens: true, clicks: true }, {})).toBe(html);
  });
});
