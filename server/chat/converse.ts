// A customer says something in a chat: it is kept, and it answers a question that a journey has asked, or is answered by the
// FAQ, by a model, or by calling a person.
import type { AnswerReceipt, IncomingAnswer } from '../../engine/answer.ts';
import { callPerson, type Heard, type HearPorts, hear, say, wentTo } from '../../engine/chat.ts';
import type { Identity } from '../../engine/ports.ts';
import type { OpenQuestion } from '../../store/chat.ts';
import type { Answers } from './answers.ts';
import { askAgain, personComing } from './words.ts';

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

/** A button under a question was pressed. */
export interface Picked {
  identity: Identity;
  channel: string;
  /** The key of the message that asked. */
  key: string;
  answer: string;
}

export interface Converse {
  /**
   * When it resolves, the message and its answer are committed. Safe to repeat: what was answered is not answered again.
   * `gone`: this is nobody any more.
   */
  type(typed: Typed): Promise<'taken' | 'gone'>;
  /** `unknown`: nothing was asked of this customer under this key, or no such answer. */
  pick(picked: Picked): Promise<'taken' | 'unknown'>;
}

export interface ConverseDeps {
  ports: HearPorts;
  /** The FAQ's or a model's. */
  answers: Answers;
  /** What a journey has asked there since, and nobody has answered. */
  openQuestion(customerId: string, channel: string, since: number): Promise<OpenQuestion | null>;
  receiveAnswer(answer: IncomingAnswer): Promise<AnswerReceipt>;
  /** Told once something is committed: an answer may take seconds. */
  heard(): void;
}

/** Who people are called from where nothing else says so. */
const queue = 'support';
/** Whoever types something a month after a question means something else. */
const openMs = 30 * 24 * 60 * 60 * 1000;

export function createConverse({ ports, answers, openQuestion, receiveAnswer, heard }: ConverseDeps): Converse {
  return {
    async type(typed) {
      const said = await hear(ports, typed);
      heard();
      if (!said) return 'gone';
      if (!said.isWithPerson && !said.hasAnswered) await answer(said, typed);
      heard();
      return 'taken';
    },
    async pick({ identity, channel, key, answer: given }) {
      if (!(await wentTo(ports, identity, channel, key))) return 'unknown';
      const place = { key, answer: given, source: channel, sourceId: `${key}/${given}` };
      const receipt = await receiveAnswer({ ...place, at: ports.clock.now() });
      heard();
      return receipt.status === 'accepted' || receipt.status === 'duplicate' ? 'taken' : 'unknown';
    },
  };

  async function answer(said: Heard, { channel, text, locale: shown }: Typed): Promise<void> {
    const { settings } = await ports.store.transaction((tx) => tx.catalog());
    const own = said.customer.traits.locale;
    const locale = shown ?? (typeof own === 'string' ? own : settings.locale);
    const place = { customerId: said.customer.id, channel, key: said.answerKey };
    if (await answersQuestion(said, channel, text, locale)) return;
    const found = await answers(text, locale, settings);
    if (found) await say(ports, { ...place, from: found.by, content: { text: found.text } });
    else await callPerson(ports, { ...place, from: 'faq', content: { text: personComing(locale) } }, queue, text);
  }

  /** Whether it was meant for a journey's question: one of its answers, or anything where the answer is typed. */
  async function answersQuestion(said: Heard, channel: string, text: string, locale: string): Promise<boolean> {
    const asked = await openQuestion(said.customer.id, channel, ports.clock.now() - openMs);
    const given = asked && answerIn(asked, text);
    if (!asked || given === null) return false;
    const place = { key: asked.key, answer: given, source: channel, sourceId: said.answerKey };
    const receipt = await receiveAnswer({ ...place, at: ports.clock.now() });
    if (receipt.status !== 'invalid') return receipt.status !== 'unknown';
    const type = 'type' in receipt.expected ? receipt.expected.type : 'string';
    const again = { customerId: said.customer.id, channel, key: said.answerKey, from: 'faq' } as const;
    await say(ports, { ...again, content: { text: askAgain(locale, type) } });
    return true;
  }
}

/** The answer by its name or by what people read of it; null: it is none of them. */
function answerIn({ question: { answers = [] } }: OpenQuestion, text: string): string | null {
  if (answers.length === 0) return text;
  const plain = (one: string) => one.normalize('NFKC').trim().toLowerCase();
  const found = answers.find(({ answer, label }) => [answer, label].some((one) => plain(one) === plain(text)));
  return found?.answer ?? null;
}
