// A message of which nobody knows whether it went, sent once more because an agent says so (design §5). The press is one
// short transaction; the next turns bring the delivery, under its old key and through all gates, beside their own step.
import { type CommandAnswer, type CommandPorts, withEnrollment } from './command.ts';
import type { Delivery, Enrollment, Resend } from './core/enrollment.ts';
import { deliver } from './deliver.ts';
import { isOver } from './delivery-outcome.ts';
import type { Tx } from './ports.ts';
import { isInDoubt, onDelivery } from './resolution.ts';
import type { TurnRun } from './turn-run.ts';

const conflict = (sentence: string): CommandAnswer => ({ kind: 'conflict', sentence });

/**
 * Puts an `unknown` delivery back to `queued`, to be attempted by the next turn. Refuses what is known, what belongs to
 * an enrollment that has ended (nothing is sent after that), webhooks, and a second one while a first one waits.
 *
 * @param by the role of the agent
 */
export async function resend(ports: CommandPorts, key: string, by: string): Promise<CommandAnswer> {
  const [enrollmentId = '', effect] = key.split('/');
  const answer = await withEnrollment(ports, enrollmentId, async (tx, enrollment): Promise<CommandAnswer | null> => {
    const delivery = await tx.delivery(key);
    if (!delivery) return null;
    const refusal = refuse(enrollment, delivery, Number(effect));
    if (refusal) return refusal;
    const expiresMs = await expiryOf(tx, delivery);
    if (expiresMs === null) return conflict('its step is not in this version of the journey any more');
    const at = ports.clock.now();
    const { step, channel } = delivery;
    const waiting: Resend = { effect: Number(effect), step, channel, expiresAt: at + expiresMs, due: at };
    const state = { ...enrollment.state, resend: waiting };
    await tx.saveDelivery({ ...delivery, state: 'queued', reason: null, retryAt: at });
    await tx.saveEnrollment({ ...enrollment, state, dueAt: Math.min(enrollment.dueAt ?? at, at) });
    await tx.record([onDelivery(delivery, 'resend', 'resend', at, { by })]);
    await tx.look(enrollment.id);
    return { kind: 'done' };
  });
  return answer ?? { kind: 'not_found', sentence: 'no message stands under this key' };
}

function refuse(
  { status, reason, needsAttention, state }: Enrollment,
  delivery: Delivery,
  effect: number,
): CommandAnswer | null {
  if (delivery.state !== 'unknown' && isInDoubt(delivery))
    return { kind: 'unchanged', sentence: 'this message waits to be sent once more already' };
  if (delivery.state !== 'unknown')
    return conflict(
      `only a message of which nobody knows whether it went is sent once more; this one is ${delivery.state}`,
    );
  if (status !== 'active')
    return conflict(
      `this enrollment has ended (${reason ?? status}), and nothing is sent after that; say whether it went with resolve`,
    );
  if (needsAttention !== null) return conflict('this enrollment needs attention: release it first');
  if (delivery.channel === 'webhook') return conflict('a webhook is not called once more by hand');
  if (state.resend)
    return conflict('another message of this enrollment waits to be sent once more; come again when that is over');
  // Its turn has not come to its end: the delivery is still that turn's.
  if (effect > state.effects || state.sending?.effect === effect)
    return conflict('the journey is just taking up what became of this message: come again in a moment');
  return null;
}

async function expiryOf(tx: Tx, { version, step: id }: Delivery): Promise<number | null> {
  const step = (await tx.plan(version)).steps[id];
  return step?.kind === 'send' || step?.kind === 'ask' ? step.expiresMs : null;
}

/** The delivery that an agent wants sent once more, if there is one. */
export async function resentOf(tx: Tx, { id, state }: Enrollment): Promise<Delivery | null> {
  return state.resend ? tx.delivery(`${id}/${state.resend.effect}`) : null;
}

/**
 * At the end of a turn, behind all that the machine asks: a re-run finds its own decisions in their places, whenever the
 * agent pressed. Answers what is left to do; null: it is over.
 */
export async function bringResend(run: TurnRun, asked: Resend): Promise<Resend | null> {
  // One message at a time stands in a queue for one enrollment.
  if (run.queued && run.ticket !== `${run.opened.enrollment.id}/${asked.effect}`)
    return { ...asked, due: run.now() + waitMs };
  const { result } = await deliver(run, { kind: 'deliver', ...asked });
  return result.kind === 'later' ? { ...asked, due: result.retryAt } : null;
}

const waitMs = 60_000;

/** Whether a turn has something to do about it that time alone does not say. */
export function isResendOver(delivery: Delivery | null): boolean {
  return delivery !== null && isOver(delivery);
}
