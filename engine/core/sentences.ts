// What the reason words mean, said to people: one sentence a reason, in English and in Japanese. The words themselves
// stay what they are in decisions, transcripts and the API.
import { type OutWhy, outWhys } from './audience.ts';
import type { Decision } from './enrollment.ts';
import {
  exitReasons,
  type NotEnteredReason,
  type NotSentReason,
  notEnteredReasons,
  notSentReasons,
  type ReportKind,
  reportKinds,
} from './reasons.ts';

export const locales = ['en', 'ja'] as const;
export type Locale = (typeof locales)[number];

type Said = { [locale in Locale]: string };
type ExitReason = (typeof exitReasons)[number];

const notSent: { [reason in NotSentReason]: Said } = {
  exit: {
    en: 'the customer had left the journey before the message was handed over',
    ja: '送信前にお客様がジャーニーを離れたため',
  },
  stopped: { en: 'the journey was stopped', ja: 'ジャーニーが停止されたため' },
  ejected: { en: 'support took the customer out of the journey', ja: 'サポートがお客様をジャーニーから外したため' },
  erased: { en: "the customer's data was erased", ja: 'お客様のデータが消去されたため' },
  holdout: {
    en: 'the customer is in the group that is sent nothing, to measure what the journey achieves',
    ja: '効果測定のため配信しないグループに入っているため',
  },
  unreachable: { en: 'the customer has no address on this channel', ja: 'このチャネルの宛先が登録されていないため' },
  consent: { en: 'the customer has not consented to it', ja: 'お客様の同意がないため' },
  suppression: {
    en: 'the address must not be written to: it bounced, was complained about, or is blocked',
    ja: '宛先が配信停止リストにあるため（不達・苦情など）',
  },
  only_if: { en: 'its own condition did not hold', ja: 'このメッセージの条件を満たさなかったため' },
  quiet_hours: { en: 'it fell into the quiet hours', ja: '配信を控える時間帯だったため' },
  cap: { en: 'the customer had had enough messages in that time', ja: '期間内の配信数の上限に達していたため' },
  expired: { en: 'it had become too old to be sent', ja: '有効期限を過ぎたため' },
  render: { en: 'its text could not be made from what is known', ja: '本文を作成できなかったため' },
  condition_error: {
    en: 'a goal or exit condition could not be evaluated, and silence was safer',
    ja: '目標または終了の条件を評価できず、送信を控えたため',
  },
  gone: { en: 'the address does not exist any more', ja: '宛先がすでに存在しないため' },
  failed: { en: 'the provider did not take it', ja: '配信事業者が受け付けなかったため' },
  cancelled: { en: 'support cancelled it', ja: 'サポートが取り消したため' },
};

const notEntered: { [reason in NotEnteredReason]: Said } = {
  again: {
    en: 'the customer is in the journey or was before, and may not enter again yet',
    ja: 'すでに参加中または参加済みで、まだ再参加できないため',
  },
  paused: { en: 'the journey was paused', ja: 'ジャーニーが一時停止中だったため' },
  stopped: { en: 'the journey was stopped', ja: 'ジャーニーが停止されていたため' },
  if: { en: 'the condition of entry did not hold', ja: '参加条件を満たさなかったため' },
  late: { en: 'the event arrived too long after it had happened', ja: 'イベントの到着が遅すぎたため' },
  season: { en: 'it was outside the days of the journey', ja: 'ジャーニーの期間外だったため' },
  older: {
    en: 'the event is older than the one that opened the present enrollment',
    ja: '参加中のきっかけとなったイベントより古いため',
  },
  already: {
    en: 'what the journey is for, or ends with, had happened already',
    ja: '目標または終了にあたる出来事がすでに起きていたため',
  },
};

