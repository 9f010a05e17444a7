import { expect, test } from 'vitest';
import { PAGE_POLICY } from '../../embedded/html-page.ts';
import type { MailMessage } from '../../embedded/mailbox.ts';
import { mailboxPage, messagePage } from '../../embedded/mailbox-page.ts';

const EVIL = `"><script>alert(1)</script><img src=x onerror='alert(1)'>`;

const mail = (change: Partial<MailMessage> = {}): MailMessage => ({
  id: 'one',
  to: ['mika@example.com'],
  from: 'Shop <hello@shop.example>',
  subject: 'Welcome',
  headers: {},
  text: '',
  html: '',
  at: Date.UTC(2026, 10, 20, 9, 30),
  ...change,
});

test('nothing of a mail becomes HTML of the pages', () => {
  const evil = { id: EVIL, to: [EVIL], from: EVIL, subject: EVIL, text: EVIL, html: EVIL, headers: { [EVIL]: EVIL } };
  for (const page of [mailboxPage([mail(evil)]), messagePage(mail(evil))]) {
    expect(page).not.toContain('<script');
    expect(page).not.toContain('<img');
  }
});

test("a mail's HTML stands in a frame that may do nothing", () => {
  const page = messagePage(mail({ html: '<p title="a">Hello & welcome</p>' }));
  expect(page).toContain('<iframe sandbox=""');
  expect(page).toContain('srcdoc="&#60;p title=&#34;a&#34;&#62;Hello &#38; welcome&#60;/p&#62;"');
  expect(PAGE_POLICY).toContain("default-src 'none'");
});

test('the links of a mail stand below it once, and only those of the web', () => {
  const page = messagePage(
    mail({
      html: `<a href="https://shop.example/u/1?a=1&amp;b=2">x</a> <A class=b HREF='https://shop.example/u/1?a=1&b=2'>y</A>
        <a href="javascript:alert(1)">z</a> <a href="mailto:a@b.example">m</a>`,
    }),
  );
  expect([...page.matchAll(/<a rel="noreferrer" href="([^"]*)"/g)].map((match) => match[1])).toEqual([
    'https://shop.example/u/1?a=1&#38;b=2',
  ]);
});

test('both pages say language, width and colours for the eyes and screens of all', () => {
  for (const page of [mailboxPage([]), messagePage(mail())]) {
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(page).toContain('color-scheme: light dark');
  }
});

test('an empty mailbox says so, and a mail without a subject can be opened', () => {
  expect(mailboxPage([])).toContain('No mail yet');
  expect(mailboxPage([mail({ subject: '' })])).toContain('(no subject)');
});
