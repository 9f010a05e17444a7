// The preference centre behind an unsubscribe link: what a customer gets, by channel and purpose, to be ticked or not.
import type { Settings } from '../engine/core/settings.ts';
import { channelName, escapeHtml, type PageLanguage, purposeName } from './page-words.ts';

/** One channel and purpose that a customer can consent to. */
export interface Choice {
  channel: string;
  purpose: string;
  isGranted: boolean;
}

type Grant = { channel: string; purpose: string };

/** Everything that is set up, in the order of the settings. */
export function choicesOf(settings: Pick<Settings, 'channels' | 'purposes'>, grants: Grant[]): Choice[] {
  return Object.keys(settings.channels).flatMap((channel) =>
    settings.purposes.map((purpose) => {
      const isGranted = grants.some((grant) => grant.channel === channel && grant.purpose === purpose);
      return { channel, purpose, isGranted };
    }),
  );
}

/** What was ticked, and what was shown: only that is changed. Null: it is not this form that was sent. */
export interface Submission {
  shown: Set<string>;
  ticked: Set<string>;
}

/** Any other body (one click of a mail provider, the button, nonsense) means to unsubscribe. */
export function readSubmission(body: unknown): Submission | null {
  if (!Buffer.isBuffer(body)) return null;
  const fields = new URLSearchParams(body.toString());
  if (!fields.has('save')) return null;
  // `stop` is the button that ends all at once.
  const ticked = fields.get('save') === 'stop' ? [] : fields.getAll('on');
  return { shown: new Set(fields.getAll('shown')), ticked: new Set(ticked) };
}

/** The choices that the submission changes, as they shall be. */
export function changesIn(choices: Choice[], { shown, ticked }: Submission): Choice[] {
  const wanted = choices.filter((choice) => shown.has(nameOf(choice)));
  return wanted
    .filter((choice) => ticked.has(nameOf(choice)) !== choice.isGranted)
    .map((choice) => ({ ...choice, isGranted: !choice.isGranted }));
}

/** The form; posts to the page's own address. Empty where nothing is set up. */
export function preferencesForm(choices: Choice[], language: PageLanguage): string {
  if (choices.length === 0) return '';
  const words = texts[language];
  const rows = choices.map((choice) => {
    const name = escapeHtml(nameOf(choice));
    const label = `${escapeHtml(channelName(choice.channel, language))}: ${escapeHtml(purposeName(choice.purpose, language))}`;
    return `<li><input type="hidden" name="shown" value="${name}"><label><input type="checkbox" name="on" value="${name}"${choice.isGranted ? ' checked' : ''}> ${label}</label></li>`;
  });
  return `<form method="post" aria-labelledby="preferences"><h2 id="preferences">${words.title}</h2><p>${words.about}</p><ul>${rows.join('')}</ul>
<button name="save" value="choices">${words.save}</button> <button name="save" value="stop" class="quiet">${words.stop}</button></form>`;
}

function nameOf({ channel, purpose }: Grant): string {
  return `${channel}:${purpose}`;
}

const texts = {
  ja: {
    title: '配信設定',
    about: '受け取りたいものにチェックを入れて保存してください。ご注文に関するお知らせは設定にかかわらずお届けします。',
    save: '設定を保存する',
    stop: 'すべて停止する',
  },
  en: {
    title: 'Your preferences',
    about: 'Tick what you would like to get, and save. Messages about your orders reach you in any case.',
    save: 'Save',
    stop: 'Stop all of them',
  },
} as const;
