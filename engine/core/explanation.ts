// Why a customer is in a journey or not, why each message went or did not, what comes next and when. Made from the
// record alone, so that the page, the command and the tests say the same.
import { Temporal } from 'temporal-polyfill';
import { type Decision, type Enrollment, isInQueue } from './enrollment.ts';
import type { JourneyStatus } from './journey-status.ts';
import { neededInJapanese } from './needed.ts';
import type { Next, Plan } from './plan.ts';
import type { JsonMap } from './schema.ts';
import { decisionSentence, exitSentence, type Locale } from './sentences.ts';

/** What is known of one customer and one journey. */
export interface ExplanationFacts {
  journey: string;
  status: JourneyStatus;
  /** What takes new customers; null where the journey is retired. */
  published: Plan | null;
  enrollments: Enrollment[];
  /** By version: of the enrollments. */
  plans: { [version: string]: Plan };
  /** Of this customer and journey, oldest first; `count` and `lastAt` of a folded one. */
  decisions: (Decision & { count: number; lastAt?: number })[];
  /** Names of the events that the decisions are about, by id. */
  events: { [id: string]: string };
  now: number;
  /** The customer's, else the shop's. */
  zone: string;
  locale: Locale;
}

export interface Explanation {
  journey: string;
  title: string | null;
  zone: string;
  /** One sentence: in it, was in it, kept out of it, or never began. */
  summary: string;
  enrollments: ExplainedEnrollment[];
  /** Events that would have opened it and did not; repeats are one line with a count. */
  notEntered: ExplainedLine[];
  /** The events that open it; empty where it takes nobody. */
  opensOn: string[];
}

export interface ExplainedEnrollment {
  id: string;
  version: string;
  key: string | null;
  status: Enrollment['status'];
  /** The step it stands at; null before the first and after the end. */
  step: string | null;
  summary: string;
  /** What happens next if nothing else does, each with its moment where there is one. */
  next: { at: string | null; sentence: string }[];
  lines: ExplainedLine[];
}

export interface ExplainedLine {
  /** The customer's wall clock: `2026-05-02 10:00`. */
  at: string;
  /** The last of several. */
  lastAt: string | null;
  count: number;
  kind: Decision['kind'];
  /** The reason word, as everywhere. */
  outcome: string;
  sentence: string;
  event: string | null;
  step: string | null;
  /** What was looked at. */
  inputs: JsonMap;
  /** What would have had to be true for it to go otherwise. */
  needed: string;
}

/** Makes the explanation; pure. */
export function explain(facts: ExplanationFacts): Explanation {
  const { journey, published, enrollments, decisions, zone } = facts;
  const notEntered = decisions.filter(({ kind }) => kind === 'not_entered').map((one) => lineOf(one, facts));
  const newest = enrollments.toSorted((a, b) => b.enteredAt - a.enteredAt);
  const opensOn = facts.status === 'stopped' ? [] : (published?.enter.on ?? []);
  const title = published?.title ?? newest.map(({ version }) => facts.plans[version]?.title).find(Boolean) ?? null;
  const explained = newest.map((enrollment) => enrollmentOf(enrollment, facts));
  const summary = summaryOf(facts, explained[0], notEntered, opensOn);
  return { journey, title, zone, summary, enrollments: explained, notEntered, opensOn };
}

function enrollmentOf(enrollment: Enrollment, facts: ExplanationFacts): ExplainedEnrollment {
  const { id, version, key, status, state } = enrollment;
  // The record is in the order of commits, and what a turn decided is committed at its end.
  const own = facts.decisions.filter((one) => one.enrollmentId === id).toSorted((a, b) => a.at - b.at);
  const lines = own.map((one) => lineOf(one, facts));
  const summary = standingOf(enrollment, facts);
  return { id, version, key, status, step: state.step, summary, next: nextOf(enrollment, facts), lines };
}

