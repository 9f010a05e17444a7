// One execution of a turn: what it was opened with, what it has decided, and what it has not written yet.
import { type AudienceAnswer, type AudienceChange, askAudience, retellAudiences, writeAudiences } from './audiences.ts';
import type { Calls } from './calls.ts';
import type { Decision, Delivery, Enrollment, Resend, State } from './core/enrollment.ts';
import type { Hold, Silence } from './core/policy.ts';
import type { JsonMap } from './core/schema.ts';
import { decide } from './decide.ts';
import { effectKey, isOver, type Settled } from './delivery-outcome.ts';
import { askHandoff, type Handoff, type HandoffAnswer, writeHandoffs } from './handoff.ts';
import type { Effects, Journal } from './journal.ts';
import { openJournal } from './journal.ts';
import type { Ports, Tx } from './ports.ts';
import { resolveFromReports } from './resolution.ts';
import { changedTraits, withTraits } from './set-traits.ts';
import type { OpenedTurn } from './turn-open.ts';

/** Another execution has taken over: this one stops, and whatever it meant to write is not written. */
export class TurnFenced extends Error {
  constructor() {
    super('fenced: another execution of this turn has taken over');
    this.name = 'TurnFenced';
  }
}

/** A settled delivery that waits for the turn's next write. */
interface Unsaved {
  settled: Settled;
  at: number;
}
export interface Written {
  decisions: number;
  deliveries: number;
  traits: number;
  audiences: number;
  handoffs: number;
}

export interface TurnRun extends Effects {
  ports: Ports;
  calls: Calls;
  opened: OpenedTurn;
  token: number;
  /** The delivery that this execution may attempt though it belongs in its channel's queue, because it comes from there. */
  ticket: string | null;
  /** What goes to its channel's queue. */
  queued: Delivery | null;
  /** What is left of the message that an agent wants sent once more; null: nothing; absent: not looked after yet. */
  resend?: Resend | null;
  /** Aborts provider calls that have not claimed. */
  signal: AbortSignal | undefined;
  journal: Journal;
  /** Set by a claim that found another token. */
  fenced: boolean;
  /** Set by a claim that was refused: by a gate, or because the delivery is over already (cancelled meanwhile). */
  refusal: Silence | Hold | Delivery | null;
  /** What is left of `state.begun`; each is taken once. */
  begun: NonNullable<State['begun']>;
  /** Set by a claim that found a pause: the turn takes no further step. */
  paused: boolean;
  now(): number;
  /** Takes a settled delivery and its decision into the next write. */
  take(settled: Settled, at: number): void;
  /** The last answer that took a branch, for what follows. */
  answer: string | undefined;
  /** What webhooks have answered. */
  vars: State['vars'];
  unsaved(): Settled[];
  /** Under the enrollment's lock, before `flush`: lets go of what somebody else has ended, and recorded, meanwhile. */
  dropOver(tx: Tx): Promise<void>;
  /** Writes the traits that this turn has set, and all that this does; true if there are any. Before `flush`, in its transaction. */
  flushTraits(tx: Tx): Promise<boolean>;
  /** Writes the audiences that this turn has changed, and calls the people it has asked for, in the same place; `enrollment` is as it stands now. */
  flushAudiences(tx: Tx, enrollment: Enrollment): Promise<void>;
  /** Writes all else that is unwritten, with the customer's lock held; tell `flushed` once that has committed. */
  flush(tx: Tx): Promise<Written>;
  flushed(written: Written): void;
}

