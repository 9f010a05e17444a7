// What is said between a customer and the shop on a channel where both can speak, and when a person is wanted in it.
import type { ShortMessage } from './content.ts';

/** Who said it: the customer, a journey's message, the FAQ, a language model, or a person of the shop. */
export type ChatSender = 'customer' | 'journey' | 'faq' | 'model' | 'agent';

/** What was said: plain text, or a journey's message. */
export type ChatContent = { text: string } | ShortMessage;

/** One thing said. Append-only; purged on erasure. */
export interface ChatMessage {
  /** Given by the store; later ones of one customer are higher. What a reader goes on from. */
  id: number;
  /** A delivery's key, or one made of what the sender sent: a second message with it is the same one again. */
  key: string;
  customerId: string;
  /** Where it was said: `site` or `line`. */
  channel: string;
  /** The one that it is a part of; null: nobody was asked for. */
  conversationId: string | null;
  from: ChatSender;
  /** Which agent said it, for the record; the customer is not told. */
  by: string | null;
  content: ChatContent;
  at: number;
}

/** A person is wanted, or was: a journey handed over, or the customer asked what nothing else could answer. */
export interface Conversation {
  id: string;
  customerId: string;
  /** Where the customer reads the answers. */
  channel: string;
  /** Who is asked: the name in `handoff: support`. */
  queue: string;
  status: 'open' | 'resolved';
  /** The handoff's effect key, and where it stands; all null where the customer asked. */
  effectKey: string | null;
  enrollmentId: string | null;
  journey: string | null;
  step: string | null;
  /** For the person: the handoff's note, or what was asked. */
  note: string | null;
  openedAt: number;
  resolvedAt: number | null;
  /** In whose role. */
  resolvedBy: string | null;
}
