// The journal of one turn: what was decided, in order. A re-run reads it back instead of deciding again, because it
// sees more events and a later clock; what does not fit is a misfit, and parks the enrollment (design §3).
import { compute, evaluate, type Facts } from './core/condition.ts';
import type { Decision, DecisionKind } from './core/enrollment.ts';
import type { StoredEvent } from './core/event.ts';
import { isDay } from './core/local-time.ts';
import type { Oracle } from './core/machine.ts';
import type { AudienceStep, ChooseStep, HandoffStep, Listener, Moment, Plan, WaitAt } from './core/plan.ts';
import type { JsonMap } from './core/schema.ts';
import { momentInData, nextClockTime } from './core/wall-clock.ts';
import { newTraitsOf } from './set-traits.ts';

/** The journal holds another decision than the machine now asks for. */
export class Misfit extends Error {}

export type Note = Pick<Decision, 'kind' | 'step' | 'at' | 'outcome' | 'inputs' | 'needed'> & Partial<Decision>;

export interface Journal {
  /** The stored decision at this place, if this is a re-run that has one. */
  readBack(kind: DecisionKind, step: string): Decision | undefined;
  /** Adds a decision; on a re-run, finds that it stands there already. */
  note(note: Note): void;
  /** Passes over what was written about a delivery that is found in the store. */
  skip(effectKey: string): void;
  /** Takes back what was said of this delivery and is not in the store yet. */
  drop(effectKey: string): void;
  /** What is not in the store yet; `written` says that the first `count` of these now are. */
  unwritten(): Decision[];
  written(count: number): void;
}

type Place = Pick<Decision, 'customerId' | 'journey' | 'version' | 'enrollmentId' | 'turn'>;

/** @param stored the decisions of this turn that are in the store, in order */
export function openJournal(place: Place, stored: Decision[]): Journal {
  let next = 0;
  const fresh: Decision[] = [];
  const readBack = (kind: DecisionKind, step: string | null): Decision | undefined => {
    const found = stored[next];
    if (!found) return undefined;
    if (found.kind !== kind || found.step !== step)
      throw new Misfit(`${found.kind} at ${found.step} is journaled where ${kind} at ${step} is asked`);
    next += 1;
    return found;
  };
  return {
    readBack,
    note(note) {
      if (readBack(note.kind, note.step)) return;
      const none = { eventId: null, message: null, channel: null, effectKey: null };
      fresh.push({ ...none, ...note, ...place, seq: next });
      next += 1;
    },
    skip(effectKey) {
      while (stored[next]?.effectKey === effectKey) next += 1;
    },
    drop(effectKey) {
      const kept = fresh.filter((decision) => decision.effectKey !== effectKey);
      next -= fresh.length - kept.length;
      fresh.splice(
        0,
        fresh.length,
        ...kept.map((decision, index) => ({ ...decision, seq: next - kept.length + index })),
      );
    },
    unwritten: () => [...fresh],
    written: (count) => void fresh.splice(0, count),
  };
}

/** What steps do besides sending. */
export interface Effects {
  /** At once for what follows in this turn, in the store with the next write. */
  setTraits(values: JsonMap): void;
  /** For what follows. */
  setAnswer(answer: string): void;
  /** The same for a person to be called. */
  handOff(id: string, step: HandoffStep, at: number, effect: number): Omit<Note, 'kind' | 'step' | 'at'>;
  /** Takes the change into the turn's next write, if it may be; answers what is decided. */
  changeAudience(id: string, step: AudienceStep, at: number, effect: number): Omit<Note, 'kind' | 'step' | 'at'>;
}

