// A customer's answer to a question that was sent: stored like an event, kept as a trait with what was asked as its
// evidence, and put before the enrollment that waits for it. One transaction under the customer's lock.

import { zoneOf } from './apply.ts';
import { retellAudiences } from './audiences.ts';
import { withEnrollment } from './command.ts';
import { answerEvent } from './core/answer.ts';
import type { Question } from './core/content.ts';
import { convertMap } from './core/convert.ts';
import type { Decision, Delivery } from './core/enrollment.ts';
import type { AskStep } from './core/plan.ts';
import type { Json, JsonMap, PropertyType } from './core/schema.ts';
import { decide } from './decide.ts';
import type { Customer, Tx } from './ports.ts';
import type { ReceivePorts } from './receive.ts';
import { report } from './report.ts';
import { changedTraits, withTraits } from './set-traits.ts';

export interface IncomingAnswer {
  /** The effect key of the message that asked. */
  key: string;
  /** One of the question's answers; or what was typed, where it has none. */
  answer: string;
  /** How it came (`link`, `line`, `site`, `push`), and the sender's id of it: a repeat of both is ignored. */
  source: string;
  sourceId: string;
  /** When the customer gave it. */
  at: number;
}

export type AnswerReceipt =
  | { status: 'accepted' }
  | { status: 'duplicate' }
  /** Nothing was asked under this key, or it was erased. */
  | { status: 'unknown' }
  /** Ask again: an answer must be one of `answers`, or of the type. */
  | { status: 'invalid'; expected: { answers: string[] } | { type: PropertyType['kind'] } };

/** What is typed is cut off nowhere: longer, it is refused. */
export const longestAnswer = 1000;

/** Takes an answer. The first one moves its enrollment on; later ones, and late ones, are kept. */
export async function receiveAnswer(ports: ReceivePorts, incoming: IncomingAnswer): Promise<AnswerReceipt> {
  const { key, at } = incoming;
  const { receipt, delivery } = await take(ports, incoming);
  // Who answers has been reached: where nobody knew, that says it.
  if (receipt.status === 'accepted' && delivery?.state !== 'accepted')
    await report(ports, key, { kind: 'answered', at, code: null, source: incoming.source });
  return receipt;
}

async function take(
  ports: ReceivePorts,
  incoming: IncomingAnswer,
): Promise<{ receipt: AnswerReceipt; delivery?: Delivery }> {
  const { key } = incoming;
  let delivery: Delivery | undefined;
  const answer = await withEnrollment(ports, key.split('/')[0]!, async (tx, enrollment): Promise<AnswerReceipt> => {
    const asked = await questionUnder(tx, key);
    delivery = asked?.delivery;
    const customer = await tx.customer(enrollment.customerId);
    if (!asked || !customer || customer.isErased) return { status: 'unknown' };
    const catalog = await tx.catalog();
    const checked = check(incoming.answer, asked, catalog.settings.customer, zoneOf(customer, catalog.settings));
    if ('expected' in checked) return { status: 'invalid', expected: checked.expected };
    const receivedAt = ports.clock.now();
    const event = await tx.insertEvent({
      ...{
        customerId: customer.id,
        source: `answer ${incoming.source}`,
        sourceId: incoming.sourceId,
        name: answerEvent,
      },
      ...{ occurredAt: Math.min(incoming.at, receivedAt), receivedAt, flags: [], same: null, trusted: true },
      data: evidenceOf(incoming, asked, checked.answer),
    });
    if (!event) return { status: 'duplicate' };
    await ports.between('answer: stored');
    await tx.record([decisionOn(asked.delivery, receivedAt, event.id, checked.answer, checked.traits)]);
    if (enrollment.status === 'active') {
      await tx.addToInbox(enrollment.id, event);
      await tx.look(enrollment.id);
    }
    const traits = withTraits(customer.traits, checked.traits);
    await keep(tx, customer, traits, receivedAt);
    await decide(ports, tx, { ...customer, traits }, catalog, {
      ...{ event: null, cause: event, occurredAt: event.occurredAt, traitsBefore: customer.traits },
      touch: { events: [], traits: changedTraits(customer.traits, traits), consents: false },
    });
    await ports.between('answer: decided');
    return { status: 'accepted' };
  });
  return { receipt: answer ?? { status: 'unknown' }, ...(delivery && { delivery }) };
}

export interface Asked {
  delivery: Delivery;
  step: AskStep;
  question: Question;
}

/** The question that went under this key; null where none did, or where it was erased. */
export async function questionUnder(tx: Tx, key: string): Promise<Asked | null> {
  const delivery = await tx.delivery(key);
  if (!delivery?.rendered || delivery.attempt === 0 || delivery.state === 'suppressed') return null;
  const step = (await tx.plan(delivery.version)).steps[delivery.step];
  return step?.kind === 'ask' && delivery.rendered.question !== undefined
    ? { delivery, step, question: delivery.rendered }
    : null;
}

type Checked =
  | { answer: string; traits: JsonMap }
  | { expected: { answers: string[] } | { type: PropertyType['kind'] } };

function check(
  given: string,
  { step, question }: Asked,
  schema: { [trait: string]: PropertyType },
  zone: string,
): Checked {
  const answers = (question.answers ?? []).map(({ answer }) => answer);
  const answer = given.trim();
  if (answers.length > 0 && !answers.includes(answer)) return { expected: { answers } };
  if (answer === '' || answer.length > longestAnswer) return { expected: { type: 'string' } };
  const type = step.save === undefined ? undefined : schema[step.save];
  if (step.save === undefined || !type) return { answer, traits: {} };
  const { data, flags } = convertMap({ [step.save]: type }, { [step.save]: answer }, zone);
  const value: Json | undefined = data[step.save];
  if (flags.length > 0 || value === undefined || value === null) return { expected: { type: type.kind } };
  return { answer, traits: { [step.save]: value } };
}

/** What was asked, in the words that were shown, and how it was answered. */
function evidenceOf({ source }: IncomingAnswer, { delivery, question }: Asked, answer: string): JsonMap {
  const label = question.answers?.find((one) => one.answer === answer)?.label;
  const { key, journey, step, message, channel } = delivery;
  const effect = Number(key.slice(key.lastIndexOf('/') + 1));
  const asked = { question: question.question ?? '', answer, ...(label !== undefined && { label }) };
  return { effect, enrollment: delivery.enrollmentId, journey, step, message, channel, by: source, ...asked };
}

async function keep(tx: Tx, customer: Customer, traits: JsonMap, at: number): Promise<void> {
  const changed = changedTraits(customer.traits, traits);
  if (changed.length > 0) await tx.saveTraits(customer.id, traits);
  await retellAudiences(tx, customer.id, changed, at);
}

function decisionOn(delivery: Delivery, at: number, eventId: string, answer: string, traits: JsonMap): Decision {
  const { customerId, journey, version, enrollmentId, step, message, channel, key } = delivery;
  const place = { customerId, journey, version, enrollmentId, step, message, channel, effectKey: key };
  const saved: JsonMap = Object.keys(traits).length > 0 ? { traits } : {};
  const said = { kind: 'answered', outcome: 'answered', inputs: { answer, ...saved }, needed: '' } as const;
  return { ...place, ...said, at, eventId, turn: null, seq: null };
}
