// LINE as a channel: one push to one LINE user. The retry key makes a repeat harmless for a day.
// https://developers.line.biz/en/reference/messaging-api/#send-push-message
import { createHash } from 'node:crypto';
import type { Channel, Outcome } from '../../engine/channel.ts';
import { isShort, type ShortMessage } from '../../engine/core/content.ts';
import { type CallLimits, channelOf } from './attempts.ts';
import { callHttp, type HttpAnswer } from './http-call.ts';
import { jsonObjectOf, outcomeOf, plainOutcome } from './http-outcome.ts';

export interface LineOptions extends CallLimits {
  /** The official account's channel access token. */
  accessToken: string;
  /** `https://api.line.me`, but for tests. */
  baseUrl?: string;
  /** Business time, milliseconds since the epoch, as `Outbound.date`. */
  now: () => number;
}

/** LINE knows a retry key for 24 hours; a quarter of an hour less leaves room for clocks that differ. */
const keyMs = 24 * 3_600_000 - 900_000;
const most = { text: 5_000, answers: 13, label: 20, data: 300, displayText: 300 } as const;
const userId = /^U[0-9a-f]{32}$/;

export function lineChannel(options: LineOptions): Channel {
  const { accessToken, baseUrl = 'https://api.line.me', now } = options;
  return channelOf('line', options, async (message, attempt) => {
    if (!isShort(message.rendered)) return { kind: 'message_rejected', code: 'not_a_short_message' };
    if (!userId.test(message.to)) return { kind: 'recipient_gone', code: 'invalid_address' };
    const messages = messagesOf(message.key, message.rendered);
    if (typeof messages === 'string') return { kind: 'message_rejected', code: messages };
    const keyUntil = (message.date ?? now()) + keyMs;
    // LINE would take it for a new message.
    if (message.mayHaveLeft && now() >= keyUntil) return { kind: 'unknown', code: 'key_expired' };
    const result = await callHttp({
      ...attempt,
      url: `${baseUrl}/v2/bot/message/push`,
      headers: {
        authorization: `Bearer ${accessToken}`,
        'content-type': 'application/json',
        'x-line-retry-key': retryKeyOf(message.key),
      },
      body: JSON.stringify({ to: message.to, messages }),
      reach: 'anywhere',
    });
    return outcomeOf(result, (answer) => judge(answer, keyUntil), keyUntil);
  });
}

/** A UUID (version 8: our own hash) from the effect key: the same for every attempt, and on the very first one, too. */
export function retryKeyOf(key: string): string {
  const hex = [...createHash('sha256').update(key).digest('hex').slice(0, 32)];
  hex[12] = '8';
  hex[16] = '89ab'[Number.parseInt(hex[16]!, 16) % 4]!;
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** What comes back when somebody taps an answer. LINE signs what it sends us, so nobody else can make one. */
export function postbackData(deliveryKey: string, answer: string): string {
  return new URLSearchParams({ delivery: deliveryKey, answer }).toString();
}

/** A picture and a text, the answers as quick replies; or the code of what LINE would refuse. */
function messagesOf(key: string, { title, body, url, image, answers = [] }: ShortMessage): object[] | string {
  const text = [title, body, url].filter((part) => part !== null && part !== '').join('\n\n');
  if (text === '') return 'empty';
  // LINE counts UTF-16 code units, as JavaScript does.
  if (text.length > most.text) return 'too_large';
  if (answers.length > most.answers) return 'too_many_answers';
  const items = answers.map(({ answer, label }) => {
    const data = postbackData(key, answer);
    return { type: 'action', action: { type: 'postback', label, data, displayText: label } };
  });
  if (items.some(({ action }) => action.label === '' || action.label.length > most.label)) return 'label_too_long';
  if (items.some(({ action }) => action.data.length > most.data)) return 'answer_too_long';
  const picture = image === null ? [] : [{ type: 'image', originalContentUrl: image, previewImageUrl: image }];
  // Quick replies are shown for the last message only.
  return [...picture, { type: 'text', text, ...(items.length > 0 && { quickReply: { items } }) }];
}

function judge(answer: HttpAnswer, keyUntil: number): Outcome {
  const { status } = answer;
  const code = String(status);
  const body = jsonObjectOf(answer);
  if (status === 200) return { kind: 'accepted', code, ...providerIdOf(body) };
  if (status === 409) return { kind: 'duplicate', code, ...providerIdOf(body) };
  // LINE says to ask again with the same key: it may have taken the message.
  if (status >= 500) return { kind: 'unknown', code, repeatableUntil: keyUntil };
  const said = typeof body.message === 'string' ? body.message : '';
  if (status === 429 && /monthly limit/i.test(said)) return { kind: 'config_error', code: 'monthly_limit' };
  if (status === 400 && (/^Failed to send messages/i.test(said) || isAboutTo(body)))
    return { kind: 'recipient_gone', code };
  if (status === 400) return { kind: 'message_rejected', code };
  return plainOutcome(answer) ?? { kind: 'config_error', code };
}

function isAboutTo({ details }: { [name: string]: unknown }): boolean {
  return (
    Array.isArray(details) && details.some((detail) => (detail as { property?: unknown } | null)?.property === 'to')
  );
}

function providerIdOf({ sentMessages }: { [name: string]: unknown }): { providerId?: string } {
  const [first] = Array.isArray(sentMessages) ? (sentMessages as ({ id?: unknown } | null)[]) : [];
  return typeof first?.id === 'string' ? { providerId: first.id } : {};
}
