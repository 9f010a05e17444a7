// The message of a send: which template, with which values, to which address.
import { addressOf } from './address.ts';
import type { Outbound } from './channel.ts';
import { webhookChannel } from './core/channels.ts';
import type { Delivery } from './core/enrollment.ts';
import { invariant } from './core/invariant.ts';
import type { Deliver } from './core/machine.ts';
import type { AskStep, Message, SendStep, ShortTemplate, Template, WebhookStep } from './core/plan.ts';
import { neededPurposes } from './core/policy.ts';
import type { JsonMap } from './core/schema.ts';
import type { Settings } from './core/settings.ts';
import { type RenderResult, renderTemplate } from './render.ts';
import type { TurnRun } from './turn-run.ts';

export function nameOf(run: TurnRun, effect: Deliver): string {
  const step = stepOf(run, effect);
  return step.kind === 'webhook' ? step.webhook : step.message;
}

export function messageOf(run: TurnRun, effect: Deliver): Message {
  const name = nameOf(run, effect);
  const message = run.opened.plan.messages[name];
  invariant(message, `no message ${name} in ${run.opened.plan.journey}`);
  return message;
}

/** Where the delivery goes; asked at each attempt, since a device may come or go while a message is held. */
export async function addressFor(run: TurnRun, effect: Deliver): Promise<string | null> {
  const { customer, settings } = run.opened;
  if (effect.channel === webhookChannel) return settings.webhooks?.[nameOf(run, effect)]?.url ?? null;
  const { store } = run.ports;
  return addressOf(customer, effect.channel, (look) => store.transaction(look));
}

/** Who sends on a channel, as published, where the message names nobody. */
export function senderOf(settings: Settings, channel: string): string | undefined {
  return channel === 'email' ? settings.channels.email?.from : undefined;
}

/** What is counted of messages on a channel. */
export function trackingOf(settings: Settings, channel: string): Outbound['tracking'] {
  const tracking = channel === 'email' ? settings.channels.email?.tracking : undefined;
  return tracking && { ...tracking, site: settings.brand.url ?? '' };
}

/** The template in the customer's language, with what a template may see (journey-format §7). */
export function renderMessage(
  run: TurnRun,
  effect: Deliver,
  delivery: Delivery,
  unsubscribeUrl: string | null,
): RenderResult {
  const { customer, entry, latest, settings } = run.opened;
  const { locale, time_zone: zone } = customer.traits;
  const variants = messageOf(run, effect).channels[effect.channel] ?? {};
  const picked = pickTemplate(variants, typeof locale === 'string' ? locale : settings.locale, settings.locale);
  invariant(picked, `no template of ${nameOf(run, effect)} for ${effect.channel}`);
  const values: JsonMap = {
    ...valuesOf(run, effect),
    customer: customer.traits,
    entry: entry.data,
    latest: latest.data,
    vars: run.vars ?? {},
    brand: { ...settings.brand },
  };
  const timeZone = typeof zone === 'string' ? zone : settings.timeZone;
  const answerUrl = (answer: string | null) =>
    run.ports.answerUrl(delivery.key, answer, delivery.createdAt + answerableMs);
  const confirmUrl = confirmUrlOf(run, effect);
  const links = { unsubscribeUrl, answerUrl, ...(confirmUrl !== undefined && { confirmUrl }) };
  return renderTemplate(picked.template, values, { locale: picked.locale, timeZone, at: run.now(), ...links });
}

/** What the step gives the template. */
function valuesOf(run: TurnRun, effect: Deliver): JsonMap {
  const step = stepOf(run, effect);
  return step.kind === 'webhook' ? {} : step.with;
}

/** What must be consented to; a call of a webhook is no message to anybody. */
export function purposesFor(run: TurnRun, effect: Deliver): string[] {
  if (effect.channel === webhookChannel) return [];
  return neededPurposes(run.opened.plan.purpose, messageOf(run, effect).purpose);
}

/** How long the links of a question work, from the message's date. A late answer is kept, though nobody waits for it. */
const answerableMs = 90 * 24 * 3_600_000;

/** Where this customer ends the consent that the message needs; null for a transactional one. */
export function unsubscribeUrlOf(run: TurnRun, delivery: Delivery): string | null {
  const [purpose] = delivery.purpose.split(' ');
  if (purpose === undefined || purpose === 'transactional') return null;
  return run.ports.unsubscribeUrl(delivery.customerId, delivery.channel, purpose);
}

const confirmMs = 7 * 24 * 3_600_000;

/** Good for a week from when the message would have expired: the same for every attempt. */
function confirmUrlOf({ opened, ports }: TurnRun, { channel, expiresAt }: Deliver): string | undefined {
  const { id, traits } = opened.customer;
  const { email } = traits;
  if (channel !== 'email' || typeof email !== 'string') return undefined;
  return ports.confirmUrl?.(id, channel, email, expiresAt + confirmMs);
}

/** The variant for `locale` (`en-US`), its language (`en`), the one without a locale, the shop's, or any. */
export function pickTemplate(
  variants: { [locale: string]: Template | ShortTemplate },
  locale: string,
  shopLocale: string,
) {
  const wanted = [locale, locale.split(/[-_]/)[0]!, '', shopLocale, ...Object.keys(variants)];
  const found = wanted.find((name) => Object.hasOwn(variants, name));
  return found === undefined ? null : { template: variants[found]!, locale: found === '' ? shopLocale : found };
}

/** The step that asks for the delivery. */
export function stepOf(run: TurnRun, effect: Deliver): SendStep | AskStep | WebhookStep {
  const step = run.opened.plan.steps[effect.step];
  const isSending = step?.kind === 'send' || step?.kind === 'ask' || step?.kind === 'webhook';
  invariant(isSending, `${effect.step} sends nothing`);
  return step;
}