const exits: { [reason in ExitReason]: Said } = {
  goal: { en: 'the goal was reached', ja: '目標を達成したため' },
  expired: { en: 'the journey had lasted as long as it may', ja: 'ジャーニーの最長期間に達したため' },
  superseded: { en: 'a newer event began it anew', ja: '新しいイベントでやり直したため' },
  merged: { en: 'it was the same customer as another enrollment', ja: '同一のお客様として統合されたため' },
  erased: notSent.erased,
  ejected: notSent.ejected,
  stopped: notSent.stopped,
  past: { en: 'the moment to wait for had passed already', ja: '待つべき時刻がすでに過ぎていたため' },
  send_failed: { en: 'a message could not be sent', ja: 'メッセージを送信できなかったため' },
};

const reports: { [kind in ReportKind]: Said } = {
  delivered: { en: 'it arrived', ja: '宛先に届きました' },
  delayed: { en: 'it is delayed on its way', ja: '配達が遅れています' },
  bounced: { en: 'it came back: the address does not exist or takes no mail', ja: '宛先が存在しないため戻りました' },
  returned: { en: 'it came back, though the address may exist', ja: '宛先に届かず戻りました' },
  complained: { en: 'the recipient reported it as unwanted', ja: '受信者が迷惑メールとして報告しました' },
  opened: { en: 'it was opened', ja: '開封されました' },
  clicked: { en: 'a link in it was opened', ja: 'リンクが開かれました' },
  answered: { en: 'it was answered', ja: '回答がありました' },
  taken: { en: 'the provider has taken it', ja: '配信事業者が受け付けていました' },
  not_taken: { en: 'the provider has not taken it', ja: '配信事業者は受け付けていませんでした' },
};

/** What was heard of a message after its hand-over. */
export function reportSentence(kind: string, locale: Locale): string {
  return said(reports, reportKinds, kind, locale);
}

const outs: { [why in OutWhy]: Said } = {
  removed: { en: 'a journey took the customer out', ja: 'ジャーニーで除外されたため' },
  exit: { en: 'the journey that had put the customer there is over', ja: '追加したジャーニーが終了したため' },
  kept: { en: 'the time to stay there was over', ja: '掲載期間が終わったため' },
  consent: { en: 'the customer no longer consents to it', ja: 'お客様の同意がなくなったため' },
  erased: notSent.erased,
};

/** Why a message was not sent; a word that is not one of ours is said as it is. */
export function notSentSentence(reason: string, locale: Locale): string {
  return said(notSent, notSentReasons, reason, locale);
}

/** Why an event opened no enrollment. */
export function notEnteredSentence(reason: string, locale: Locale): string {
  return said(notEntered, notEnteredReasons, reason, locale);
}

/** Why an enrollment ended; an author's own word, or an event's name, is quoted. */
export function exitSentence(reason: string, locale: Locale): string {
  return said(exits, exitReasons, reason, locale);
}

function said<Word extends string>(
  table: { [word in Word]: Said },
  words: readonly Word[],
  word: string,
  locale: Locale,
): string {
  const known = words.find((one) => one === word);
  if (known) return table[known][locale];
  return locale === 'ja' ? `「${word}」` : `"${word}"`;
}

type Told = Pick<Decision, 'kind' | 'outcome' | 'inputs' | 'step' | 'message' | 'channel'>;

/** One recorded decision as a sentence without its full stop. */
export function decisionSentence(decision: Told, locale: Locale): string {
  const { message, channel, step, outcome } = decision;
  const by = String(decision.inputs.by ?? '');
  return locale === 'ja'
    ? inJapanese(decision, `「${message}」（${channel}）`, `「${step}」`, by && `（操作: ${actorInJapanese(by)}）`)
    : inEnglish(decision, `${message} by ${channel}`, step ?? '', by && ` (by ${by})`, outcome);
}

