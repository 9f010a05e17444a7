// A transcript: what happened to whom, in order of time, in the words of test files. Made from the record alone,
// so that the simulator and the durable driver are compared by the same eyes.
import { webhookChannel } from '../engine/core/channels.ts';
import { isShort, type Rendered, type ShortMessage } from '../engine/core/content.ts';
import type { Decision, Delivery } from '../engine/core/enrollment.ts';
import type { JsonMap } from '../engine/core/schema.ts';
import { traitFact } from '../language/test-expected.ts';
import type { WorldRecord } from './world.ts';

export type FactKind =
  | 'send'
  | 'ask'
  | 'answered'
  | 'webhook'
  | 'handoff'
  | 'exit'
  | 'credited'
  | 'not_sent'
  | 'not_repeated'
  | 'not_entered'
  | 'hold'
  | 'completed'
  | 'entered'
  | 'retry'
  | 'resolved'
  | 'trait'
  | 'audience';

/** One line of a transcript. */
export interface Fact {
  at: number;
  who: string;
  journey: string;
  kind: FactKind;
  /** The message, the exit's reason, `goal`, or for a non-entry its reason. */
  what: string;
  by?: string;
  why?: string;
  /** On a hold: when the message comes up again. */
  until?: number;
  /** On an audience: the platforms, sorted; with neither, nothing was changed, and `why` says why. */
  add?: string[];
  remove?: string[];
  /** On a send: what it said. */
  subject?: string;
  body?: string;
}

const kinds: { [kind in Decision['kind']]?: FactKind } = {
  sent: 'send',
  exited: 'exit',
  credited: 'credited',
  not_sent: 'not_sent',
  not_repeated: 'not_repeated',
  not_entered: 'not_entered',
  held: 'hold',
  completed: 'completed',
  entered: 'entered',
  retry: 'retry',
  resolved: 'resolved',
  set: 'trait',
  audience: 'audience',
  answered: 'answered',
};

/** The facts of a record, ordered by time; at one moment in the order they were recorded. */
export function transcriptOf(record: WorldRecord): Fact[] {
  const deliveries = new Map(record.deliveries.map((delivery) => [delivery.key, delivery]));
  const facts = record.decisions.flatMap((decision) => {
    const kind = kinds[decision.kind];
    if (kind === 'trait') return traitFacts(decision, record);
    if (decision.kind === 'handoff') return handoffFacts(decision, record);
    if (kind === 'audience') return [audienceFact(decision, record)];
    const fact = kind ? [factOf(kind, decision, record, deliveries)] : [];
    return kind === 'answered' ? [...fact, ...traitFacts(decision, record)] : fact;
  });
  return facts.sort((a, b) => a.at - b.at);
}

/** One fact a trait. */
function traitFacts(decision: Decision, record: WorldRecord): Fact[] {
  const fact = factOf('trait', decision, record, new Map());
  const traits = (decision.inputs.traits ?? {}) as JsonMap;
  return Object.entries(traits).map(([name, value]) => ({ ...fact, what: traitFact(name, value) }));
}

function audienceFact(decision: Decision, record: WorldRecord): Fact {
  const { outcome, inputs } = decision;
  const platforms = ((inputs.platforms ?? []) as string[]).toSorted();
  const fact = { ...factOf('audience', decision, record, new Map()), what: String(inputs.audience ?? '') };
  if (outcome === 'added') return { ...fact, add: platforms };
  if (outcome !== 'removed') return { ...fact, why: outcome };
  return { ...fact, remove: platforms, ...(typeof inputs.why === 'string' && { why: inputs.why }) };
}

function factOf(kind: FactKind, decision: Decision, record: WorldRecord, deliveries: Map<string, Delivery>): Fact {
  const { at, journey, customerId, outcome, message, channel, effectKey } = decision;
  const fact: Fact = { at, who: record.customers[customerId] ?? customerId, journey, kind, what: message ?? outcome };
  if (channel !== null) fact.by = channel;
  if (kind === 'not_sent' || kind === 'not_repeated' || kind === 'hold' || kind === 'resolved') fact.why = outcome;
  if (kind === 'hold' && typeof decision.inputs.until === 'number') fact.until = decision.inputs.until;
  if (kind === 'answered') fact.what = String(decision.inputs.answer);
  const rendered = kind === 'send' && effectKey !== null ? deliveries.get(effectKey)?.rendered : undefined;
  if (rendered?.question !== undefined) fact.kind = 'ask';
  if (kind === 'send' && channel === webhookChannel) fact.kind = 'webhook';
  if (rendered && !('sent' in rendered)) Object.assign(fact, wordsOf(rendered));
  return fact;
}

/** A person who was called, or was not; that one is done is no fact of its own. */
function handoffFacts(decision: Decision, record: WorldRecord): Fact[] {
  if (decision.outcome === 'resolved') return [];
  const isOpen = decision.outcome === 'opened';
  const fact = factOf(isOpen ? 'handoff' : 'not_sent', decision, record, new Map());
  return [{ ...fact, what: String(decision.inputs.queue) }];
}

/** A short message's title is what a test calls its subject. */
function wordsOf(rendered: Rendered | ShortMessage): Pick<Fact, 'subject' | 'body'> {
  if (!isShort(rendered)) return { subject: rendered.subject, body: `${rendered.text}\n${rendered.html}` };
  const { title, body, url, image } = rendered;
  return { subject: title, body: [body, url, image].filter((part) => part !== null).join('\n') };
}

/** `2026-03-08 03:30  c1  send cart-reminder by email` */
export function factLine(fact: Fact, localTime: (at: number) => string): string {
  const until = fact.until === undefined ? '' : `until ${localTime(fact.until)}`;
  const change = [fact.add && `add ${fact.add.join(', ')}`, fact.remove && `remove ${fact.remove.join(', ')}`];
  const detail = [...change, fact.by && `by ${fact.by}`, fact.why && `why ${fact.why}`, until]
    .filter(Boolean)
    .join(' ');
  return `${localTime(fact.at)}  ${fact.who}  ${fact.kind} ${fact.what}${detail && ` ${detail}`}`;
}
