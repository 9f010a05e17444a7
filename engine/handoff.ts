// Handing a customer over to a person: the step `handoff` opens a conversation in the turn's own transaction, and whoever
// takes it replies there and resolves it, which moves on what waits for it.

import { add, openOn } from './chat.ts';
import type { CommandAnswer } from './command.ts';
import type { Conversation } from './core/chat.ts';
import type { Decision, Enrollment } from './core/enrollment.ts';
import { resolvedEvent } from './core/handoff.ts';
import type { HandoffStep } from './core/plan.ts';
import { endedReason } from './core/policy.ts';
import type { NotSentReason } from './core/reasons.ts';
import type { JsonMap } from './core/schema.ts';
import type { Ports, Tx } from './ports.ts';
import type { ReceivePorts } from './receive.ts';
import type { OpenedTurn } from './turn-open.ts';

/** What a turn has decided, to be written with its next write. */
export interface Handoff {
  effectKey: string;
  stepId: string;
  step: HandoffStep;
  at: number;
}

export interface HandoffAnswer {
  outcome: 'opened' | NotSentReason;
  inputs: JsonMap;
  needed: string;
}

/** Whether a person may be called, by what the turn was opened with. No consent is needed: nobody writes to the customer. */
export function askHandoff({ enrollment }: OpenedTurn, { step }: Handoff): HandoffAnswer {
  const inputs = inputsOf(step);
  const { conditionErrors, heldOut } = enrollment;
  if (conditionErrors.length > 0)
    return {
      outcome: 'condition_error',
      inputs,
      needed: `${conditionErrors.join(' and ')} must be evaluated without error`,
    };
  if (heldOut) return { outcome: 'holdout', inputs, needed: 'the customer must not be in the holdout of this journey' };
  return { outcome: 'opened', inputs, needed: '' };
}

/** Writes what a turn has decided. Answers those that may not stand any more, by effect key. */
export async function writeHandoffs(
  ports: Pick<Ports, 'newId'>,
  tx: Tx,
  enrollment: Enrollment,
  handoffs: Handoff[],
): Promise<Map<string, HandoffAnswer>> {
  const refused = new Map<string, HandoffAnswer>();
  if (handoffs.length === 0) return refused;
  const { status } = await tx.holdJourney(enrollment.journey);
  const isOver = enrollment.status !== 'active' || status === 'stopped';
  const reason = endedReason(enrollment.status === 'active' ? 'stopped' : enrollment.reason);
  for (const handoff of handoffs) {
    const inputs = inputsOf(handoff.step);
    if (isOver) refused.set(handoff.effectKey, { outcome: reason, inputs, needed: 'the enrollment must be open' });
    else if (!(await tx.conversationOfEffect(handoff.effectKey))) await open(ports, tx, enrollment, handoff);
  }
  return refused;
}

async function open(ports: Pick<Ports, 'newId'>, tx: Tx, enrollment: Enrollment, handoff: Handoff): Promise<void> {
  const { effectKey, stepId: step, at } = handoff;
  const { id: enrollmentId, customerId, journey } = enrollment;
  const place = {
    id: ports.newId(),
    customerId,
    channel: await channelOf(tx, enrollmentId),
    queue: handoff.step.queue,
  };
  await tx.saveConversation({
    ...{ ...place, effectKey, enrollmentId, journey, step, note: handoff.step.note ?? null },
    ...{ status: 'open', openedAt: at, resolvedAt: null, resolvedBy: null },
  });
}

/** Where the journey has last spoken with them, of the channels on which they can answer. */
async function channelOf(tx: Tx, enrollmentId: string): Promise<string> {
  const deliveries = await tx.deliveriesOf(enrollmentId);
  const spoken = deliveries.filter(
    ({ channel, sentAt }) => sentAt !== null && (channel === 'line' || channel === 'site'),
  );
  return spoken.toSorted((a, b) => b.sentAt! - a.sentAt!)[0]?.channel ?? 'site';
}

