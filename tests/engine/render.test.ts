// Rendering: what a marketer writes, what a customer reads, and what a hostile or careless template cannot do.
import { describe, expect, it } from 'vitest';
import type { ShortTemplate, Template } from '../../engine/core/plan.ts';
import type { JsonMap } from '../../engine/core/schema.ts';
import { liquid } from '../../engine/liquid.ts';
import { type RenderOptions, renderTemplate } from '../../engine/render.ts';
import { cpuWatch } from '../cpu.ts';

const tokyo: RenderOptions = {
  locale: 'ja',
  timeZone: 'Asia/Tokyo',
  at: Date.UTC(2026, 10, 21, 9, 30),
  unsubscribeUrl: null,
};
const newYork: RenderOptions = { ...tokyo, locale: 'en', timeZone: 'America/New_York' };

function render(template: Partial<Template>, values: JsonMap = {}, options = tokyo) {
  return renderTemplate({ subject: 'subject', html: '', ...template }, values, options);
}

function rendered(template: Partial<Template>, values: JsonMap = {}, options = tokyo) {
  const result = render(template, values, options);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.rendered;
}

const html = (source: string, values: JsonMap = {}, options = tokyo) =>
  rendered({ html: source }, values, options).html;

describe('escaping', () => {
  const values = { name: `<b>"O'Hara" & 子</b>` };

  it('happens in HTML, unless a value is marked raw', () => {
    expect(html('{{ name }}', values)).toBe('&lt;b&gt;&#34;O&#39;Hara&#34; &amp; 子&lt;/b&gt;');
    expect(html('{{ name | raw }}', values)).toBe(values.name);
  });

  it('does not happen in subject, sender and text', () => {
    const all = rendered({ subject: '{{ name }}', from: '{{ name }} <a@b.example>', text: '{{ name }}' }, values);
    expect(all.subject).toBe(values.name);
    expect(all.text).toBe(values.name);
    expect(all.from).toBe(`${values.name} <a@b.example>`);
  });

  it('a value with line breaks keeps the subject on one line', () => {
    expect(rendered({ subject: 'Hi {{ name }}!' }, { name: 'a\r\nBcc: x@y.example\u2028b' }).subject).toBe(
      'Hi a Bcc: x@y.example b!',
    );
  });
});

describe('missing values', () => {
  it('fail the message, and the failure names the place and the variable, no value', () => {
    expect(render({ html: '<p>\n{{ customer.first_name }}' }, { customer: { email: 'secret@x.example' } })).toEqual({
      ok: false,
      code: 'missing_value',
      detail: 'html, line 2, column 4: customer.first_name has no value',
    });
  });

  it('may be tested or given a default', () => {
    expect(html('{% if a.b %}x{% else %}y{% endif %}{{ a.b | default: "お客様" }}', { a: {} })).toBe('yお客様');
  });

  it('are also what objects inherit', () => {
    expect(render({ html: '{{ a.constructor }}' }, { a: {} })).toMatchObject({ ok: false, code: 'missing_value' });
    expect(render({ html: '{{ a.__proto__.x }}' }, { a: {} })).toMatchObject({ ok: false, code: 'missing_value' });
  });

  it('a nil that the author wrote is nothing, a map shows itself', () => {
    expect(html('[{{ nil }}][{{ a }}][{{ list }}]', { a: { b: 1 }, list: [1, [2]] })).toBe('[][{&#34;b&#34;:1}][12]');
  });

  it('a subject that comes out empty fails the message', () => {
    expect(render({ subject: '{% if false %}x{% endif %}' })).toMatchObject({ ok: false, code: 'empty_subject' });
  });
});

