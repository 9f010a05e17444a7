// The pages behind an unsubscribe link, in Japanese and English: one button, no script, no framework.
// Everything inserted is escaped: brand and purpose come from settings, which are somebody's text too.

export type PageLanguage = 'ja' | 'en';

export type UnsubscribePage =
  | { kind: 'ask' | 'done'; brand: string; channel: string; purpose: string }
  | { kind: 'unknown' | 'later'; brand: string };

/** The better of the two languages for an `Accept-Language` header; without a preference, that of the shop's locale. */
export function pageLanguage(acceptLanguage: string | undefined, shopLocale: string): PageLanguage {
  const asked = (acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const weight = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find((found) => found);
      return { language: tag.split('-')[0], weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ language, weight }) => (language === 'ja' || language === 'en') && weight > 0)
    .toSorted((a, b) => b.weight - a.weight)[0];
  const language = asked?.language ?? shopLocale.toLowerCase().split('-')[0];
  return language === 'ja' ? 'ja' : 'en';
}

/** The whole page. `ask` holds a form that posts to the page's own address. */
export function unsubscribePage(page: UnsubscribePage, language: PageLanguage): string {
  const words = texts[language];
  const about = 'purpose' in page ? words.about(page.channel, page.purpose) : '';
  const content = {
    ask: `<h1>${words.askTitle}</h1><p>${about}</p><form method="post"><button>${words.button}</button></form>`,
    done: `<h1>${words.doneTitle}</h1><p>${words.done}</p><p>${about}</p>`,
    unknown: `<h1>${words.unknownTitle}</h1><p>${words.unknown}</p>`,
    later: `<h1>${words.laterTitle}</h1><p>${words.later}</p><form method="post"><button>${words.again}</button></form>`,
  }[page.kind];
  const title = words[`${page.kind}Title`];
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${title}</title>
<style>body{font:16px/1.7 system-ui,sans-serif;max-width:32rem;margin:12vh auto;padding:0 1.5rem;color:#222;background:#fff}
h1{font-size:1.4rem}button{font:inherit;padding:.7rem 1.4rem;border:0;border-radius:.4rem;background:#222;color:#fff;cursor:pointer}
footer{margin-top:3rem;color:#666;font-size:.9rem}</style></head>
<body><main>${content}</main><footer>${escapeHtml(page.brand)}</footer></body></html>
`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

const channelNames: { [language in PageLanguage]: { [channel: string]: string } } = {
  ja: { email: 'メール', push: 'プッシュ通知', line: 'LINE', site: 'サイト上のメッセージ' },
  en: { email: 'email', push: 'push notifications', line: 'LINE', site: 'messages on the site' },
};
const purposeNames: { [language in PageLanguage]: { [purpose: string]: string } } = {
  ja: { marketing: 'お知らせ・ご案内' },
  en: { marketing: 'news and offers' },
};

function nameOf(names: { [word: string]: string }, word: string): string {
  return escapeHtml(Object.hasOwn(names, word) ? names[word]! : word);
}

const texts = {
  ja: {
    askTitle: '配信を停止しますか？',
    about: (channel: string, purpose: string) =>
      `対象：${nameOf(channelNames.ja, channel)}（${nameOf(purposeNames.ja, purpose)}）`,
    button: '配信を停止する',
    doneTitle: '配信を停止しました',
    done: '今後、この種類のご案内はお送りしません。ご注文に関する大切なお知らせは引き続きお届けします。',
    unknownTitle: 'このリンクは使えません',
    unknown: 'リンクが途中で切れている可能性があります。お手数ですが、メールの配信停止リンクをもう一度開いてください。',
    laterTitle: 'まだ停止できていません',
    later: '現在、お手続きを記録できません。数分後にもう一度お試しください。',
    again: 'もう一度試す',
  },
  en: {
    askTitle: 'Unsubscribe?',
    about: (channel: string, purpose: string) =>
      `This is about ${nameOf(channelNames.en, channel)}: ${nameOf(purposeNames.en, purpose)}.`,
    button: 'Unsubscribe',
    doneTitle: 'You are unsubscribed',
    done: 'We will not send you these any more. Messages about your orders still reach you.',
    unknownTitle: 'This link does not work',
    unknown: 'It may have been cut off. Please open the unsubscribe link in the message again.',
    laterTitle: 'You are not unsubscribed yet',
    later: 'We cannot record it at the moment. Please try again in a few minutes.',
    again: 'Try again',
  },
} as const;
