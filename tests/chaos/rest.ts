// What must be true once everything is at rest: all that was asked for has been answered, once, with a reason.
import type { AnswerReceipt } from '../../engine/answer.ts';
import { answerEvent } from '../../engine/core/answer.ts';
import type { Decision, Enrollment } from '../../engine/core/enrollment.ts';
import { notSentReasons } from '../../engine/core/reasons.ts';
import type { Receipt } from '../../engine/receive.ts';
import type { StoredRows } from './backing.ts';
import { planOf } from './journeys.ts';
import type { Arrival, Watch } from './watch.ts';

/** An event that a client was told is stored. */
export interface Acknowledged {
  sourceId: string;
  receipt: Receipt;
}

/** One line for each thing that is not as promised. */
export function violationsAtRest(
  rows: StoredRows,
  watch: Watch,
  acknowledged: Acknowledged[],
  accepted: string[],
): string[] {
  return [
    ...events(rows, acknowledged),
    ...provider(rows, accepted),
    ...rows.enrollments.flatMap((enrollment) => ended(enrollment)),
    ...rows.enrollments.flatMap((enrollment) => decided(enrollment, rows)),
    ...journals(rows),
    ...heard(rows, watch.arrivals, watch),
  ];
}

/** Promise 1: a 2xx means stored, once. */
function events({ events: stored }: StoredRows, acknowledged: Acknowledged[]): string[] {
  const wrong: string[] = [];
  const ids = stored.map(({ id }) => id);
  const firsts = new Map<string, number>();
  for (const { sourceId, receipt } of acknowledged) {
    if (receipt.status !== 'accepted') continue;
    if (ids.filter((id) => id === receipt.eventId).length !== 1) wrong.push(`${sourceId} was acknowledged and is lost`);
    firsts.set(sourceId, (firsts.get(sourceId) ?? 0) + 1);
  }
  for (const [sourceId, count] of firsts) if (count > 1) wrong.push(`${sourceId} was stored ${count} times`);
  return wrong;
}

/** Promise 3: once, and what is said of it is true. */
function provider({ deliveries, decisions }: StoredRows, accepted: string[]): string[] {
  const wrong: string[] = [];
  for (const key of new Set(accepted)) {
    const times = accepted.filter((each) => each === key).length;
    if (times > 1 + repeatsOf(key, decisions)) wrong.push(`${key} was taken by the provider ${times} times`);
    const state = deliveries.find((delivery) => delivery.key === key)?.state;
    if (state !== 'accepted' && state !== 'unknown') wrong.push(`${key} was taken by the provider and is ${state}`);
  }
  for (const { key, state } of deliveries) {
    if (state === 'accepted' && !accepted.includes(key)) wrong.push(`${key} is accepted, but nobody took it`);
    if (!['accepted', 'failed', 'suppressed', 'unknown'].includes(state)) wrong.push(`${key} is still ${state}`);
  }
  return wrong;
}

/** How often somebody, or the step's own rule, has asked for it once more: never but where nobody knew. */
function repeatsOf(key: string, decisions: Decision[]): number {
  const own = decisions.filter(({ effectKey }) => effectKey === key);
  const step = planOf(own[0]!.version).steps[own[0]!.step ?? ''];
  const repeats = step?.kind === 'send' && step.onUnknown === 'resend';
  const isAsked = ({ kind, outcome }: Decision) =>
    kind === 'resend' || (repeats && kind === 'sent' && outcome === 'unknown');
  return own.filter(isAsked).length;
}

/** Every journey here ends by itself, so whoever is still in one is stuck. */
function ended({ id, status, state, needsAttention }: Enrollment): string[] {
  if (needsAttention !== null) return [`${id} is parked: ${needsAttention}`];
  return status === 'active' ? [`${id} is stuck at ${state.step}`] : [];
}

/** Promise 4: each message asked for was sent or not, once, and the end has its reason. */
function decided({ id, status, state }: Enrollment, { decisions, deliveries }: StoredRows): string[] {
  const wrong: string[] = [];
  const own = decisions.filter(({ enrollmentId }) => enrollmentId === id);
  const keys = new Set(deliveries.filter(({ enrollmentId }) => enrollmentId === id).map(({ key }) => key));
  for (let effect = 1; effect <= state.effects; effect += 1) keys.add(`${id}/${effect}`);
  for (const key of keys) {
    const answers = own.filter(({ effectKey, kind }) => effectKey === key && (kind === 'sent' || kind === 'not_sent'));
    // Each time that it was asked for once more is answered for, unless something prevented that.
    const doubts = answers.filter(({ kind, outcome }) => kind === 'sent' && outcome === 'unknown').length;
    const most = answers.length > 0 ? 1 + repeatsOf(key, decisions) : 1;
    if (answers.length === 0 || answers.length > most || answers.length - doubts > 1)
      wrong.push(`${key} has ${answers.length} decisions`);
    wrong.push(...answers.flatMap(unreasoned));
  }
  const ends = own.filter(({ kind }) => kind === 'exited' || kind === 'completed');
  if (status !== 'active' && ends.length !== 1) wrong.push(`${id} has ${ends.length} ends`);
  if (own.filter(({ kind }) => kind === 'entered').length !== 1) wrong.push(`${id} has not entered once`);
  return wrong;
}

/** What came of an answer that somebody gave. */
export interface Answered {
  sourceId: string;
  isValid: boolean;
  status: AnswerReceipt['status'];
}