function lineOf(decision: ExplanationFacts['decisions'][number], facts: ExplanationFacts): ExplainedLine {
  const { kind, outcome, step, inputs, at, lastAt, count, eventId } = decision;
  const needed = facts.locale === 'ja' ? neededInJapanese(decision.needed) : decision.needed;
  const event = eventId === null ? null : (facts.events[eventId] ?? null);
  const last = count > 1 && lastAt !== undefined ? wallClock(lastAt, facts.zone) : null;
  const said = decisionSentence(decision, facts.locale);
  const sentence = { en: event ? `${said} [${event}]` : said, ja: event ? `${said}［${event}］` : said }[facts.locale];
  return { at: wallClock(at, facts.zone), lastAt: last, count, kind, outcome, sentence, event, step, inputs, needed };
}

/** `2026-05-02 10:00` on the clock of this zone. */
export function wallClock(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
  return local.toString({ smallestUnit: 'minute' }).replace('T', ' ');
}

function summaryOf(
  { journey, locale, status }: ExplanationFacts,
  newest: ExplainedEnrollment | undefined,
  notEntered: ExplainedLine[],
  opensOn: string[],
): string {
  const ja = locale === 'ja';
  if (newest) return newest.summary;
  const last = notEntered.at(-1);
  if (last) return ja ? `「${journey}」には入っていません。${last.sentence}` : `Not in ${journey}: ${last.sentence}.`;
  if (opensOn.length > 0) {
    const names = opensOn.join(ja ? '、' : ' or ');
    return ja
      ? `「${journey}」には入っていません。きっかけとなるイベントがまだありません（${names} で始まります）。`
      : `Not in ${journey}: nothing that opens it has happened yet. It opens on ${names}.`;
  }
  if (status === 'stopped')
    return ja ? `「${journey}」は停止中で、誰も参加しません。` : `Not in ${journey}: it is stopped and takes nobody.`;
  return ja ? `「${journey}」は新しいお客様を受け付けていません。` : `Not in ${journey}: it takes no new customers.`;
}

function standingOf(enrollment: Enrollment, facts: ExplanationFacts): string {
  const { status, reason, endedAt, enteredAt, key, state, journey } = enrollment;
  const ja = facts.locale === 'ja';
  const since = wallClock(enteredAt, facts.zone);
  const about = key === null ? '' : ` (${key})`;
  if (status === 'active') {
    const at = state.step === null ? '' : ja ? `、現在「${state.step}」` : `, now at ${state.step}`;
    return ja ? `「${journey}」${about}に${since}から参加中${at}。` : `In ${journey}${about} since ${since}${at}.`;
  }
  const until = endedAt === null ? '' : wallClock(endedAt, facts.zone);
  if (status === 'completed')
    return ja
      ? `「${journey}」${about}を${until}に最後まで進みました。`
      : `Was in ${journey}${about} from ${since} and came to its end at ${until}.`;
  const why = exitSentence(reason ?? '', facts.locale);
  return ja
    ? `「${journey}」${about}を${until}に終了しました: ${why}。`
    : `Was in ${journey}${about} from ${since} and left at ${until}: ${why}.`;
}

/** Where it stands and what follows, as long as one thing follows from another. */
function nextOf(enrollment: Enrollment, facts: ExplanationFacts): ExplainedEnrollment['next'] {
  const plan = facts.plans[enrollment.version];
  if (enrollment.status !== 'active' || !plan) return [];
  const ja = facts.locale === 'ja';
  const only = (en: string, inJa: string) => [{ at: null, sentence: ja ? inJa : en }];
  if (enrollment.needsAttention !== null)
    return only('nothing, until somebody releases it', '担当者が解除するまで進みません');
  if (facts.status === 'stopped')
    return only('it ends: the journey is stopped', 'ジャーニーが停止されたため終了します');
  if (enrollment.pausedAt !== null) return only('nothing, until it is resumed', '再開されるまで進みません');
  if (facts.status === 'paused')
    return only('nothing, until the journey is resumed', 'ジャーニーが再開されるまで進みません');
  const isAsking = enrollment.state.asking !== undefined || enrollment.state.handoff !== undefined;
  if (enrollment.state.step !== null && (enrollment.state.due === null || isAsking))
    return waitingOf(enrollment, facts);
  return [...waitingOf(enrollment, facts), ...afterOf(plan, enrollment.state.step, facts.locale)];
}

