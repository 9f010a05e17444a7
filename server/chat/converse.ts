// A customer types something: it is kept, and answered by the FAQ, by a model, or by calling a person.
import { type ChatPorts, callPerson, type Heard, hear, say } from '../../engine/chat.ts';
import type { Identity } from '../../engine/ports.ts';
import type { Answers } from './answers.ts';
import { personComing } from './words.ts';

export interface Typed {
  identity: Identity;
  /** `site` or `line`. */
  channel: string;
  /** The sender's own: a repeat is the same message. */
  id: string;
  text: string;
  /** What the page is in; the customer's own language if it says nothing. */
  locale?: string | undefined;
}

/** Who people are called from where nothing else says so. */
const queue = 'support';

export type Converse = (typed: Typed) => Promise<'taken' | 'gone'>;

/**
 * When it resolves, the message and its answer are committed. Safe to repeat: what was answered is not answered again.
 *
 * @param heard told once the message itself is committed: an answer may take seconds
 */
export function createConverse(ports: ChatPorts, answers: Answers, heard: () => void): Converse {
  return async (typed) => {
    const said = await hear(ports, typed);
    heard();
    if (!said) return 'gone';
    if (!said.isWithPerson) await answer(said, typed);
    heard();
    return 'taken';
  };

  async function answer({ customer, answerKey }: Heard, { channel, text, locale: shown }: Typed): Promise<void> {
    const { settings } = await ports.store.transaction((tx) => tx.catalog());
    const own = customer.traits.locale;
    const locale = shown ?? (typeof own === 'string' ? own : settings.locale);
    const place = { customerId: customer.id, channel, key: answerKey };
    const found = await answers(text, locale, settings);
    if (found) await say(ports, { ...place, from: found.by, content: { text: found.text } });
    else await callPerson(ports, { ...place, from: 'faq', content: { text: personComing(locale) } }, queue, text);
  }
}