describe('dates', () => {
  const at = { at: '2026-11-21T09:30:00Z' };

  it.each<[string, string, string]>([
    ['{{ at | date }}', '2026年11月21日', 'November 21, 2026'],
    ['{{ at | date: "short" }}', '11月21日', 'November 21'],
    ['{{ at | date: "weekday" }}', '11月21日(土)', 'Sat, November 21'],
    ['{{ at | date: "time" }}', '18:30', '4:30 AM'],
    ['{{ at | date: "datetime" }}', '11月21日(土) 18:30', 'Sat, November 21 at 4:30 AM'],
    ['{{ at | date: "%Y/%m/%d(%a) %H:%M" }}', '2026/11/21(土) 18:30', '2026/11/21(Sat) 04:30'],
  ])('%s reads %s in Tokyo and %s in New York', (source, ja, en) => {
    const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
    expect(plain(html(source, at))).toBe(ja);
    expect(plain(html(source, at, newYork))).toBe(en);
  });

  it('are read as milliseconds and as seconds, too', () => {
    expect(html('{{ at | date }}', { at: Date.parse(at.at) })).toBe('2026年11月21日');
    expect(html('{{ at | date }}', { at: Date.parse(at.at) / 1000 })).toBe('2026年11月21日');
  });

  it('without an offset are shown as they are written, in every zone', () => {
    expect(html('{{ day | date: "%m/%d" }}', { day: '2026-11-21' }, newYork)).toBe('11/21');
    expect(html('{{ day | date: "%m/%d %H:%M" }}', { day: '2026-11-21T23:30' }, newYork)).toBe('11/21 23:30');
  });

  it('take "now" from the engine, not from the machine', () => {
    expect(html('{{ "now" | date: "%Y-%m-%d %H:%M" }}')).toBe('2026-11-21 18:30');
  });

  it('in a zone that there is not fail the message', () => {
    expect(render({ html: '{{ 1 | date }}' }, {}, { ...tokyo, timeZone: 'Mars/Base' })).toMatchObject({
      code: 'bad_value',
    });
  });
});

describe('numbers and money', () => {
  it.each<[string, string, string]>([
    ['{{ 12000 | money }}', '12,000円', '¥12,000'],
    ['{{ "12000.4" | money }}', '12,000円', '¥12,000'],
    ['{{ 1234.5 | money: "USD" }}', '$1,234.50', '$1,234.50'],
    ['{{ 1234567.891 | number }}', '1,234,567.891', '1,234,567.891'],
    ['{{ 3 | number: 2 }}', '3.00', '3.00'],
    ['{{ nil | money }}{{ "" | number }}{{ nil | date }}', '', ''],
  ])('%s is %s in Japanese and %s in English', (source, ja, en) => {
    expect(html(source)).toBe(ja);
    expect(html(source, {}, newYork)).toBe(en);
  });

  it.each([
    '{{ "twelve" | money }}',
    '{{ 1 | money: "yen" }}',
    '{{ 1 | number: 99 }}',
    '{{ "soon" | date }}',
    '{{ 1 | date: "pretty" }}',
  ])('%s fails the message', (source) => {
    expect(render({ html: source })).toMatchObject({ ok: false, code: 'bad_value' });
  });
});

describe('the text part', () => {
  it('is made from the HTML: links with their address, no hidden preheader, headings as they are', () => {
    const body = `<html><head><title>t</title><style>p { color: red }</style></head><body>
      <div style="display:none">{{ preheader }}&#8199;&#65279;&#847;</div>
      <h1>Hello 花子</h1><p>See <a href="https://x.example/a?b=1&amp;c=2">the cart</a>.</p>
      <a href="https://x.example/"><img src="https://x.example/i.png" alt="Shop"></a></body></html>`;
    expect(rendered({ html: body, preheader: 'psst' }).text).toBe(
      'Hello 花子\n\nSee the cart <https://x.example/a?b=1&c=2>.\n\nShop <https://x.example/>',
    );
  });

  it("is the template's own where it has one", () => {
    const template = { html: '<p>a</p>', text: '[{{ unsubscribe_url }}]' };
    expect(rendered(template, {}, { ...tokyo, unsubscribeUrl: 'https://u' }).text).toBe('[https://u]');
    expect(rendered(template).text).toBe('[]');
  });

  it('the bodies see the rendered subject and preheader', () => {
    const template = { subject: '{{ n }} left', preheader: '{{ n }}!', html: '{{ subject }}|{{ preheader }}' };
    expect(rendered(template, { n: 3 }).html).toBe('3 left|3!');
    expect(html('{{ subject }}|{{ preheader }}')).toBe('subject|');
  });
});

