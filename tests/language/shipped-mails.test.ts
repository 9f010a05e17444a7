// The mails of the shipped journeys as customers get them: nothing left over from a template, readable in the dark and as
// plain text, with what the law asks for. How wide they are is seen in a browser (tests/browser/mails.test.ts).
import { beforeAll, expect, test } from 'vitest';
import { linksIn } from '../../activities/channels/email-links.ts';
import { type ShippedMail, shippedMails } from './shipped-mails.ts';

let mails: ShippedMail[];
beforeAll(async () => {
  mails = await shippedMails();
});

/** Names of those of which it is not so. */
const without = (holds: (mail: ShippedMail) => boolean) => mails.filter((mail) => !holds(mail)).map(({ name }) => name);

test('there are as many as there are messages, languages and fillings', () => {
  const messages = new Set(mails.map(({ message }) => message));
  expect(messages.size).toBeGreaterThan(20);
  const all = new Set(mails.map(({ name }) => name));
  expect(all.size).toBe(messages.size * 2 * 2);
});

test('nothing is left over from a template', () => {
  const leftover = /\{\{|\}\}|\{%|%\}|undefined|null|NaN|\[object/;
  expect(without(({ rendered: { subject, html, text } }) => !leftover.test(`${subject}${html}${text}`))).toEqual([]);
});

test('there is no gap where something is not known, and no list of nothing', () => {
  const gap = /\S[ ]{2,}\S|　{2,}|「」|“”|（）|\(\)| [,.。、]/;
  expect(without(({ rendered: { subject, text } }) => !gap.test(`${subject}\n${text}`))).toEqual([]);
  expect(without(({ rendered: { html } }) => !/<ul>\s*<\/ul>|<p>\s*<\/p>/.test(html))).toEqual([]);
});

test('a subject fits into the inbox’s line, and a preheader goes on where it ends', () => {
  expect(without(({ rendered }) => [...rendered.subject].length <= 60)).toEqual([]);
  expect(
    without(({ rendered, preheader }) => {
      const shown = /display:none[^>]*>([^<&]*)/.exec(rendered.html)?.[1]?.trim() ?? '';
      return preheader !== undefined && shown.length >= 8 && shown !== rendered.subject;
    }),
  ).toEqual([]);
});

test('every link leads somewhere, and stands in the text part as often as in the mail', () => {
  const wrong = mails.flatMap(({ name, rendered: { html, text } }) => {
    const links = linksIn(html);
    return links.flatMap((link) => {
      const address = link.replace(/^mailto:/, '');
      const [inMail, inText] = [
        links.filter((one) => one === link).length,
        text.split(shownIn(text, address)).length - 1,
      ];
      const isAddress = /^(https:\/\/|mailto:)\S+$/.test(link);
      return isAddress && inText >= 1 && (link.startsWith('mailto:') || inText === inMail) ? [] : [`${name}: ${link}`];
    });
  });
  expect(wrong).toEqual([]);
});

/** An address in brackets, so that one that begins like another is not counted with it. */
function shownIn(text: string, address: string): string {
  return text.includes(`<${address}>`) ? `<${address}>` : address;
}

test('they say that they can be dark, and have the styles for it', () => {
  expect(without(({ rendered: { html } }) => html.includes('<meta name="color-scheme" content="light dark">'))).toEqual(
    [],
  );
  expect(
    without(({ rendered: { html } }) =>
      ['@media (prefers-color-scheme: dark)', 'tabiji-page', 'tabiji-sheet', 'tabiji-body'].every((part) =>
        html.includes(part),
      ),
    ),
  ).toEqual([]);
});

test('every image has an alternative text', () => {
  expect(
    without(({ rendered: { html } }) => [...html.matchAll(/<img\b[^>]*>/g)].every(([tag]) => /\balt="/.test(tag))),
  ).toEqual([]);
});

test('who sends it, from where and whom to ask stands in each; how to stop it in those that sell', () => {
  const brand = ['旅路商店', '〒000-0000 東京都架空区見本町1-2-3 旅路ビル', 'support@shop.example'];
  expect(without(({ rendered: { text } }) => brand.every((part) => text.includes(part)))).toEqual([]);
  expect(without(({ isMarketing, rendered: { text } }) => text.includes('/u/1.stop') === isMarketing)).toEqual([]);
  const asksBefore = new Set(mails.filter(({ isMarketing }) => !isMarketing).map(({ message }) => message));
  expect([...asksBefore].sort()).toEqual([
    ...['care-pottery', 'care-tea', 'confirm-subscription', 'order-delayed', 'order-shipped', 'order-thanks'],
  ]);
});

test('Japanese readers are addressed, and politely', () => {
  const japanese = mails.filter(({ locale }) => locale === 'ja');
  const addressed = japanese.filter(({ message }) => message !== 'confirm-subscription');
  const name = (mail: ShippedMail) => (mail.name.endsWith('all known') ? '旅野 様' : 'お客さま');
  expect(addressed.filter((mail) => !mail.rendered.text.includes(name(mail))).map((mail) => mail.name)).toEqual([]);
  // Sentences that end in the plain form; fragments end in a noun or a particle.
  const plain = /(?:だ|である|する|(?<!ま)した|ない|いる|なる|なった|あった|くれ)。/;
  expect(japanese.filter(({ rendered }) => plain.test(rendered.text)).map((mail) => mail.name)).toEqual([]);
});

test('English readers get no Japanese but the shop’s own name and address', () => {
  const shops = /旅路商店|〒000-0000 東京都架空区見本町1-2-3 旅路ビル/g;
  const english = mails.filter(({ locale }) => locale === 'en');
  const mixed = english.filter(({ rendered }) =>
    /[぀-ヿ一-鿿]/.test(`${rendered.subject}${rendered.text}`.replace(shops, '')),
  );
  expect(mixed.map(({ name }) => name)).toEqual([]);
});
