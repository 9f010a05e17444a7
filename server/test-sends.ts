// Sending a message to oneself: rendered as its preview, over the real channel, recorded before it leaves. What the mail
// server answers is said in words.
import type { Channel, Outcome } from '../engine/channel.ts';
import { isShort } from '../engine/core/content.ts';
import type { Settings } from '../engine/core/settings.ts';
import { testMail } from '../engine/test-message.ts';
import type { TestMessages } from '../store/test-messages.ts';
import { CallerError } from './errors.ts';
import type { AskedPreview, Previewed } from './page-reads.ts';

/** Where tests leave, and what is kept of them. */
export interface TestMail {
  channel: Pick<Channel, 'attempt'>;
}

export interface TestSendDeps extends TestMessages {
  preview(asked: AskedPreview): Promise<Previewed | 'no_customer' | 'no_journey'>;
  settings(): Promise<Settings>;
  /** Why nobody may write there; null: they may. */
  suppression(address: string): Promise<string | null>;
  now(): number;
  newId(): string;
}

/** Longer than a mail server that is there takes to listen. */
const patienceMs = 20_000;

/** Throws `CallerError` for what cannot be rendered, may not be written to, or was not taken. */
export async function sendTest(
  deps: TestSendDeps,
  mail: TestMail,
  asked: AskedPreview,
  to: string,
  by: string,
): Promise<'sent' | 'unknown'> {
  const found = await renderedFor(deps, asked);
  if ((await deps.suppression(to)) !== null)
    throw new CallerError('conflict', 'this address must not be written to: it is suppressed; choose another one');
  const { journey, message, channel } = asked;
  const host = to.slice(to.lastIndexOf('@') + 1).toLowerCase();
  const test = { journey, message, channel, customerId: found.customerId, host, at: deps.now(), by };
  const id = await deps.record(test);
  const outbound = testMail(found.rendered, to, await deps.settings(), `${deps.newId()}`);
  const outcome = await mail.channel.attempt(outbound, async () => true, AbortSignal.timeout(patienceMs));
  await deps.settle(id, outcome.kind);
  return answerOf(outcome);
}

async function renderedFor(deps: TestSendDeps, asked: AskedPreview) {
  const found = await deps.preview(asked);
  if (found === 'no_journey' || found === 'no_customer') throw notFound[found]();
  if (found.kind === 'no_message') throw notFound.no_message();
  if (found.kind === 'unrendered') throw unfilled(found.detail);
  const { rendered, customerId } = found;
  if (isShort(rendered)) throw new CallerError('conflict', 'this message is no mail');
  return { rendered, customerId };
}

/** What is missing, as the preview says it, too. */
export const notFound = {
  no_journey: () => new CallerError('not_found', 'no journey of this name is published; GET /journeys lists them'),
  no_customer: () => new CallerError('not_found', 'no customer has this id'),
  no_message: () => new CallerError('not_found', 'this journey has no such message on this channel'),
};

export function unfilled(detail: string): CallerError {
  return new CallerError('conflict', `it cannot be filled: ${detail}`);
}

function answerOf(outcome: Outcome): 'sent' | 'unknown' {
  const code = 'code' in outcome && outcome.code ? ` (${outcome.code})` : '';
  switch (outcome.kind) {
    case 'accepted':
    case 'duplicate':
      return 'sent';
    case 'unknown':
      return 'unknown';
    case 'recipient_gone':
    case 'recipient_refused':
      throw new CallerError('conflict', `the mail server does not take mail for this address${code}; check it`);
    case 'message_rejected':
      throw new CallerError(
        'conflict',
        `the mail server does not take this message${code}; look at its size and sender`,
      );
    case 'config_error':
      throw new CallerError(
        'conflict',
        `the mail server does not take mail from us${code}; SMTP_URL or the sender is wrong`,
      );
    default:
      throw new CallerError('overloaded', `the mail server does not answer${code}; nothing was sent; try again`);
  }
}
