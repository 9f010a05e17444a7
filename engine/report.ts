// What is heard of a message after its hand-over: a bounce, a complaint, an open, a click, an agent's word. Recorded, and
// drawn the consequence of, in one transaction under the customer's lock (design §5).
import { type CommandAnswer, withEnrollment } from './command.ts';
import type { Decision, Delivery, Enrollment } from './core/enrollment.ts';
import type { HeardKind } from './core/reasons.ts';
import { leaseLeftMs } from './delivery-outcome.ts';
import { addressName } from './erase.ts';
import type { Tx } from './ports.ts';
import { type ReceivePorts, withdrawAll } from './receive.ts';
import { isInDoubt, type Knowledge, onDelivery, saveResolved } from './resolution.ts';

/** One report. `at` is when it happened, as the reporter says; never later than now. */
export interface Report extends Omit<Knowledge, 'by'> {
  kind: HeardKind;
  /** A program opened it, not a person; `unknown` where that cannot be told. */
  machine?: boolean | 'unknown';
  /** Which of the message's links, from 0. */
  link?: number;
  /** Who it is about: the reporter's word, used only where ours was erased. */
  address?: string;
}

const done: CommandAnswer = { kind: 'done' };
const unchanged = (sentence: string): CommandAnswer => ({ kind: 'unchanged', sentence });
const conflict = (sentence: string): CommandAnswer => ({ kind: 'conflict', sentence });
const noDelivery: CommandAnswer = { kind: 'not_found', sentence: 'no message stands under this key' };

/** Opens and clicks are counted; of anything else a second report of the same is a repeat. */
const counted: HeardKind[] = ['opened', 'clicked'];

/** Takes one report of a delivery. Repeats change nothing; nothing is ever sent again because of it. */
export async function report(ports: ReceivePorts, key: string, heard: Report): Promise<CommandAnswer> {
  const answer = await withEnrollment(ports, enrollmentOf(key), async (tx, enrollment) => {
    const delivery = await tx.delivery(key);
    if (!delivery || delivery.attempt === 0) return null;
    const now = ports.clock.now();
    const at = Math.min(heard.at, now);
    const known = await tx.reportsOn(key);
    const isRepeat = known.some(
      ({ outcome, inputs }) => outcome === heard.kind && (inputs.code ?? null) === heard.code,
    );
    if (isRepeat && !counted.includes(heard.kind)) return unchanged('this was reported already');
    const said = isBurst(known, heard, at) ? { ...heard, machine: true } : heard;
    await tx.record([{ ...onDelivery(delivery, 'reported', heard.kind, at, inputsOf(said)), fold: foldOf(key, said) }]);
    await ports.between('report: recorded');
    await conclude(tx, ports, enrollment, delivery, { ...heard, at });
    await silence(tx, ports, delivery, { ...heard, at }, now);
    await ports.between('report: concluded');
    return done;
  });
  return answer ?? noDelivery;
}

/**
 * Somebody says whether a message went of which nobody knew: an agent who has looked, or the provider when asked.
 *
 * @param by the role of the agent, or `provider`
 */
export async function resolveDelivery(
  ports: ReceivePorts,
  key: string,
  by: string,
  as: 'accepted' | 'failed',
): Promise<CommandAnswer> {
  const answer = await withEnrollment(ports, enrollmentOf(key), async (tx, enrollment) => {
    const delivery = await tx.delivery(key);
    if (!delivery) return null;
    if (delivery.state === as) return unchanged(`this message stands as ${as} already`);
    const source = by === 'provider' ? 'provider' : 'agent';
    const kind = as === 'accepted' ? 'taken' : 'not_taken';
    const known = { kind, at: ports.clock.now(), code: null, source, by } as const;
    if (await conclude(tx, ports, enrollment, delivery, known)) return done;
    if (delivery.state === 'sending')
      return conflict('this message is being handed over right now: come again in a few minutes');
    return conflict(`it is known what became of this message: ${delivery.state}`);
  });
  return answer ?? noDelivery;
}

/** True where nobody knew, and this says it. */
async function conclude(
  tx: Tx,
  ports: ReceivePorts,
  enrollment: Enrollment,
  delivery: Delivery,
  known: Knowledge,
): Promise<boolean> {
  const isGivenUp = delivery.state === 'sending' && leaseLeftMs(delivery, ports.clock.real()) === 0;
  if (!isInDoubt(delivery) && !isGivenUp) return false;
  // Its holder may yet wake up: the new token keeps it from writing another end.
  if (isGivenUp) await tx.saveEnrollment({ ...enrollment, turnToken: enrollment.turnToken + 1 });
  await saveResolved(tx, delivery, known, ports.clock.now());
  return true;
}

/** What a bounce means for the address, and a complaint for address and consent (RFC 5965 §3.1). */
async function silence(tx: Tx, ports: ReceivePorts, delivery: Delivery, heard: Report, at: number): Promise<void> {
  if (heard.kind !== 'bounced' && heard.kind !== 'complained') return;
  const reason = heard.kind === 'bounced' ? 'hard_bounce' : 'complaint';
  const erased = heard.address === undefined ? null : { hash: ports.keyedHash(addressName(heard.address)) };
  const address = delivery.to ?? erased;
  if (address !== null) await tx.suppress(delivery.channel, address, reason, at);
  if (heard.kind === 'complained')
    await withdrawAll(ports, tx, delivery.customerId, delivery.channel, {
      ...{ source: 'complaint', at: heard.at, evidence: { delivery: delivery.key } },
    });
}

/** Nobody follows two links at once; a program that looks through the mail follows all of them. */
const burstMs = 2_000;

function isBurst(known: Decision[], { kind, link }: Report, at: number): boolean {
  if (kind !== 'clicked') return false;
  return known.some((other) => other.outcome === kind && other.inputs.link !== link && at - other.at < burstMs);
}

function inputsOf({ source, code, machine, link }: Report) {
  return {
    source,
    ...(code !== null && { code }),
    ...(machine !== undefined && { machine }),
    ...(link !== undefined && { link }),
  };
}

function foldOf(key: string, { kind, code, machine, link }: Report): string {
  return ['report', key, kind, code ?? '', machine ?? '', link ?? ''].join('|');
}

function enrollmentOf(key: string): string {
  return key.split('/')[0]!;
}