describe('a template that would not end, or take everything', () => {
  const doubling = (step: string) => `{% assign a = "xxxxxxxxxx" %}{% for i in (1..60) %}${step}{% endfor %}{{ a }}`;

  it.each([
    '{% for i in (1..100000000) %}x{% endfor %}',
    '{% for i in (1..3000) %}{% for j in (1..3000) %}{% endfor %}{% endfor %}',
    `{% for i in (1..3000) %}${'x'.repeat(100_000)}{% endfor %}`,
    '{% tablerow i in (1..900000000) %}{% endtablerow %}',
    doubling('{% assign a = a | append: a %}'),
    doubling('{% assign a = a | replace: "x", "xxxxxxxxxxxx" %}'),
    doubling('{% capture a %}{{ a }}{{ a }}{% endcapture %}'),
    doubling('{% capture a %}{{ a | raw }}{{ a | raw }}{% endcapture %}'),
    '{{ "now" | date: "%999999999d" }}',
    `{{ 1 }}${'x'.repeat(600_000)}`,
  ])('is stopped within bounds: %.60s', (source) => {
    const usedMs = cpuWatch();
    expect(render({ html: source })).toMatchObject({ ok: false, code: 'too_much' });
    expect(usedMs()).toBeLessThan(3_000);
  });

  it.each(['{% include "a" %}', '{% render "/etc/hostname" %}', '{% layout "a" %}', '{% if %}', '{{ 1 | nope }}'])(
    'or reads files, or is no Liquid, is refused: %s',
    (source) => {
      expect(render({ html: source })).toMatchObject({ ok: false, code: 'template' });
    },
  );

  it('HTML nested without end still gives a text part', () => {
    expect(rendered({ html: `${'<div>'.repeat(50_000)}x` }).text.length).toBeLessThan(1_000);
  });

  it('renders the same twice', () => {
    const template = { html: '{% for i in list %}{% cycle "a", "b" %}{{ i }}{% endfor %}{{ "now" | date: "%c" }}' };
    expect(rendered(template, { list: [1, 2, 3] })).toEqual(rendered(template, { list: [1, 2, 3] }));
    expect(render({ html: '{{ list | sample }}' }, { list: [1] })).toMatchObject({ code: 'template' });
  });
});

describe('the engine for the compiler', () => {
  it('lists what a template reads', () => {
    const parsed = liquid.html.parse(
      '{% if a.b %}{{ c.d[0] | money }}{% endif %}{% for x in e %}{{ x.f }}{% endfor %}',
    );
    expect(liquid.html.globalFullVariablesSync(parsed).sort()).toEqual(['a.b', 'c.d[0]', 'e']);
  });
});

describe('a short message', () => {
  const short = (template: Partial<ShortTemplate>, values: JsonMap = {}) =>
    renderTemplate({ body: 'body', ...template }, values, tokyo);

  it('is plain text: nothing in it is escaped, and nothing is markup', () => {
    const values = { name: '<b>A & B</b>', path: '/a?b=1&c=2' };
    const made = short(
      { title: '{{ name }}\n!', body: ' {{ name }}\nは ', url: 'https://shop.example{{ path }}', image: '' },
      values,
    );
    const rendered = { title: '<b>A & B</b> !', body: '<b>A & B</b>\nは', image: null, locale: 'ja' };
    expect(made).toEqual({ ok: true, rendered: { ...rendered, url: 'https://shop.example/a?b=1&c=2' } });
  });

  it('that comes out empty is not sent', () => {
    expect(short({ body: '{% if false %}x{% endif %}' })).toMatchObject({ ok: false, code: 'empty_body' });
  });

  it.each(['javascript:alert(1)', '/sale', 'https://', 'https://shop.example/a b', 'https://shop.example/"><script>'])(
    'leads nowhere but to a page of the web: %s',
    (url) => {
      for (const template of [{ url: '{{ url }}' }, { image: '{{ url }}' }])
        expect(short(template, { url })).toMatchObject({ ok: false, code: 'bad_url' });
    },
  );

  it('names the part in which a value is missing', () => {
    expect(short({ title: '{{ customer.first_name }}' }, { customer: {} })).toMatchObject({
      code: 'missing_value',
      detail: 'title, line 1, column 4: customer.first_name has no value',
    });
  });
});
