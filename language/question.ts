// `question` and `answers` of a message that asks: in a mail's front matter, and in a short message's file.

import { type EmbeddedText, readEmbedded } from './embedded-text.ts';
import { phrase } from './phrase.ts';
import { type Fields, readEntries, say } from './reader.ts';
import type { Located } from './source.ts';

export interface QuestionDraft {
  question?: EmbeddedText;
  /** In order; none: the answer is typed. */
  answers?: { answer: Located<string>; label: EmbeddedText }[];
}

export const questionKeys = ['question', 'answers'] as const;

/** Reads both; mistakes in their shape are reported. */
export function readQuestion(fields: Fields): QuestionDraft {
  const question = fields.get('question');
  const answers = fields.get('answers');
  if (answers && !question)
    answers.yaml.report(answers.key, 'missing-key', phrase`"answers" needs a "question" beside it: what they answer`);
  return {
    ...(question && { question: readEmbedded(question, phrase`"question" is a text: put it in quotes`) }),
    ...(answers && { answers: readAnswers(fields) }),
  };
}

function readAnswers(fields: Fields): QuestionDraft['answers'] {
  const value = fields.get('answers')!;
  const entries = readEntries(value, phrase`"answers" is a map from answers to what people read: { good: よかった }`);
  if (entries?.size === 0) say(value, 'shape', phrase`"answers" is empty: leave it out where the answer is typed`);
  return [...(entries ?? [])].flatMap(([answer, field]) => {
    const label = readEmbedded(field, phrase`what people read of an answer is a text`);
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(answer))
      field.yaml.report(field.key, 'name', phrase`"${answer}" cannot be an answer: letters, digits, "-" and "_"`);
    return label ? [{ answer: { value: answer, place: field.key }, label }] : [];
  });
}

/** What a mail shows of its question where its body does not say how. */
export function answerBlock(isTyped: boolean, locale: string): string {
  const button =
    'display:inline-block;min-width:20px;margin:0 8px 8px 0;padding:11px 16px;border:1px solid #888888;border-radius:6px;color:#222222;line-height:1.4;text-align:center;text-decoration:none';
  const links = isTyped
    ? `<a class="tabiji-answer" href="{{ answer_url }}" style="${button}">${/^ja\b/i.test(locale) ? '回答する' : 'Answer'}</a>`
    : `{% for answer in answers %}<a class="tabiji-answer" href="{{ answer.url }}" style="${button}">{{ answer.label }}</a> {% endfor %}`;
  return `\n<p><strong>{{ question }}</strong></p>\n<p>${links}</p>\n`;
}

/** Before the end of a document, or behind a fragment. */
export function withAnswers(html: string, block: string): string {
  const end = html.toLowerCase().lastIndexOf('</body>');
  return end < 0 ? `${html}${block}` : `${html.slice(0, end)}${block}${html.slice(end)}`;
}
