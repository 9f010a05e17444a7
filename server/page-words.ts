// What pages for customers have in common: their language, the names of channels and purposes, escaping.

export type PageLanguage = 'ja' | 'en';

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

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

type Names = { [language in PageLanguage]: { [word: string]: string } };

const channelNames: Names = {
  ja: { email: 'メール', push: 'プッシュ通知', line: 'LINE', site: 'サイト上のメッセージ', sms: 'SMS', ads: '広告' },
  en: {
    email: 'email',
    push: 'push notifications',
    line: 'LINE',
    site: 'messages on the site',
    sms: 'SMS',
    ads: 'advertising',
  },
};
const purposeNames: Names = {
  ja: { marketing: 'お知らせ・ご案内' },
  en: { marketing: 'news and offers' },
};

/** Not escaped. */
export function channelName(channel: string, language: PageLanguage): string {
  return nameIn(channelNames, channel, language);
}

/** Not escaped; a purpose of the shop's own is called as the settings call it. */
export function purposeName(purpose: string, language: PageLanguage): string {
  return nameIn(purposeNames, purpose, language);
}

function nameIn(names: Names, word: string, language: PageLanguage): string {
  return Object.hasOwn(names[language], word) ? names[language][word]! : word;
}