export function startRun(
  ports: Ports,
  calls: Calls,
  opened: OpenedTurn,
  ticket: string | null,
  signal?: AbortSignal,
): TurnRun {
  const { id: enrollmentId, customerId, journey, version, turnToken } = opened.enrollment;
  const place = { enrollmentId, customerId, journey, version, turn: opened.row.number };
  const journal = openJournal(place, opened.journal);
  const pending: Unsaved[] = [];
  const audiences: AudienceChange[] = [];
  const handoffs: Handoff[] = [];
  let refused = new Map<string, AudienceAnswer | HandoffAnswer>();
  // Who withdrew or settled it while this turn tried without a claim has recorded it. Only a delivery that was in the store
  // before this execution can have met somebody else.
  const isOverMeanwhile = async (tx: Tx, key: string): Promise<boolean> => {
    if (!opened.isRerun && opened.delivery?.key !== key) return false;
    const stored = await tx.delivery(key);
    // One that somebody gave up in our place is still ours to answer for.
    return stored !== null && isOver(stored) && stored.claimedBy !== turnToken;
  };
  const traits: JsonMap[] = [];
  const run: TurnRun = {
    ports,
    calls,
    opened,
    token: turnToken,
    ticket,
    queued: null,
    signal,
    journal,
    fenced: false,
    refusal: null,
    begun: [...(opened.enrollment.state.begun ?? [])],
    paused: false,
    now: () => ports.clock.now(),
    take(settled, at) {
      pending.push({ settled, at });
      journal.note(settled.decision);
    },
    setTraits(values) {
      traits.push(values);
      opened.customer = { ...opened.customer, traits: withTraits(opened.customer.traits, values) };
    },
    changeAudience(stepId, step, at, effect) {
      const change: AudienceChange = { effectKey: effectKey(enrollmentId, effect), stepId, step, at };
      const answer = askAudience(opened, change);
      if (answer.outcome === 'added' || answer.outcome === 'removed') audiences.push(change);
      return { ...answer, effectKey: change.effectKey };
    },
    handOff(stepId, step, at, effect) {
      const handoff: Handoff = { effectKey: effectKey(enrollmentId, effect), stepId, step, at };
      const answer = askHandoff(opened, handoff);
      if (answer.outcome === 'opened') handoffs.push(handoff);
      return { ...answer, effectKey: handoff.effectKey };
    },
    answer: opened.enrollment.state.answer,
    vars: opened.enrollment.state.vars,
    setAnswer(answer) {
      run.answer = answer;
    },
    unsaved: () => pending.map(({ settled }) => settled),
    async dropOver(tx) {
      const isOver = await Promise.all(pending.map(({ settled }) => isOverMeanwhile(tx, settled.delivery.key)));
      for (const { settled } of pending.filter((_, index) => isOver[index])) journal.drop(settled.delivery.key);
      pending.splice(0, pending.length, ...pending.filter((_, index) => !isOver[index]));
      if (run.queued && (await isOverMeanwhile(tx, run.queued.key))) run.queued = null;
    },
    async flushTraits(tx) {
      if (traits.length > 0) await saveNewTraits(ports, tx, customerId, Object.assign({}, ...traits));
      return traits.length > 0;
    },
    async flushAudiences(tx, enrollment) {
      refused = new Map<string, AudienceAnswer | HandoffAnswer>([
        ...(await writeAudiences(ports, tx, enrollment, opened.plan, audiences)),
        ...(await writeHandoffs(ports, tx, enrollment, handoffs)),
      ]);
    },
    async flush(tx) {
      const decisions = journal.unwritten().map((decision) => standing(decision, refused));
      const writes = pending.flatMap(({ settled: { delivery, suppress }, at }) => [
        tx.saveDelivery(delivery),
        suppress && delivery.to !== null ? tx.suppress(delivery.channel, delivery.to, suppress, at) : null,
      ]);
      if (run.queued) writes.push(tx.saveDelivery(run.queued));
      await Promise.all([...writes, decisions.length > 0 ? tx.record(decisions) : null]);
      for (const { settled, at } of pending) await resolveFromReports(tx, settled.delivery, at);
      return {
        decisions: decisions.length,
        deliveries: pending.length,
        traits: traits.length,
        audiences: audiences.length,
        handoffs: handoffs.length,
      };
    },
    flushed({ decisions, deliveries, traits: count, audiences: changes, handoffs: called }) {
      traits.splice(0, count);
      audiences.splice(0, changes);
      handoffs.splice(0, called);
      journal.written(decisions);
      pending.splice(0, deliveries);
    },
  };
  return run;
}

/** What was refused at its writing is recorded so. */
function standing(decision: Decision, refused: Map<string, AudienceAnswer | HandoffAnswer>): Decision {
  const isOne = decision.kind === 'audience' || decision.kind === 'handoff';
  const answer = isOne ? refused.get(decision.effectKey ?? '') : undefined;
  return answer ? { ...decision, ...answer } : decision;
}

/** Into what stands there now: other traits may have come in since the turn was opened. */
async function saveNewTraits(ports: Ports, tx: Tx, customerId: string, values: JsonMap): Promise<void> {
  const customer = await tx.lockCustomer(customerId);
  if (!customer || customer.isErased) return;
  const traits = withTraits(customer.traits, values);
  await tx.saveTraits(customer.id, traits);
  const at = ports.clock.now();
  await retellAudiences(tx, customer.id, changedTraits(customer.traits, traits), at);
  await decide(ports, tx, { ...customer, traits }, await tx.catalog(), {
    ...{ event: null, cause: { id: null, receivedAt: at }, occurredAt: at, traitsBefore: customer.traits },
    touch: { events: [], traits: changedTraits(customer.traits, traits), consents: false },
  });
}
