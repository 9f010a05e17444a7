// The pages behind the links that end or begin a consent, in Japanese and English: no script, no framework.
// Everything inserted is escaped: brand and purpose come from settings, which are somebody's text too.
import { channelName, escapeHtml, type PageLanguage, purposeName } from './page-words.ts';
import { type Choice, preferencesForm } from './preferences.ts';

export type UnsubscribePage = { brand: string } & (
  | { kind: 'ask' | 'done' | 'confirm' | 'confirmed'; channel: string; purpose: string; choices: Choice[] }
  | { kind: 'saved'; choices: Choice[] }
  | { kind: 'unknown' | 'later' | 'expired' }
);

/** The whole page. `ask` and `confirm` hold a form that posts to the page's own address. */
export function unsubscribePage(page: UnsubscribePage, language: PageLanguage): string {
  const words = texts[language];
  const about = 'purpose' in page ? words.about(...namesOf(page, language)) : '';
  const form = (button: string) => `<form method="post"><button>${button}</button></form>`;
  const content = {
    ask: `<h1>${words.askTitle}</h1><p>${about}</p>${form(words.button)}`,
    done: `<h1>${words.doneTitle}</h1><p>${words.done}</p><p>${about}</p>`,
    saved: `<h1>${words.savedTitle}</h1><p>${words.saved}</p>`,
    confirm: `<h1>${words.confirmTitle}</h1><p>${about}</p><p>${words.confirm}</p>${form(words.confirmButton)}`,
    confirmed: `<h1>${words.confirmedTitle}</h1><p>${words.confirmed}</p><p>${about}</p>`,
    expired: `<h1>${words.expiredTitle}</h1><p>${words.expired}</p>`,
    unknown: `<h1>${words.unknownTitle}</h1><p>${words.unknown}</p>`,
    later: `<h1>${words.laterTitle}</h1><p>${words.later}</p>${form(words.again)}`,
  }[page.kind];
  const choices = 'choices' in page ? preferencesForm(page.choices, language) : '';
  const title = words[`${page.kind}Title`];
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${title}</title>
<style>body{font:16px/1.7 system-ui,sans-serif;max-width:32rem;margin:12vh auto;padding:0 1.5rem;color:#222;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:3rem}ul{list-style:none;padding:0}label{display:inline-block;padding:.4rem 0}
button{font:inherit;padding:.7rem 1.4rem;border:0;border-radius:.4rem;background:#222;color:#fff;cursor:pointer}
button.quiet{background:#fff;color:#222;box-shadow:inset 0 0 0 1px #767676}
footer{margin-top:3rem;color:#666;font-size:.9rem}</style></head>
<body><main>${content}${choices}</main><footer>${escapeHtml(page.brand)}</footer></body></html>
`;
}

function namesOf({ channel, purpose }: { channel: string; purpose: string }, language: PageLanguage): [string, string] {
  return [escapeHtml(channelName(channel, language)), escapeHtml(purposeName(purpose, language))];
}

const texts = {
  ja: {
    askTitle: '配信を停止しますか？',
    about: (channel: string, purpose: string) => `対象：${channel}（${purpose}）`,
    button: '配信を停止する',
    doneTitle: '配信を停止しました',
    done: '今後、この種類のご案内はお送りしません。ご注文に関する大切なお知らせは引き続きお届けします。',
    savedTitle: '設定を保存しました',
    saved: '次の配信から反映されます。',
    confirmTitle: '配信を希望しますか？',
    confirm: 'お申し込みに心当たりがない場合は、このページを閉じてください。何も届きません。',
    confirmButton: '配信を希望する',
    confirmedTitle: '登録が完了しました',
    confirmed: 'ご登録ありがとうございます。配信はいつでも停止できます。',
    expiredTitle: 'このリンクは期限が切れています',
    expired: 'お手数ですが、もう一度お申し込みください。',
    unknownTitle: 'このリンクは使えません',
    unknown: 'リンクが途中で切れている可能性があります。お手数ですが、メールのリンクをもう一度開いてください。',
    laterTitle: 'まだ手続きが完了していません',
    later: '現在、お手続きを記録できません。数分後にもう一度お試しください。',
    again: 'もう一度試す',
  },
  en: {
    askTitle: 'Unsubscribe?',
    about: (channel: string, purpose: string) => `This is about ${channel}: ${purpose}.`,
    button: 'Unsubscribe',
    doneTitle: 'You are unsubscribed',
    done: 'We will not send you these any more. Messages about your orders still reach you.',
    savedTitle: 'Your preferences are saved',
    saved: 'They hold for every message from now on.',
    confirmTitle: 'Would you like to hear from us?',
    confirm: 'If you did not ask for this, close this page. Nothing will be sent to you.',
    confirmButton: 'Yes, send it to me',
    confirmedTitle: 'You are subscribed',
    confirmed: 'Thank you. You can end it at any time.',
    expiredTitle: 'This link has expired',
    expired: 'Please sign up once more.',
    unknownTitle: 'This link does not work',
    unknown: 'It may have been cut off. Please open the link in the message again.',
    laterTitle: 'It is not done yet',
    later: 'We cannot record it at the moment. Please try again in a few minutes.',
    again: 'Try again',
  },
} as const;