/** Promise 1 for answers: one of the question's is stored, once, and heard where it was waited for. */
export function violationsOfAnswers({ decisions, enrollments }: StoredRows, watch: Watch, given: Answered[]): string[] {
  const stored = [...watch.events.values()].filter(({ name }) => name === answerEvent);
  const wrong = given.flatMap(({ sourceId, isValid, status }) =>
    isValid === (status === 'accepted' || status === 'duplicate') ? [] : [`${sourceId} was answered with ${status}`],
  );
  const valid = new Set(given.filter(({ isValid }) => isValid).map(({ sourceId }) => sourceId));
  if (stored.length !== valid.size) wrong.push(`${valid.size} answers were given and ${stored.length} are stored`);
  for (const { id, data, receivedAt } of stored) {
    const enrollment = enrollments.find((each) => each.id === data.enrollment)!;
    const state = watch.answered.get(id);
    const isAwaited = state !== undefined && state.asking === data.effect && receivedAt <= state.due!;
    const isHeard = decisions.some(
      ({ kind, enrollmentId, step, outcome }) =>
        kind === 'heard' && enrollmentId === enrollment.id && step === data.step && outcome === 'answer',
    );
    const isCutOff = enrollment.endedBy !== null || ['expired', 'ejected', 'stopped'].includes(enrollment.reason ?? '');
    if (isAwaited && !isHeard && !isCutOff) wrong.push(`${enrollment.id} never heard the answer ${id}`);
  }
  return wrong;
}

function unreasoned({ kind, outcome, needed, effectKey }: Decision): string[] {
  if (kind === 'sent')
    return outcome === 'accepted' || outcome === 'unknown' ? [] : [`${effectKey} is sent ${outcome}`];
  const isKnown = (notSentReasons as readonly string[]).includes(outcome);
  return isKnown && needed !== '' ? [] : [`${effectKey} was not sent for no reason (${outcome}; ${needed})`];
}

/** A turn's decisions are numbered from 0 without a hole; all turns but an ended enrollment's last are finished. */
function journals({ decisions, turns, enrollments }: StoredRows): string[] {
  const wrong: string[] = [];
  for (const { enrollmentId, number, isFinished } of turns) {
    const own = decisions.filter((each) => each.enrollmentId === enrollmentId && each.turn === number);
    const seqs = own.flatMap(({ seq }) => seq ?? []).sort((a, b) => a - b);
    if (seqs.some((seq, index) => seq !== index)) wrong.push(`${enrollmentId}/${number} has a journal of ${seqs}`);
    const enrollment = enrollments.find(({ id }) => id === enrollmentId)!;
    if (!isFinished && (enrollment.turn !== number || enrollment.status === 'active'))
      wrong.push(`${enrollmentId}/${number} was never finished`);
  }
  for (const { id, turn } of enrollments) {
    const numbers = turns.filter(({ enrollmentId }) => enrollmentId === id).length;
    if (numbers !== turn) wrong.push(`${id} is at turn ${turn} and has ${numbers}`);
  }
  return wrong;
}

/**
 * Where nothing goes wrong and nobody is paused, an event that a wait listens to is heard at once: a look that is lost is
 * made up for at the next due time, and nothing else would show it. A wait that counts from entry hears also what is past.
 */
export function violationsOfCalm({ decisions }: StoredRows, watch: Watch): string[] {
  return decisions.flatMap(({ kind, at, enrollmentId, turn, step: id, version }) => {
    const step = planOf(version).steps[id ?? ''];
    if (step?.kind === 'wait' && step.form === 'event' && step.since) return [];
    const opened = watch.turns.get(`${enrollmentId}/${turn}`);
    const lateMs = kind === 'heard' && opened ? opened.at - at : 0;
    return lateMs > 1_000 ? [`${enrollmentId} heard at ${id} ${lateMs} ms late`] : [];
  });
}

/** An event that came while a wait listened was heard there, unless something earlier had already moved on. */
function heard({ decisions, enrollments }: StoredRows, arrivals: Arrival[], watch: Watch): string[] {
  return arrivals.flatMap(({ enrollmentId, event, state, tick }) => {
    const enrollment = enrollments.find(({ id }) => id === enrollmentId)!;
    const step = planOf(enrollment.version).steps[state.step ?? ''];
    if (step?.kind !== 'wait' || (step.form !== 'event' && step.form !== 'until_no')) return [];
    const listeners = step.form === 'event' ? step.listeners : [step];
    const isListened = listeners.some(({ on }) => on.includes(event.name));
    if (!isListened || event.receivedAt > state.due! || enrollment.endedBy !== null) return [];
    // Ended from outside the steps, which go no further then.
    if (['expired', 'ejected', 'stopped'].includes(enrollment.reason ?? '')) return [];
    const here = decisions.filter((each) => each.enrollmentId === enrollmentId && each.step === state.step);
    if (here.some(({ kind, eventId }) => kind === 'heard' && eventId === event.id)) return [];
    const isMovedOn = here.some(({ kind, at, turn }) => {
      const opened = watch.turns.get(`${enrollmentId}/${turn}`);
      if (kind === 'heard') return step.form === 'event' && at <= event.receivedAt;
      return kind === 'timed_out' && opened !== undefined && opened.tick < tick && opened.at <= event.receivedAt;
    });
    return isMovedOn ? [] : [`${enrollmentId} never heard ${event.name} ${event.id} at ${state.step}`];
  });
}
