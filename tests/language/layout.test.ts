// The default mail layout: the legal parts of a marketing mail, none of its words in a transactional one.
import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../engine/core/schema.ts';
import { renderTemplate } from '../../engine/render.ts';
import { applyLayout } from '../../language/layout.ts';

const brand = {
  name: '旅路商店',
  url: 'https://shop.example',
  postal_address: '東京都渋谷区1-2-3',
  contact: 'support@shop.example',
};

function mail(html: string, values: JsonMap = {}, locale = 'ja', preheader?: string) {
  const template = { subject: 'お知らせ', html: applyLayout(html, locale), ...(preheader && { preheader }) };
  const { unsubscribe_url: url = 'https://shop.example/u/t', ...own } = values;
  const options = { locale, timeZone: 'Asia/Tokyo', at: 0, unsubscribeUrl: url as string | null };
  const result = renderTemplate(template, { brand, ...own }, options);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.rendered;
}

describe('a marketing mail', () => {
  it.each([
    ['ja', '配信を停止する', 'お問い合わせ'],
    ['ja-JP', '配信を停止する', 'お問い合わせ'],
    ['en-US', 'Unsubscribe', 'Contact'],
    ['fr', 'Unsubscribe', 'Contact'],
  ])('in %s shows who sends it, where from, whom to ask and how to stop it', (locale, stop, contact) => {
    const { html, text } = mail('<p>hello</p>', {}, locale);
    for (const part of [html, text]) {
      for (const shown of [
        brand.name,
        brand.postal_address,
        brand.contact,
        contact,
        stop,
        'https://shop.example/u/t',
      ]) {
        expect(part).toContain(shown);
      }
    }
    expect(html).toContain(`lang="${locale}"`);
  });
});

describe('a transactional mail', () => {
  it('shows who sends it and no way to unsubscribe', () => {
    const { html, text } = mail('<p>hello</p>', { unsubscribe_url: null });
    expect(text).toContain(brand.postal_address);
    expect(html).not.toMatch(/配信|同意|<a href=""/);
  });

  it('does without an address and a contact of the brand', () => {
    const { text } = mail('<p>hello</p>', { unsubscribe_url: null, brand: { name: 'Shop' } });
    expect(text).toBe('hello\n\nShop');
  });
});

describe('the layout', () => {
  it('goes around a document of the author, without darkening what cannot be dark', () => {
    const { html } = mail(
      '<!doctype html><html lang="und"><head><title></title></head><body class="x">hi</body></html>',
      {},
      'en',
    );
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('<title>お知らせ</title>');
    expect(html.match(/<\/body>/g)).toHaveLength(1);
    expect(html.indexOf('Unsubscribe')).toBeGreaterThan(html.indexOf('hi'));
    expect(html.indexOf('Unsubscribe')).toBeLessThan(html.indexOf('</body>'));
    expect(html).not.toContain('prefers-color-scheme');
  });

  it('shows the preheader to the inbox alone', () => {
    const { html, text } = mail('<p>hello</p>', {}, 'ja', 'もうすぐ & 終了');
    expect(html).toContain('もうすぐ &amp; 終了');
    expect(text).not.toContain('もうすぐ');
    expect(mail('<p>hello</p>').html).not.toContain('display:none');
  });

  it('takes a page or a telephone number as contact', () => {
    expect(mail('', { brand: { ...brand, contact: 'https://shop.example/help' } }).html).toContain(
      'href="https://shop.example/help"',
    );
    expect(mail('', { brand: { ...brand, contact: '03-1234-5678' } }).html).not.toContain('href="03');
  });

  it('escapes the brand', () => {
    expect(mail('', { brand: { ...brand, name: '<Shop> & Co' } }).html).toContain('&lt;Shop&gt; &amp; Co');
  });
});
