// Tells Chatwoot of one conversation, step by step: contact, conversation, note, what is said, the end. Before a step leaves
// it is written down, so that whoever goes on after a kill looks there whether it has arrived.
import type { Json } from '../../engine/core/schema.ts';
import type { Mirror, MirrorProgress, Mirrors, ToldMessage } from '../../store/chatwoot.ts';
import type { Conversations } from '../deps.ts';
import { chatwootRole, ownSource, sayAsAgent } from './agent.ts';
import { type ChatwootApi, ChatwootFailure, type NewMessage } from './api.ts';
import { noteOf, saidIn } from './note.ts';

export interface MirrorDeps {
  api: ChatwootApi;
  mirrors: Mirrors;
  conversations: Pick<Conversations, 'read' | 'reply' | 'resolve'>;
  /** How the contact is called there; null: nothing is known that could be said. */
  nameOf(customerId: string): Promise<string | null>;
  now(): number;
  /** An agent has ended a conversation: what waits for it goes on. */
  resolved(): void;
  /** Called between every two steps; tests crash here. */
  between?(point: string): void;
}

/** Longer than any one call takes; every call begins with a new lease. */
export const leaseMs = 60_000;
/** Between two looks for what a webhook may have lost. */
export const readEveryMs = 60_000;

/** Tells what is to be told. True: nothing is left, and never will be. Throws where a call failed. */
export async function tellChatwoot(deps: MirrorDeps, mirror: Mirror): Promise<boolean> {
  const held = hold(deps, mirror);
  if (mirror.isErased) return forget(deps, held);
  // It was over before anything of it left.
  if (mirror.number === null && mirror.pending === null && mirror.status === 'resolved') return true;
  await tellContact(deps, held);
  await tellConversation(deps, held);
  await tellNote(deps, held);
  await tellMessages(deps, held);
  if ((await deps.mirrors.status(mirror.conversationId)) === 'open') {
    await readThere(deps, held);
    if ((await deps.mirrors.status(mirror.conversationId)) === 'open') return false;
  }
  // What was said before the end comes before the end.
  await tellMessages(deps, held);
  await deps.api.resolve(held.now.number!).catch(unlessGone);
  deps.between?.('resolved there');
  return true;
}

/** A mirror under its lease; `now` is how far it has come. */
interface Held {
  mirror: Mirror;
  now: MirrorProgress;
  save(changed: Partial<MirrorProgress>): Promise<void>;
  /** Creates something there once: whatever may have left before is looked for first. */
  once(name: string, find: () => Promise<number | null>, create: () => Promise<number>): Promise<number>;
}

function hold({ mirrors, now, between }: MirrorDeps, mirror: Mirror): Held {
  const { contactId, number, toldUpTo, lastTold, lastRead, readAt, pending } = mirror;
  const held: Held = {
    mirror,
    now: { contactId, number, toldUpTo, lastTold, lastRead, readAt, pending },
    async save(changed) {
      held.now = { ...held.now, ...changed };
      await mirrors.save(mirror, held.now, now() + leaseMs);
      between?.(`saved ${Object.keys(changed).join(' ')}`);
    },
    async once(name, find, create) {
      const known = held.now.pending === name ? await find() : null;
      if (known !== null) return known;
      await held.save({ pending: name });
      const made = await create();
      between?.(`${name} created`);
      return made;
    },
  };
  return held;
}

async function tellContact({ api, nameOf }: MirrorDeps, held: Held): Promise<void> {
  if (held.now.contactId !== null) return;
  const { identifier, customerId } = held.mirror;
  // There may be one from a conversation before; Chatwoot takes no second with the same identifier.
  const known = await api.findContact(identifier);
  const name = known === null ? ((await nameOf(customerId)) ?? `Tabiji ${identifier.slice(-8)}`) : '';
  const contactId =
    known ??
    (await held.once(
      'contact',
      async () => null,
      () => api.createContact(identifier, name),
    ));
  await held.save({ contactId, pending: null });
}

