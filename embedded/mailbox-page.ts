// The mailbox as pages: the list, and one mail. A mail's HTML is shown in a frame that may neither run nor load code.
// The frame's links do nothing, so they stand below it as plain links.
import { escapeHtml, htmlPage } from './html-page.ts';
import type { MailMessage } from './mailbox.ts';

/** The list, in the order given. */
export function mailboxPage(messages: MailMessage[]): string {
  const rows = messages.map(
    (mail) => `<li><a href="/mailbox/messages/${encodeURIComponent(mail.id)}">
<b>${escapeHtml(mail.subject || '(no subject)')}</b>
<span>to ${escapeHtml(mail.to.join(', '))} · from ${escapeHtml(mail.from)} · ${moment(mail.at)}</span></a></li>`,
  );
  const empty = '<p>No mail yet. Everything that is sent while the local mailbox is in use appears here.</p>';
  return htmlPage('Mailbox', `<h1>Mailbox</h1>\n${rows.length ? `<ul>\n${rows.join('\n')}\n</ul>` : empty}`);
}

/** One mail: who, the HTML, its links, the text, all headers. */
export function messagePage(mail: MailMessage): string {
  const subject = mail.subject || '(no subject)';
  const parts = [
    '<p><a href="/mailbox">Mailbox</a></p>',
    `<h1>${escapeHtml(subject)}</h1>`,
    pairs([
      ['To', mail.to.join(', ')],
      ['From', mail.from],
    ]).replace('</dl>', `<dt>At</dt><dd>${moment(mail.at)}</dd></dl>`),
    mail.html && `<iframe sandbox="" title="The mail as HTML" srcdoc="${escapeHtml(mail.html)}"></iframe>`,
    linkList(mail.html),
    mail.text && `<h2>Text</h2>\n<pre>${escapeHtml(mail.text)}</pre>`,
    `<details><summary>Headers</summary>\n${pairs(headerPairs(mail))}\n</details>`,
  ];
  return htmlPage(subject, parts.filter(Boolean).join('\n'));
}

/** The page for an id that is not, or no longer, in the mailbox. */
export function noMessagePage(): string {
  return htmlPage(
    'No such mail',
    '<h1>No such mail</h1>\n<p>It is not <a href="/mailbox">in the mailbox</a> any more.</p>',
  );
}

function headerPairs(mail: MailMessage): [string, string][] {
  return Object.entries(mail.headers).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
}

function pairs(rows: [string, string][]): string {
  return `<dl>${rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
}

function linkList(html: string): string {
  const links = [...html.matchAll(/<a\b[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)]
    .map((match) => (match[1] ?? match[2] ?? '').replaceAll('&amp;', '&').trim())
    .filter((link) => /^https?:\/\//i.test(link));
  const items = [...new Set(links)].map(
    (link) => `<li><a rel="noreferrer" href="${escapeHtml(link)}">${escapeHtml(link)}</a></li>`,
  );
  return items.length ? `<h2>Links</h2>\n<ul>\n${items.join('\n')}\n</ul>` : '';
}

function moment(at: number): string {
  const iso = new Date(at).toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}