function waitingOf(enrollment: Enrollment, { zone, locale }: ExplanationFacts): ExplainedEnrollment['next'] {
  const { state, waitingFor, dueAt } = enrollment;
  const ja = locale === 'ja';
  const at = dueAt === null ? null : wallClock(dueAt, zone);
  if (state.step === null) return [{ at, sentence: ja ? '最初のステップが始まります' : 'its first step begins' }];
  if (state.handoff !== undefined) {
    const sentence = ja
      ? '担当者の対応を待ちます。期限までに終わらなければ先へ進みます'
      : 'a person resolves it, or the time for that is over';
    return [{ at, sentence }];
  }
  if (state.asking !== undefined) {
    const sentence = ja
      ? '回答を待ちます。期限までに来なければ先へ進みます'
      : 'the question is answered, or its time is over';
    return [{ at, sentence }];
  }
  if (isInQueue(state))
    return [
      {
        at: null,
        sentence: ja ? 'チャネルの送信順が来しだい送信します' : 'the message leaves when its turn on the channel comes',
      },
      { at, sentence: ja ? 'それまでに送信できなければ期限切れになります' : 'it expires, if it has not left before' },
    ];
  if (state.sending) return [{ at, sentence: ja ? '送信を再度試みます' : 'the message is tried again' }];
  if (state.due === null) {
    const names = waitingFor.join(ja ? '、' : ' or ');
    return [
      {
        at,
        sentence: ja ? `${names} を待ちます。期限までに来なければ終了します` : `it ends, unless ${names} comes before`,
      },
    ];
  }
  if (waitingFor.length === 0) return [{ at, sentence: ja ? '待ち時間が終わります' : 'the wait is over' }];
  const names = waitingFor.join(ja ? '、' : ' or ');
  return [{ at, sentence: ja ? `${names} が来るか、期限になります` : `the wait is over, or ${names} comes before` }];
}

/** What stands behind the present step where time alone moves on. */
function afterOf(plan: Plan, from: string | null, locale: Locale): ExplainedEnrollment['next'] {
  const steps: ExplainedEnrollment['next'] = [];
  let id: Next = from === null ? plan.first : behind(plan, from);
  for (let most = 3; most > 0; most -= 1) {
    steps.push({ at: null, sentence: stepSentence(plan, id, locale) });
    if (id === null || plan.steps[id]?.kind !== 'send') break;
    id = behind(plan, id);
  }
  return steps;
}

function behind(plan: Plan, id: string): Next {
  const step = plan.steps[id];
  if (!step || step.kind === 'exit') return null;
  return 'otherwise' in step ? step.otherwise : step.next;
}

function stepSentence(plan: Plan, id: Next, locale: Locale): string {
  const ja = locale === 'ja';
  const step = id === null ? undefined : plan.steps[id];
  if (!step) return ja ? 'その後、ジャーニーの最後です' : 'then the journey is at its end';
  switch (step.kind) {
    case 'send': {
      const by = step.by.join(ja ? '・' : ' or ');
      return ja
        ? `その後「${step.message}」（${by}）を送信します`
        : `then ${step.message} is sent by ${by}, if nothing forbids it`;
    }
    case 'ask': {
      const by = step.by.join(ja ? '・' : ' or ');
      return ja
        ? `その後「${step.message}」（${by}）で質問します`
        : `then ${step.message} is asked by ${by}, if nothing forbids it`;
    }
    case 'handoff':
      return ja ? `その後「${step.queue}」に引き継ぎます` : `then ${step.queue} is called in`;
    case 'webhook':
      return ja ? `その後「${step.webhook}」を呼び出します` : `then ${step.webhook} is called`;
    case 'wait':
      return ja ? `その後「${id}」で待ちます` : `then it waits at ${id}`;
    case 'choose': {
      const conditions = step.arms.map((arm) => arm.when.cel).join(ja ? '、' : '; ');
      return ja ? `その後「${id}」で条件により分かれます: ${conditions}` : `then it depends at ${id} on: ${conditions}`;
    }
    case 'exit':
      return ja
        ? `その後、終了します: ${exitSentence(step.reason, 'ja')}`
        : `then it ends: ${exitSentence(step.reason, 'en')}`;
    default:
      return ja ? `その後「${id}」に進みます` : `then comes ${id}`;
  }
}