function inEnglish({ kind, outcome, inputs }: Told, what: string, step: string, by: string, word: string): string {
  switch (kind) {
    case 'entered':
      return inputs.holdout === true ? 'entered, in the group that is sent nothing' : 'entered';
    case 'not_entered':
      return `did not enter: ${notEnteredSentence(outcome, 'en')}`;
    case 'chose':
      return outcome === 'otherwise' ? `at ${step}: no condition held` : `at ${step}: condition ${nth(outcome)} held`;
    case 'heard':
      if (outcome === 'answer') return `at ${step}: went on by the answer ${String(inputs.answer)}`;
      return outcome === 'no_match' ? `at ${step}: heard an event that did not count` : `at ${step}: heard the event`;
    case 'timed_out':
      return `the wait ${step} was over`;
    case 'set':
      return `traits were set at ${step}`;
    case 'audience':
      return audienceInEnglish(outcome, inputs);
    case 'handoff': {
      const queue = String(inputs.queue);
      if (outcome === 'resolved') return `${queue} has resolved it${by}`;
      return outcome === 'opened'
        ? `was handed over to ${queue}`
        : `was not handed over to ${queue}: ${notSentSentence(outcome, 'en')}`;
    }
    case 'watched':
      return outcome === 'true' ? `what ${step} waits for has come true` : `what ${step} waits for is not true yet`;
    case 'scheduled':
      return outcome === 'never' ? `the wait ${step} has no end in time` : `the wait ${step} ends at ${outcome}`;
    case 'sent':
      return outcome === 'unknown' ? `${what} may have been sent: the provider did not say` : `${what} was sent`;
    case 'not_sent':
      return `${what} was not sent: ${notSentSentence(outcome, 'en')}${by}`;
    case 'not_repeated':
      return `${what} is not sent once more, and may have been sent before: ${notSentSentence(outcome, 'en')}${by}`;
    case 'answered':
      return word === 'known'
        ? `was not asked at ${step}: ${String(inputs.answer)} is known`
        : `${what} was answered: ${String(inputs.answer)}`;
    case 'retry':
      return `${what} could not be handed over and is tried again`;
    case 'resend':
      return `${what} is to be sent once more${by}`;
    case 'held':
      return outcome === 'paused' ? `${what} is kept back by a pause` : `${what} is kept back (${word})`;
    case 'reported':
      return `heard of ${what}: ${reportSentence(outcome, 'en')}${inputs.machine === true ? ', by a program' : ''}${by}`;
    case 'resolved':
      return `${what} ${outcome === 'accepted' ? 'was sent after all' : 'was not sent after all'}: ${reportSentence(String(inputs.report), 'en')}${by}`;
    case 'completed':
      return 'came to the end of the journey';
    case 'exited':
      return `left: ${exitSentence(outcome, 'en')}${by}`;
    case 'credited':
      return 'the goal was reached, and the journey is credited with it';
    case 'condition_error':
      return `${outcome} could not be evaluated; until it can, nothing is sent`;
    case 'needs_attention':
      return 'stands still: what is recorded does not fit, and somebody must release it';
    case 'paused':
      return `was paused${by}`;
    case 'resumed':
      return `was resumed${by}`;
    case 'released':
      return `was released${by}`;
    default:
      return other(kind);
  }
}