/** Answers the machine from the journal, or by evaluating on the facts of this moment and noting the answer. */
export function oracleOf(
  journal: Journal,
  plan: Plan,
  past: StoredEvent[],
  factsNow: () => Facts,
  effects: Effects,
): Oracle {
  return {
    past: () => past,
    timedOut(step, at) {
      journal.note({ kind: 'timed_out', step, at, outcome: 'timed_out', inputs: {}, needed: '' });
    },
    schedule(id, when, at) {
      const known = journal.readBack('scheduled', id);
      if (known) return known.outcome === 'never' ? null : Date.parse(known.outcome);
      const { moment, inputs, needed } = momentOf(when, plan, { ...factsNow(), now: at });
      const outcome = moment === null ? 'never' : new Date(moment).toISOString();
      journal.note({ kind: 'scheduled', step: id, at, outcome, inputs, needed });
      return moment;
    },
    holds(id, step, at) {
      const known = journal.readBack('watched', id);
      if (known) return known.outcome === 'true';
      const answer = evaluate(step.if, plan, { ...factsNow(), now: at });
      const inputs = answer.ok ? answer.read : { error: answer.error };
      const outcome = answer.ok ? String(answer.value) : 'error';
      journal.note({ kind: 'watched', step: id, at, outcome, inputs, needed: outcome === 'true' ? '' : step.if.cel });
      return outcome === 'true';
    },
    met(id, step, at) {
      journal.note({ kind: 'watched', step: id, at, outcome: 'true', inputs: { condition: step.if.cel }, needed: '' });
    },
    set(id, step, at) {
      // Written with its decision: where that stands, the traits have been set.
      if (journal.readBack('set', id)) return;
      const { values, inputs, failed } = newTraitsOf(step, plan, { ...factsNow(), now: at });
      effects.setTraits(values);
      const needed = failed.length === 0 ? '' : `${failed.join(' and ')} must have a value of the declared type`;
      const outcome = failed.length === 0 ? 'set' : 'condition_error';
      journal.note({ kind: 'set', step: id, at, outcome, inputs: { traits: values, ...inputs }, needed });
    },
    audience(id, step, at, effect) {
      // As with `set`.
      if (journal.readBack('audience', id)) return;
      journal.note({ kind: 'audience', step: id, at, ...effects.changeAudience(id, step, at, effect) });
    },
    handoff(id, step, at, effect) {
      const known = journal.readBack('handoff', id);
      if (known) return known.outcome === 'opened';
      const answer = effects.handOff(id, step, at, effect);
      journal.note({ kind: 'handoff', step: id, at, ...answer });
      return answer.outcome === 'opened';
    },
    resolved(id, event) {
      const what = { outcome: 'resolved', inputs: {}, needed: '', eventId: event.id };
      journal.note({ kind: 'heard', step: id, at: event.receivedAt, ...what });
    },
    known(id, step, at) {
      const told = journal.readBack('answered', id);
      const trait = told ? told.inputs.answer : factsNow().customer[step.save ?? ''];
      if (trait === undefined || trait === null) return null;
      const answer = String(trait);
      if (!told) {
        const what = { message: step.message, outcome: 'known', needed: '' };
        journal.note({ kind: 'answered', step: id, at, ...what, inputs: { answer, trait: step.save! } });
      }
      effects.setAnswer(answer);
      return answer;
    },
    answered(id, event, answer) {
      const what = { outcome: 'answer', inputs: { answer }, needed: '', eventId: event.id };
      journal.note({ kind: 'heard', step: id, at: event.receivedAt, ...what });
      effects.setAnswer(answer);
    },
    choose(id, step) {
      const known = journal.readBack('chose', id);
      if (known) return known.outcome === 'otherwise' ? null : Number(known.outcome);
      const { index, inputs } = firstArm(step, plan, factsNow());
      const needed = index === null ? step.arms.map((arm) => arm.when.cel).join(' or ') : '';
      journal.note({
        kind: 'chose',
        step: id,
        at: factsNow().now,
        outcome: outcomeOf(index, 'otherwise'),
        inputs,
        needed,
      });
      return index;
    },
    hear(id, listeners, event) {
      const known = journal.readBack('heard', id);
      if (known) return known.outcome === 'no_match' ? null : Number(known.outcome);
      const { index, inputs, needed } = firstListener(listeners, plan, { ...factsNow(), now: event.receivedAt, event });
      const outcome = outcomeOf(index, 'no_match');
      journal.note({ kind: 'heard', step: id, at: event.receivedAt, outcome, inputs, needed, eventId: event.id });
      return index;
    },
  };
}

/** A moment that cannot be computed never comes: the wait is bounded by `lasts`, and nothing behind it goes out. */
function momentOf(when: WaitAt | Moment, plan: Plan, facts: Facts) {
  const inputs: JsonMap = { time_zone: facts.zone };
  if (!('of' in when)) return { moment: nextClockTime(facts.now, facts.zone, when), inputs, needed: '' };
  const answer = compute(when.of, plan, facts);
  const value = answer.ok ? answer.value : null;
  const isMoment = typeof value === 'string';
  Object.assign(inputs, answer.ok ? answer.read : { error: answer.error });
  if (!isMoment) return { moment: null, inputs, needed: `${when.of.cel} must be a moment` };
  const given = isDay(value) ? value : Date.parse(value);
  return { moment: momentInData(given, when.shift, when.at, facts.zone), inputs, needed: '' };
}

/** A condition that fails at run time falls on the side of silence: the arm is not taken, the event does not match. */
function firstArm(step: ChooseStep, plan: Plan, facts: Facts) {
  const inputs: JsonMap = {};
  for (const [index, arm] of step.arms.entries()) {
    const answer = evaluate(arm.when, plan, facts);
    Object.assign(inputs, answer.ok ? answer.read : { error: answer.error });
    if (answer.ok && answer.value) return { index, inputs };
  }
  return { index: null, inputs };
}

function firstListener(listeners: Listener[], plan: Plan, facts: Facts & { event: StoredEvent }) {
  const inputs: JsonMap = { event: facts.event.name };
  const needed: string[] = [];
  for (const [index, listener] of listeners.entries()) {
    if (!listener.on.includes(facts.event.name)) continue;
    if (!listener.where) return { index, inputs, needed: '' };
    const answer = evaluate(listener.where, plan, facts);
    Object.assign(inputs, answer.ok ? answer.read : { error: answer.error });
    if (answer.ok && answer.value) return { index, inputs, needed: '' };
    needed.push(listener.where.cel);
  }
  return { index: null, inputs, needed: needed.join(' or ') };
}

function outcomeOf(index: number | null, none: string): string {
  return index === null ? none : String(index);
}