const noConversation: CommandAnswer = { kind: 'not_found', sentence: 'no conversation has this id' };

/** The person is done; `by` is the role of who says so. What waits for it goes on. */
export async function resolveConversation(ports: ReceivePorts, id: string, by: string): Promise<CommandAnswer> {
  const answer = await onConversation(ports, id, async (tx, conversation) => {
    if (conversation.status === 'resolved')
      return { kind: 'unchanged', sentence: 'this conversation was resolved already' };
    const at = ports.clock.now();
    await tx.saveConversation({ ...conversation, status: 'resolved', resolvedAt: at, resolvedBy: by });
    await ports.between('conversation: resolved');
    const { enrollmentId, effectKey } = conversation;
    if (enrollmentId !== null && effectKey !== null) await moveOn(tx, conversation, effectKey, by, at);
    return { kind: 'done' };
  });
  return answer ?? noConversation;
}

/** Says something to the customer as a person, `by` for the record; a repeat of `key` is said once. */
export async function replyTo(
  ports: ReceivePorts,
  id: string,
  key: string,
  text: string,
  by: string,
): Promise<CommandAnswer> {
  const answer = await onConversation(ports, id, async (tx, conversation) => {
    if (conversation.status === 'resolved')
      return { kind: 'conflict', sentence: 'this conversation is resolved: what you say would reach nobody' };
    const { customerId, channel } = conversation;
    const said = { channel, key: `${id}/${key}`, from: 'agent' as const, by, content: { text } };
    const standing = (await openOn(tx, customerId, channel)) ?? conversation;
    const isNew = await add(tx, ports, customerId, standing, said);
    return isNew ? { kind: 'done' } : { kind: 'unchanged', sentence: 'this was said already' };
  });
  return answer ?? noConversation;
}

/** Runs `work` with the customer locked; null: there is no such conversation, or nobody any more to speak with. */
function onConversation(
  ports: ReceivePorts,
  id: string,
  work: (tx: Tx, conversation: Conversation) => Promise<CommandAnswer>,
): Promise<CommandAnswer | null> {
  return ports.store.transaction(async (tx) => {
    const known = await tx.conversation(id);
    const customer = known && (await tx.lockCustomer(known.customerId));
    if (!customer || customer.isErased) return null;
    const conversation = await tx.conversation(id);
    return conversation && work(tx, conversation);
  });
}

async function moveOn(tx: Tx, conversation: Conversation, effectKey: string, by: string, at: number): Promise<void> {
  const { id, customerId, queue } = conversation;
  const enrollment = await tx.lockEnrollment(conversation.enrollmentId!);
  if (!enrollment) return;
  const effect = Number(effectKey.slice(effectKey.lastIndexOf('/') + 1));
  const event = await tx.insertEvent({
    ...{ customerId, source: 'conversation', sourceId: id, name: resolvedEvent, data: { effect, queue } },
    ...{ occurredAt: at, receivedAt: at, flags: [], same: null, trusted: true },
  });
  if (!event) return;
  await tx.record([resolution(enrollment, conversation, event.id, by, at)]);
  if (enrollment.status !== 'active') return;
  await tx.addToInbox(enrollment.id, event);
  await tx.look(enrollment.id);
}

function resolution(
  { id: enrollmentId, customerId, journey, version }: Enrollment,
  { step, queue, effectKey }: Conversation,
  eventId: string,
  by: string,
  at: number,
): Decision {
  const place = { enrollmentId, customerId, journey, version, step, effectKey, message: null, channel: null };
  const said = { kind: 'handoff', outcome: 'resolved', inputs: { queue, by }, needed: '' } as const;
  return { ...place, ...said, at, eventId, turn: null, seq: null };
}

function inputsOf({ queue, note }: HandoffStep): JsonMap {
  return note === undefined ? { queue } : { queue, note };
}
