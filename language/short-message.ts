// push.yaml, line.yaml, site.yaml, sms.yaml: a short message, as YAML whose values are Liquid.

import { type EmbeddedText, readEmbedded } from './embedded-text.ts';
import { phrase } from './phrase.ts';
import { type QuestionDraft, questionKeys, readQuestion } from './question.ts';
import { type Fields, readMap, readText, say } from './reader.ts';
import type { Located, Report, SourceFile } from './source.ts';
import { parseYaml, type Value } from './yaml.ts';

/** The values of a short message, none of them checked. */
export interface ShortDraft extends QuestionDraft {
  form: 'short';
  title?: EmbeddedText;
  body?: EmbeddedText;
  url?: EmbeddedText;
  image?: EmbeddedText;
  purpose?: Located<string>;
}

/** A push notification has a headline, whatever the device. */
const required: { [channel: string]: string[] } = { push: ['title'] };

/** Reads a file's values; what is wrong with their shape is reported. */
export function readShort(source: SourceFile, channel: string, report: Report): ShortDraft {
  const value = parseYaml(source, report);
  const fields: Fields =
    (value &&
      readMap(value, {
        what: phrase`a short message`,
        known: ['title', 'body', 'url', 'image', 'purpose', ...questionKeys],
        required: required[channel] ?? [],
      })) ??
    new Map();
  if (value && fields.size > 0 && !fields.has('body') && !fields.has('question'))
    say(value, 'missing-key', phrase`a short message needs "body"; one that asks may have its "question" instead`);
  const purpose = fields.get('purpose');
  return {
    form: 'short',
    ...readQuestion(fields),
    title: text(fields, 'title'),
    body: text(fields, 'body'),
    url: address(fields, 'url'),
    image: address(fields, 'image'),
    purpose: purpose && readText(purpose, phrase`"purpose" is a word, like marketing`),
  };
}

function text(fields: Fields, key: string): EmbeddedText | undefined {
  const field = fields.get(key);
  return field && readEmbedded(field, phrase`"${key}" is a text: put it in quotes, above all if it begins with "{{"`);
}

/** Absolute: who reads it is not on our pages. What begins with a variable is seen when it is rendered. */
function address(fields: Fields, key: string): EmbeddedText | undefined {
  const found = text(fields, key);
  if (!found || /^(https?:\/\/|\{\{|\{%)/.test(found.text.trimStart())) return found;
  return say(fields.get(key) as Value, 'value', phrase`"${key}" is a whole address: write it with https:// in front`);
}
