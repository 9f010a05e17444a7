// What the gates look at for one delivery: from the turn's facts, and fresh from the store for the claim.
import type { Ahead, CountedSend } from './core/caps.ts';
import { capsOn, countedSince } from './core/caps.ts';
import { evaluate } from './core/condition.ts';
import type { Delivery } from './core/enrollment.ts';
import type { Deliver } from './core/machine.ts';
import type { OnlyIf, SendFacts } from './core/policy.ts';
import { goesFirst } from './core/priority.ts';
import type { Cap } from './core/settings.ts';
import { purposesFor, stepOf } from './message.ts';
import type { Tx } from './ports.ts';
import { factsAt, zoneOf } from './turn-facts.ts';
import type { TurnRun } from './turn-run.ts';

/** What other deliveries of the customer mean for the caps. */
export interface Competition {
  caps: Cap[];
  sends: CountedSend[];
  ahead: Ahead[];
}

/** The facts as this turn was opened with them; the condition of the send is evaluated now. */
export function factsOf(run: TurnRun, effect: Deliver, delivery: Delivery, competition: Competition): SendFacts {
  const { enrollment, settings, grants } = run.opened;
  const step = stepOf(run, effect);
  return {
    at: run.now(),
    ended: null,
    paused: false,
    heldOut: enrollment.heldOut,
    conditionErrors: enrollment.conditionErrors,
    channel: effect.channel,
    address: delivery.to,
    purposes: purposesFor(run, effect),
    grants,
    suppression: null,
    onlyIf: onlyIfOf(run, effect),
    zone: zoneOf(run.opened),
    quietHours: settings.quietHours,
    ...competition,
    passesOn: step.kind !== 'webhook' && step.hold === 'next_channel' && step.by.at(-1) !== effect.channel,
    expiresAt: effect.expiresAt,
  };
}

function onlyIfOf(run: TurnRun, effect: Deliver): OnlyIf | null {
  const step = stepOf(run, effect);
  const onlyIf = step.kind === 'webhook' ? undefined : step.onlyIf;
  if (!onlyIf) return null;
  return { cel: onlyIf.cel, ...evaluate(onlyIf, run.opened.plan, factsAt(run, run.now())) };
}

/** What stands in the delivery's caps now; the claim looks once more, under the customer's lock. */
export async function loadCompetition(run: TurnRun, delivery: Delivery): Promise<Competition> {
  if (capsOf(run, delivery).length === 0) return { caps: [], sends: [], ahead: [] };
  return run.ports.store.transaction((tx) => competitionOf(tx, run, delivery));
}

/** As `loadCompetition`, in a transaction. Without a cap that counts the delivery, nothing is asked of the store. */
export async function competitionOf(tx: Tx, run: TurnRun, delivery: Delivery): Promise<Competition> {
  const caps = capsOf(run, delivery);
  if (caps.length === 0) return { caps, sends: [], ahead: [] };
  const at = run.now();
  const channels = [...new Set(caps.flatMap((cap) => cap.channels))];
  const since = countedSince(caps, at, zoneOf(run.opened));
  const sends = await tx.countedSends(delivery.customerId, channels, since, at);
  const waiting = await tx.waitingDeliveries(delivery.customerId);
  const { halted = {} } = await tx.catalog();
  // The store may still have it as being sent: this turn knows better, and has not written it yet.
  const unsaved = run.unsaved().map((settled) => settled.delivery);
  const failed = new Set(unsaved.filter(({ sentAt }) => sentAt === null).map(({ key }) => key));
  const others = waiting.filter(
    (other) => other.key !== delivery.key && halted[other.journey] === undefined && goesFirst(other, delivery),
  );
  return {
    caps,
    sends: sends.filter(({ key }) => key !== delivery.key && !failed.has(key)),
    ahead: others.map(({ channel, retryAt }) => ({ channel, at: retryAt ?? at })),
  };
}

function capsOf(run: TurnRun, delivery: Delivery): Cap[] {
  return delivery.purpose === 'transactional' ? [] : capsOn(run.opened.settings.caps, delivery.channel);
}
