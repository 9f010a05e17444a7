// The pages behind an answer's link, in Japanese and English: the question and one button for each answer, no script.
// Everything inserted is escaped: question and answers are made of what customers and shops have written.
import type { Question } from '../engine/core/content.ts';
import { escapeHtml, type PageLanguage } from './page-words.ts';

export type AnswerPage =
  | { kind: 'ask' | 'again'; question: Question; chosen: string | null; id: string }
  | { kind: 'done'; question: Question; answer: string }
  | { kind: 'unknown' | 'expired' | 'later' };

/** The whole page. `ask` and `again` hold forms that post to the page's own address: `answer`, and `id` of this showing. */
export function answerPage(page: AnswerPage, brand: string, language: PageLanguage): string {
  const words = texts[language];
  const title = 'question' in page ? (page.question.question ?? '') : words[`${page.kind}Title`];
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title>
<style>body{font:16px/1.7 system-ui,sans-serif;max-width:32rem;margin:12vh auto;padding:0 1.5rem;color:#222;background:#fff}
h1{font-size:1.4rem;overflow-wrap:anywhere}form{margin:.8rem 0}label{display:block;margin-bottom:.4rem}
input{font:inherit;box-sizing:border-box;width:100%;padding:.6rem;border:1px solid #888;border-radius:.4rem}
button{font:inherit;padding:.7rem 1.4rem;border:1px solid #222;border-radius:.4rem;background:#fff;color:#222;cursor:pointer;overflow-wrap:anywhere}
button.chosen,input+button{background:#222;color:#fff;margin-top:.6rem}[role=alert]{color:#a40000}
footer{margin-top:3rem;color:#666;font-size:.9rem}</style></head>
<body><main><h1>${escapeHtml(title)}</h1>${contentOf(page, words)}</main><footer>${escapeHtml(brand)}</footer></body></html>
`;
}

function contentOf(page: AnswerPage, words: Words): string {
  switch (page.kind) {
    case 'ask':
      return formsOf(page, words);
    case 'again':
      return `<p role="alert" id="why">${words.again}</p>${formsOf(page, words)}`;
    case 'done':
      return `<p>${words.done(escapeHtml(labelOf(page.question, page.answer)))}</p>`;
    case 'later':
      return `<p>${words.later}</p>`;
    case 'unknown':
    case 'expired':
      return `<p>${words[page.kind]}</p>`;
  }
}

function formsOf({ question, chosen, id, kind }: AnswerPage & { kind: 'ask' | 'again' }, words: Words): string {
  const hidden = `<input type="hidden" name="id" value="${escapeHtml(id)}">`;
  const answers = question.answers ?? [];
  if (answers.length === 0) {
    const about = kind === 'again' ? ' aria-invalid="true" aria-describedby="why"' : '';
    const field = `<input id="answer" name="answer" required maxlength="1000" autocomplete="off"${about}>`;
    return `<form method="post">${hidden}<label for="answer">${words.answer}</label>${field}<button>${words.send}</button></form>`;
  }
  // The one that was clicked stands first: one more click is all it takes.
  const first = answers.filter(({ answer }) => answer === chosen);
  const rest = answers.filter(({ answer }) => answer !== chosen);
  const button = ({ answer, label }: (typeof answers)[number], look: string) =>
    `<form method="post">${hidden}<button name="answer" value="${escapeHtml(answer)}"${look}>${escapeHtml(label)}</button></form>`;
  const others = rest.map((one) => button(one, '')).join('');
  if (first.length === 0) return others;
  return `<p>${words.confirm}</p>${first.map((one) => button(one, ' class="chosen"')).join('')}<p>${words.others}</p>${others}`;
}

function labelOf({ answers = [] }: Question, answer: string): string {
  return answers.find((one) => one.answer === answer)?.label ?? answer;
}

type Words = (typeof texts)[PageLanguage];

const texts = {
  ja: {
    confirm: '次の回答でよろしければ、ボタンを押してください。',
    others: '別の回答にする場合:',
    answer: '回答',
    send: '送信する',
    again: 'この回答は受け取れませんでした。もう一度お答えください。',
    done: (answer: string) => `「${answer}」と回答しました。ありがとうございます。`,
    unknownTitle: 'このリンクは使えません',
    unknown: 'リンクが途中で切れている可能性があります。お手数ですが、メッセージのリンクをもう一度開いてください。',
    expiredTitle: 'この質問は終了しました',
    expired: '回答の受付期間が過ぎました。お読みいただきありがとうございました。',
    laterTitle: 'まだ回答できていません',
    later: '現在、回答を記録できません。数分後にもう一度お試しください。',
  },
  en: {
    confirm: 'Press the button if this is your answer.',
    others: 'Or choose another:',
    answer: 'Your answer',
    send: 'Send',
    again: 'We could not take this answer. Please answer once more.',
    done: (answer: string) => `You answered “${answer}”. Thank you.`,
    unknownTitle: 'This link does not work',
    unknown: 'It may have been cut off. Please open the link in the message again.',
    expiredTitle: 'This question is closed',
    expired: 'The time to answer it is over. Thank you for reading.',
    laterTitle: 'Your answer is not recorded yet',
    later: 'We cannot record it at the moment. Please try again in a few minutes.',
  },
};
