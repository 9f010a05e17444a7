// Resolution of what nobody knew (design §5): a delivery that may have gone becomes `accepted` or `failed` by what is heard
// of it later. Nothing is ever sent again because of it.
import type { Decision, Delivery } from './core/enrollment.ts';
import type { ReportKind } from './core/reasons.ts';
import type { JsonMap } from './core/schema.ts';
import type { Settled } from './delivery-outcome.ts';
import type { Tx } from './ports.ts';

type Verdict = 'accepted' | 'gone' | 'failed';

/** What each report says of a delivery that may have gone. */
const verdicts: { [kind in ReportKind]: Verdict } = {
  delivered: 'accepted',
  delayed: 'accepted',
  bounced: 'gone',
  returned: 'failed',
  complained: 'accepted',
  opened: 'accepted',
  clicked: 'accepted',
  answered: 'accepted',
  taken: 'accepted',
  not_taken: 'failed',
};

/** What is known now, and from where. */
export interface Knowledge {
  kind: ReportKind;
  /** When it happened; the moment of sending, where no other is known. */
  at: number;
  code: string | null;
  /** How we know: `late_answer`, `link`, `bounce`, ... */
  source: string;
  /** The role of an agent who says so. */
  by?: string;
}

/** True while nobody knows whether the delivery went, also where it is kept to be sent once more. */
export function isInDoubt({ state, sentAt }: Delivery): boolean {
  return state === 'unknown' || ((state === 'queued' || state === 'held') && sentAt !== null);
}

/** The delivery as it is known to stand now. One that did not go no longer counts in any cap. */
export function resolved(delivery: Delivery, known: Knowledge, at: number): { delivery: Delivery; decision: Decision } {
  const verdict = verdicts[known.kind];
  const free = { claimedBy: null, leaseUntil: null, retryAt: null, code: known.code ?? delivery.code };
  const after: Delivery =
    verdict === 'accepted'
      ? { ...delivery, ...free, state: 'accepted', reason: null, sentAt: delivery.sentAt ?? known.at }
      : { ...delivery, ...free, state: 'failed', reason: verdict, sentAt: null };
  const { kind: report, code, source, by } = known;
  const inputs = {
    report,
    source,
    was: delivery.state,
    ...(code !== null && { code }),
    ...(by !== undefined && { by }),
  };
  const needed = verdict === 'accepted' ? '' : 'the provider must take the message';
  return { delivery: after, decision: onDelivery(after, 'resolved', verdict, at, inputs, needed) };
}

/** Writes it, and asks for a look where the enrollment still waits for this delivery. */
export async function saveResolved(tx: Tx, delivery: Delivery, known: Knowledge, at: number): Promise<void> {
  const after = resolved(delivery, known, at);
  await tx.saveDelivery(after.delivery);
  await tx.record([after.decision]);
  if (delivery.state !== 'unknown') await tx.look(delivery.enrollmentId);
}

/** A report may have come while the claim's holder still had the word: it counts once the holder has said that nobody knows. */
export async function resolveFromReports(tx: Tx, delivery: Delivery, at: number): Promise<void> {
  if (!isInDoubt(delivery)) return;
  const [first] = await tx.reportsOn(delivery.key);
  if (!first) return;
  const { code = null, source } = first.inputs as { code?: string | null; source: string };
  await saveResolved(tx, delivery, { kind: first.outcome as ReportKind, at: first.at, code, source }, at);
}

/**
 * The answer to a call whose claim was given up as unknown meanwhile: it is the holder's own, so it counts.
 *
 * @param token under which the holder had claimed
 */
export async function resolveByHolder(
  tx: Tx,
  stored: Delivery | null,
  { delivery: answered, suppress }: Settled,
  token: number,
  at: number,
): Promise<void> {
  if (!stored || !isInDoubt(stored) || stored.claimedBy !== token || stored.attempt !== answered.attempt) return;
  if (isInDoubt(answered)) return;
  const kind = answered.state === 'accepted' ? 'taken' : answered.reason === 'gone' ? 'bounced' : 'not_taken';
  const providerId = stored.to === null ? null : answered.providerId;
  const known = { kind, at, code: answered.code, source: 'late_answer' } as const;
  await saveResolved(tx, { ...stored, providerId }, known, at);
  if (suppress && stored.to !== null) await tx.suppress(stored.channel, stored.to, suppress, at);
}

/** A decision about a delivery, outside of any turn. */
export function onDelivery(
  delivery: Delivery,
  kind: 'reported' | 'resolved' | 'resend',
  outcome: string,
  at: number,
  inputs: JsonMap,
  needed = '',
): Decision {
  const { customerId, journey, version, enrollmentId, step, message, channel, key } = delivery;
  const place = { customerId, journey, version, enrollmentId, step, message, channel, effectKey: key };
  return { ...place, kind, at, outcome, inputs, needed, eventId: null, turn: null, seq: null };
}
