// The default mail layout, as Liquid: what the law wants to see under every mail (who sends, where from, whom to ask, how
// to stop it), readable in dark mode and on a phone. Written around a message's HTML when it is compiled.

/**
 * Puts the layout around a body: HTML that MJML made, a whole document, or a fragment, which becomes a document. Ja and
 * en have words of their own, other languages get the English ones. The result reads `brand`, `unsubscribe_url`,
 * `subject` and `preheader`, of which the last two are added by rendering.
 *
 * In a fragment, `<a class="button" href="…">` becomes a button, and the brand's name stands on top. A document that gives
 * its parts the classes `tabiji-page`, `tabiji-sheet` and `tabiji-body` goes dark as a fragment does.
 *
 * Shown always: name, postal address, contact (特定電子メール法 §4, CAN-SPAM). Shown where there is an `unsubscribe_url`:
 * why the mail came, and the link that stops it; so a transactional mail, whose `unsubscribe_url` is empty, has neither.
 */
export function applyLayout(html: string, locale: string): string {
  const document = /<body\b/i.test(html) ? html : documentOf(withButtons(html));
  const titled = document.replace(/<title>\s*<\/title>/i, '<title>{{ subject }}</title>');
  const named = titled.replace(/<html\b[^>]*>/i, (tag) => withLanguage(tag, locale));
  const styled = named.replace(/<\/head>/i, `${headOf(document)}</head>`);
  const opened = styled.replace(/<body\b[^>]*>/i, (tag) => `${tag}\n${preheader}`);
  const end = opened.toLowerCase().lastIndexOf('</body>');
  const foot = footer(wordsOf(locale));
  return end < 0 ? `${opened}${foot}` : `${opened.slice(0, end)}${foot}${opened.slice(end)}`;
}

interface Words {
  why: string;
  stop: string;
  stopAfter: string;
  contact: string;
}

const japanese: Words = {
  why: 'このメールは、{{ brand.name }}からのご案内の受け取りに同意いただいた方へお送りしています。',
  stop: '配信を停止する',
  stopAfter: 'ログインは必要ありません。',
  contact: 'お問い合わせ',
};

const english: Words = {
  why: 'You are receiving this email because you agreed to hear from {{ brand.name }}.',
  stop: 'Unsubscribe',
  stopAfter: 'You need not sign in.',
  contact: 'Contact',
};

function wordsOf(locale: string): Words {
  return /^ja\b/i.test(locale) ? japanese : english;
}

const narrow = `<style>
@media (max-width: 480px) {
  .tabiji-brand, .tabiji-body, .tabiji-footer { padding-left: 20px !important; padding-right: 20px !important; }
}
</style>
`;

// Old mail programs read only what stands in the elements, new ones override it in the dark by the classes.
const dark = `<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  body, .tabiji-page, .tabiji-page > div, .tabiji-foot { background-color: #17181a !important; }
  .tabiji-sheet, .tabiji-sheet > table { background: #222427 !important; }
  .tabiji-brand, .tabiji-brand div, .tabiji-body, .tabiji-body div { color: #ececec !important; }
  .tabiji-body a { color: #8ab8ff !important; }
  .tabiji-body a.tabiji-button { color: #ffffff !important; background-color: #4b7560 !important; }
  .tabiji-body a.tabiji-answer { color: #ececec !important; }
  .tabiji-footer, .tabiji-footer a { color: #b4b4b4 !important; }
}
</style>
`;

/** A document of the author's own goes dark only if it says that it can: its black text must not end up on our black. */
function headOf(document: string): string {
  const canBeDark = document.includes('tabiji-page') || /color-scheme/i.test(document);
  return canBeDark ? `${narrow}${dark}` : narrow;
}

/** What the inbox shows after the subject; the spaces keep the body's first words from following it. */
const preheader = `{% if preheader != "" %}<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">{{ preheader }}${'&#8199;&#65279;&#847; '.repeat(40).trim()}</div>{% endif %}
`;

const fonts =
  "-apple-system, BlinkMacSystemFont, 'Segoe UI', 'Hiragino Sans', 'Hiragino Kaku Gothic ProN', 'Noto Sans JP', 'Yu Gothic', Meiryo, sans-serif";

function documentOf(fragment: string): string {
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title></title>
</head>
<body class="tabiji-page" style="margin:0;padding:0;background-color:#f4f4f2">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center" style="padding:24px 0 0">
<table role="presentation" class="tabiji-sheet" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background-color:#ffffff"><tr>
<td class="tabiji-brand" align="left" style="padding:28px 40px 0;font-family:${fonts};font-size:14px;letter-spacing:0.08em;color:#555555">{{ brand.name }}</td></tr><tr>
<td class="tabiji-body" align="left" style="padding:16px 40px 32px;font-family:${fonts};font-size:16px;line-height:1.75;color:#222222;overflow-wrap:anywhere">
${fragment}
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

/** `<a class="button" href="…">` of a fragment; mail programs know no class, so it carries its looks along. */
function withButtons(fragment: string): string {
  return fragment.replaceAll('<a class="button"', `<a class="tabiji-button" style="${button}"`);
}

// High enough for a thumb: 14 + 14 + a line of 16 × 1.25 pixels.
const button =
  'display:inline-block;padding:14px 28px;border-radius:4px;background-color:#3f5d4c;color:#ffffff;font-weight:bold;line-height:1.25;text-decoration:none';

// Not small, not pale: who does not find the way out reports the mail as spam, and the law wants it to be found.
function footer(words: Words): string {
  return `<table role="presentation" class="tabiji-foot" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f4f4f2"><tr><td align="center">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px"><tr>
<td class="tabiji-footer" align="left" style="padding:24px 40px 40px;font-family:${fonts};font-size:13px;line-height:1.8;color:#555555;overflow-wrap:anywhere">
{% if unsubscribe_url != "" %}<p style="margin:0 0 16px">${words.why}<br><a href="{{ unsubscribe_url }}" style="color:#555555;text-decoration:underline">${words.stop}</a><br>${words.stopAfter}</p>
{% endif %}<p style="margin:0">{% if brand.url %}<a href="{{ brand.url }}" style="color:#555555;text-decoration:underline"><strong>{{ brand.name }}</strong></a>{% else %}<strong>{{ brand.name }}</strong>{% endif %}{% if brand.postal_address %}<br>{{ brand.postal_address }}{% endif %}{% if brand.contact %}<br>${words.contact}: ${contact}{% endif %}</p>
</td></tr></table>
</td></tr></table>
`;
}

/** An email address and a page can be clicked, a telephone number is only shown. */
const contact = `{% if brand.contact contains "://" %}<a href="{{ brand.contact }}" style="color:#555555">{{ brand.contact }}</a>{% elsif brand.contact contains "@" %}<a href="mailto:{{ brand.contact }}" style="color:#555555">{{ brand.contact }}</a>{% else %}{{ brand.contact }}{% endif %}`;

/** MJML says `und`, which makes a screen reader guess. */
function withLanguage(tag: string, locale: string): string {
  const bare = tag.replace(/\s+lang=("[^"]*"|'[^']*'|[^\s>]+)/i, '');
  return bare.replace(/>$/, ` lang="${locale.replace(/[^\w-]/g, '')}">`);
}