async function tellConversation({ api }: MirrorDeps, held: Held): Promise<void> {
  if (held.now.number !== null) return;
  const { conversationId } = held.mirror;
  const contactId = held.now.contactId!;
  const find = () => api.findConversation(contactId, conversationId);
  const number = await held.once('conversation', find, () => api.createConversation(contactId, conversationId));
  await held.save({ number, pending: null });
}

async function tellNote(deps: MirrorDeps, held: Held): Promise<void> {
  if (held.now.toldUpTo !== null) return;
  const { conversationId } = held.mirror;
  const view = await deps.conversations.read(conversationId, null);
  const content = view === null ? '' : noteOf(view as Json);
  const lastTold = await tell(deps, held, { sourceId: `${ownSource}note-${conversationId}`, content, isNote: true });
  await held.save({ toldUpTo: 0, lastTold, pending: null });
}

async function tellMessages(deps: MirrorDeps, held: Held): Promise<void> {
  for (;;) {
    const messages = await deps.mirrors.next(held.mirror.conversationId, held.now.toldUpTo!);
    if (messages.length === 0) return;
    for (const message of messages) {
      const lastTold = await tell(deps, held, newMessage(message));
      await held.save({ toldUpTo: message.id, lastTold, pending: null });
    }
  }
}

/** What the shop said itself is a note: a reply there would be said to the customer once more. */
function newMessage({ id, from, content }: ToldMessage): NewMessage {
  const said = saidIn(content);
  const isNote = from !== 'customer';
  return { sourceId: `${ownSource}${id}`, content: isNote ? `${from}: ${said}` : said, isNote };
}

function tell({ api }: MirrorDeps, held: Held, message: NewMessage): Promise<number> {
  const number = held.now.number!;
  const find = async () => {
    for (let after = held.now.lastTold; ; ) {
      const page = await api.messages(number, after);
      const found = page.find(({ sourceId }) => sourceId === message.sourceId);
      if (found) return found.id;
      const last = page.at(-1)?.id ?? after;
      if (last <= after) return null;
      after = last;
    }
  };
  return held.once(message.sourceId, find, () => api.createMessage(number, message));
}

/** What agents have said and done there since the last look, whether a webhook told it or not. */
async function readThere(deps: MirrorDeps, held: Held): Promise<void> {
  const { api, conversations, now } = deps;
  if (held.now.readAt !== null && held.now.readAt > now() - readEveryMs) return;
  const { conversationId } = held.mirror;
  const number = held.now.number!;
  // Asked first: what is said there before it is resolved is read below.
  const status = await api.status(number);
  for (let after = held.now.lastRead; ; ) {
    const page = (await api.messages(number, after)).filter(({ id }) => id > after);
    if (page.length === 0) break;
    for (const { id, isOutgoing, isPrivate, sourceId, content } of page) {
      const isTheirs = isOutgoing && !isPrivate && !sourceId?.startsWith(ownSource);
      if (isTheirs && content) await sayAsAgent(conversations, conversationId, id, content);
      after = id;
    }
    await held.save({ lastRead: after });
  }
  await held.save({ readAt: now() });
  if (status !== 'resolved') return;
  await conversations.resolve(conversationId, chatwootRole);
  deps.resolved();
}

/** The customer was erased here: what was told of them is taken out there, too. */
async function forget({ api, between }: MirrorDeps, held: Held): Promise<boolean> {
  if (held.now.contactId === null && held.now.pending === null) return true;
  const contactId = held.now.contactId ?? (await api.findContact(held.mirror.identifier));
  if (contactId !== null) await api.deleteContact(contactId);
  between?.('forgotten there');
  return true;
}

/** Somebody has deleted it there. */
function unlessGone(error: unknown): void {
  if (!(error instanceof ChatwootFailure) || error.code !== '404') throw error;
}
