// A chat as the engine keeps it: what a journey says there, what the customer says, who answers, and when a person is
// wanted. Everything is written under the customer's lock, and once for each key.
import type { ChatContent, ChatSender, Conversation } from './core/chat.ts';
import { boundOf, ErasedIdentity } from './erase.ts';
import { findCustomer } from './merge.ts';
import type { Customer, Identity, Ports, Tx } from './ports.ts';

export type ChatPorts = Pick<Ports, 'store' | 'clock' | 'newId'>;
/** What it takes to find out who somebody is, and whether they have been erased. */
export type HearPorts = ChatPorts & Pick<Ports, 'between' | 'keyedHash'>;

/** Something that the shop says. */
export interface Saying {
  customerId: string;
  channel: string;
  key: string;
  from: Exclude<ChatSender, 'customer'>;
  content: ChatContent;
}

/** `known`: it was said before; `gone`: the customer has been erased, or never was. */
export type Said = 'said' | 'known' | 'gone';

/** Says something to a customer, where a person is speaking with them as a part of that conversation. */
export function say(ports: ChatPorts, saying: Saying): Promise<Said> {
  return ports.store.transaction(async (tx) => {
    const customer = await tx.lockCustomer(saying.customerId);
    if (!customer || customer.isErased) return 'gone';
    const conversation = await openOn(tx, customer.id, saying.channel);
    return (await add(tx, ports, customer.id, conversation, saying)) ? 'said' : 'known';
  });
}

export interface Heard {
  customer: Customer;
  /** What an answer to it is kept under; there is one. */
  answerKey: string;
  /** A person is speaking with the customer: nothing else answers. */
  isWithPerson: boolean;
  /** It was taken as the answer to a question already. */
  hasAnswered: boolean;
}

/**
 * The customer says something; a repeat of `id` is kept once. Null: they were erased, which is counted, and nothing is
 * kept. A visitor who was never seen is made a customer by it.
 */
export async function hear(ports: HearPorts, words: Words): Promise<Heard | null> {
  try {
    return await keep(ports, words);
  } catch (error) {
    if (!(error instanceof ErasedIdentity)) throw error;
    await ports.store.transaction((tx) => tx.countDropped(error.hash));
    return null;
  }
}

interface Words {
  identity: Identity;
  channel: string;
  id: string;
  text: string;
}

function keep(ports: HearPorts, { identity, channel, id, text }: Words): Promise<Heard> {
  return ports.store.transaction(async (tx) => {
    const customer = await findCustomer(tx, ports, identity, false);
    const key = `${customer.id}/${id}`;
    const conversation = await openOn(tx, customer.id, channel);
    await add(tx, ports, customer.id, conversation, { channel, key, from: 'customer', content: { text } });
    const answerKey = `${key}/answer`;
    const hasAnswered = await tx.hasEvent(`answer ${channel}`, answerKey);
    return { customer, answerKey, isWithPerson: conversation !== null, hasAnswered };
  });
}

/** Asks for a person, unless one is there; `saying` tells the customer so. The same key asks once. */
export function callPerson(ports: ChatPorts, saying: Saying, queue: string, note: string): Promise<Said> {
  return ports.store.transaction(async (tx) => {
    const customer = await tx.lockCustomer(saying.customerId);
    if (!customer || customer.isErased) return 'gone';
    const standing = await openOn(tx, customer.id, saying.channel);
    const conversation = standing ?? asked(ports, customer.id, saying.channel, queue, note);
    if (!(await add(tx, ports, customer.id, conversation, saying))) return 'known';
    if (!standing) await tx.saveConversation(conversation);
    return 'said';
  });
}

/** Whether a journey's message of this key went there to whom this browser or account belongs. */
export function wentTo(
  ports: Pick<ChatPorts, 'store'>,
  identity: Identity,
  channel: string,
  key: string,
): Promise<boolean> {
  return ports.store.transaction(async (tx) => {
    const delivery = await tx.delivery(key);
    if (delivery?.channel !== channel) return false;
    const theirs = await tx.identitiesOf(delivery.customerId);
    return boundOf(identity).some(({ kind, value }) => theirs.some((one) => one.kind === kind && one.value === value));
  });
}

export async function openOn(tx: Tx, customerId: string, channel: string): Promise<Conversation | null> {
  const open = await tx.openConversations(customerId);
  return open.find((conversation) => conversation.channel === channel) ?? null;
}

export function add(
  tx: Tx,
  ports: ChatPorts,
  customerId: string,
  conversation: Conversation | null,
  {
    channel,
    key,
    from,
    content,
    by = null,
  }: Omit<Saying, 'customerId' | 'from'> & { from: ChatSender; by?: string | null },
): Promise<boolean> {
  const conversationId = conversation?.id ?? null;
  return tx.addChatMessage({ customerId, channel, key, from, by, content, conversationId, at: ports.clock.now() });
}

function asked(ports: ChatPorts, customerId: string, channel: string, queue: string, note: string): Conversation {
  const handoff = { effectKey: null, enrollmentId: null, journey: null, step: null };
  const place = { id: ports.newId(), customerId, channel, queue };
  const openedAt = ports.clock.now();
  return { ...place, ...handoff, status: 'open', note, openedAt, resolvedAt: null, resolvedBy: null };
}
