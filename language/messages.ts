// messages/<name>/: the files of a message, one for each channel and locale: mails with a front matter, short ones in YAML.

import { channelNames } from '../engine/core/channels.ts';
import { isSender } from './channels.ts';
import { type EmbeddedText, readEmbedded } from './embedded-text.ts';
import { didYouMean } from './nearest.ts';
import { oneOf, type Phrase, phrase, quoted, type Sayable } from './phrase.ts';
import { type QuestionDraft, questionKeys, readQuestion } from './question.ts';
import { type Fields, readMap, readOneOf, readText, say } from './reader.ts';
import { isLocale } from './settings.ts';
import { readShort, type ShortDraft } from './short-message.ts';
import { type Located, type Place, type Report, type SourceFile, topOf } from './source.ts';
import { parseYaml, type Value } from './yaml.ts';

export interface MessageDraft {
  name: string;
  /** The first line of its first file. */
  place: Place;
  variants: VariantDraft[];
}

/** One file: the message for one channel and locale ('' is the variant without one). */
export type VariantDraft = { source: SourceFile; channel: string; locale: string } & (MailDraft | ShortDraft);

export interface MailDraft extends QuestionDraft {
  form: 'mail';
  format: 'mjml' | 'liquid';
  subject?: EmbeddedText;
  preheader?: EmbeddedText;
  from?: EmbeddedText;
  purpose?: Located<string>;
  layout: 'default' | 'none';
  body: EmbeddedText;
}

export type MessageDrafts = Map<string, MessageDraft>;

const frontMatter = {
  what: phrase`a front matter`,
  known: ['subject', 'preheader', 'from', 'purpose', 'layout', ...questionKeys],
  required: ['subject'],
} as const;

/** Reads all files under `messages/`; `inside` gives a file's path within the journeys folder. */
export function readMessages(files: SourceFile[], inside: (file: SourceFile) => string, report: Report): MessageDrafts {
  const messages: MessageDrafts = new Map();
  for (const file of files) {
    const [, name, fileName] = inside(file).split('/');
    const variant =
      name !== undefined && isMessageName(name, file, report) && readVariant(file, fileName ?? '', report);
    if (!variant) continue;
    const message = messages.get(name) ?? { name, place: topOf(file), variants: [] };
    refuseTwin(message, variant, report);
    message.variants.push(variant);
    messages.set(name, message);
  }
  return messages;
}

function isMessageName(name: string, file: SourceFile, report: Report): boolean {
  if (/^[a-z0-9][a-z0-9-]{0,99}$/.test(name)) return true;
  report(topOf(file), 'name', phrase`"${name}" cannot name a message: small letters, digits and "-"`);
  return false;
}

/** `email.en.mjml`, `push.en.yaml` → channel, locale and what stands in it; anything else is reported. */
function readVariant(source: SourceFile, fileName: string, report: Report): VariantDraft | null {
  const [channel = '', ...rest] = fileName.split('.');
  const format = rest.pop();
  const locale = rest.join('.');
  const refuse = (rule: string, message: Phrase): null => {
    report(topOf(source), rule, message);
    return null;
  };
  const isMail = channel === 'email' && (format === 'mjml' || format === 'liquid');
  if (!isMail && !(shortChannels.includes(channel) && format === 'yaml'))
    return refuse('file-name', phrase`${fileNames}${didYouMean(fileName, expectedNames)}`);
  if (locale !== '' && !isLocale(locale))
    return refuse('file-name', phrase`"${locale}" in the file's name is no locale, like en or en-GB`);
  const content = isMail ? readMail(source, format, report) : readShort(source, channel, report);
  return { source, channel, locale, ...content };
}

const shortChannels: string[] = channelNames.filter((name) => name !== 'email');
const expectedNames = ['email.mjml', 'email.liquid', ...shortChannels.map((name) => `${name}.yaml`)];
const fileNames = phrase`a message's files are called ${expectedNames.join(', ')}, or with a locale email.en.mjml`;

/** The file that a channel's messages stand in, for advice. */
export function fileFor(channel: string): Sayable {
  return channel === 'email' ? oneOf(['email.liquid', 'email.mjml']) : `${channel}.yaml`;
}

function refuseTwin(message: MessageDraft, variant: VariantDraft, report: Report): void {
  const twin = message.variants.find((one) => one.channel === variant.channel && one.locale === variant.locale);
  if (twin)
    report(
      topOf(variant.source),
      'file-name',
      phrase`the same channel and locale as ${twin.source.path}: keep one of them`,
    );
}

function readMail(source: SourceFile, format: 'mjml' | 'liquid', report: Report): MailDraft {
  const head = /^---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/my.exec(source.text);
  if (!head)
    report(topOf(source), 'missing-key', phrase`an email begins with its front matter: "---", "subject: …", "---"`);
  const bodyStart = head ? head[0].length : 0;
  const fields = head ? readHead(source, head, report) : new Map();
  const body = source.text.slice(bodyStart);
  const placeOf = (start: number, end: number): Place => ({
    file: source,
    start: bodyStart + start,
    end: bodyStart + end,
  });
  return {
    form: 'mail',
    format,
    ...readFrontMatter(fields),
    body: { text: body, place: placeOf(0, body.length), placeOf },
  };
}

/** The front matter alone, its offsets those of the file. */
function readHead(source: SourceFile, head: RegExpExecArray, report: Report): Fields {
  const text = head[0].replace(/^---/, '   ').replace(/---[ \t]*(?:\r?\n)?$/, '');
  const value = parseYaml(source, report, text);
  return (value && readMap(value, frontMatter)) ?? new Map();
}

function readFrontMatter(
  fields: Fields,
): Pick<MailDraft, 'question' | 'answers' | 'subject' | 'preheader' | 'from' | 'purpose' | 'layout'> {
  const embedded = (key: string) =>
    fields.get(key) &&
    readEmbedded(fields.get(key)!, phrase`"${key}" is a text: put it in quotes, above all if it begins with "{{"`);
  const { from, purpose, layout } = Object.fromEntries(fields);
  return {
    subject: embedded('subject'),
    preheader: embedded('preheader'),
    from: from && readFrom(from),
    purpose: purpose && readText(purpose, phrase`"purpose" is a word, like marketing`),
    ...readQuestion(fields),
    layout: (layout && readOneOf(layout, quoted('layout'), ['default', 'none'])?.value) ?? 'default',
  };
}

function readFrom(value: Value): EmbeddedText | undefined {
  const from = readEmbedded(value, phrase`a sender is expected here, like "Shop <hello@shop.example>"`);
  if (!from || isSender(from.text)) return from;
  return say(value, 'value', phrase`"${from.text}" is no sender: write an address, or "Name <name@shop.example>"`);
}