function inJapanese({ kind, outcome, inputs }: Told, what: string, step: string, by: string): string {
  switch (kind) {
    case 'entered':
      return inputs.holdout === true ? '参加しました（配信しないグループ）' : '参加しました';
    case 'not_entered':
      return `参加しませんでした: ${notEnteredSentence(outcome, 'ja')}`;
    case 'chose':
      return outcome === 'otherwise'
        ? `${step}: どの条件も満たしませんでした`
        : `${step}: 条件${nth(outcome)}を満たしました`;
    case 'heard':
      if (outcome === 'answer') return `${step}: 回答「${String(inputs.answer)}」により進みました`;
      return outcome === 'no_match'
        ? `${step}: 対象外のイベントを受け取りました`
        : `${step}: 待っていたイベントを受け取りました`;
    case 'timed_out':
      return `${step}の待ち時間が終わりました`;
    case 'set':
      return `${step}で属性を設定しました`;
    case 'audience':
      return audienceInJapanese(outcome, inputs);
    case 'handoff': {
      const queue = `「${String(inputs.queue)}」`;
      if (outcome === 'resolved') return `${queue}が対応を終えました${by}`;
      return outcome === 'opened'
        ? `${queue}に引き継ぎました`
        : `${queue}に引き継いでいません: ${notSentSentence(outcome, 'ja')}`;
    }
    case 'watched':
      return outcome === 'true' ? `${step}の待つ条件が成り立ちました` : `${step}の待つ条件はまだ成り立っていません`;
    case 'scheduled':
      return outcome === 'never' ? `${step}の待機に期限はありません` : `${step}の待機は${outcome}に終わります`;
    case 'sent':
      return outcome === 'unknown'
        ? `${what}は送信された可能性があります（事業者の応答なし）`
        : `${what}を送信しました`;
    case 'not_sent':
      return `${what}は送信していません: ${notSentSentence(outcome, 'ja')}${by}`;
    case 'not_repeated':
      return `${what}は再送しません（すでに送信された可能性があります）: ${notSentSentence(outcome, 'ja')}${by}`;
    case 'answered':
      return outcome === 'known'
        ? `${step}では質問していません: 回答「${String(inputs.answer)}」がすでにあります`
        : `${what}に「${String(inputs.answer)}」と回答がありました`;
    case 'retry':
      return `${what}を渡せなかったため、再試行します`;
    case 'resend':
      return `${what}を再送することにしました${by}`;
    case 'held':
      return outcome === 'paused' ? `${what}は一時停止により保留中です` : `${what}は保留中です（${outcome}）`;
    case 'reported':
      return `${what}: ${reportSentence(outcome, 'ja')}${inputs.machine === true ? '（自動アクセス）' : ''}${by}`;
    case 'resolved':
      return `${what}は${outcome === 'accepted' ? '送信されていたとわかりました' : '届いていないとわかりました'}（${reportSentence(String(inputs.report), 'ja')}）${by}`;
    case 'completed':
      return 'ジャーニーの最後まで進みました';
    case 'exited':
      return `終了しました: ${exitSentence(outcome, 'ja')}${by}`;
    case 'credited':
      return '目標を達成し、このジャーニーの成果として記録しました';
    case 'condition_error':
      return `${outcome}を評価できません。評価できるまで送信しません`;
    case 'needs_attention':
      return '記録が食い違うため止まっています。担当者による解除が必要です';
    case 'paused':
      return `一時停止しました${by}`;
    case 'resumed':
      return `再開しました${by}`;
    case 'released':
      return `解除しました${by}`;
    default:
      return other(kind);
  }
}

function audienceInEnglish(outcome: string, { audience, platforms, why }: Told['inputs']): string {
  const where = `the audience ${audience} (${namesOf(platforms)})`;
  if (outcome === 'added') return `put into ${where}`;
  if (outcome !== 'removed') return `${where} was left as it was: ${notSentSentence(outcome, 'en')}`;
  return `taken out of ${where}${why ? `: ${said(outs, outWhys, String(why), 'en')}` : ''}`;
}

function audienceInJapanese(outcome: string, { audience, platforms, why }: Told['inputs']): string {
  const where = `オーディエンス「${audience}」（${namesOf(platforms)}）`;
  if (outcome === 'added') return `${where}に追加しました`;
  if (outcome !== 'removed') return `${where}は変更していません: ${notSentSentence(outcome, 'ja')}`;
  return `${where}から除外しました${why ? `: ${said(outs, outWhys, String(why), 'ja')}` : ''}`;
}

function namesOf(platforms: unknown): string {
  return Array.isArray(platforms) ? platforms.join(', ') : '';
}

function nth(index: string): number {
  return Number(index) + 1;
}

/** A kind that a newer version has recorded. */
function other(kind: never): string {
  return String(kind);
}

/** Who did something, as the record keeps it: a role, with or without a name, or the first start. */
const actors: { [kept: string]: string } = {
  server: 'ストアのサーバー',
  support: 'サポート',
  marketer: 'マーケター',
  admin: '管理者',
  'first start': '初回の起動',
};

/** `佐倉 (support)` → `佐倉（サポート）`. Any other text, such as an agent's name from elsewhere, stays as it is. */
export function actorInJapanese(by: string): string {
  const named = /^(.+) \((support|marketer|admin|server)\)$/s.exec(by);
  if (named) return `${named[1]}（${actors[named[2]!]}）`;
  return Object.hasOwn(actors, by) ? actors[by]! : by;
}
