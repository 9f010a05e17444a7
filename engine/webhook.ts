// The step `webhook`: what a system of the shop is told, and what becomes of its answer. A call is a delivery like any
// other: gated, claimed, tried on the engine's schedule, and recorded.
import type { Channel, Outcome } from './channel.ts';
import { compute } from './core/condition.ts';
import type { Exchange } from './core/content.ts';
import { convertMap } from './core/convert.ts';
import type { Delivery } from './core/enrollment.ts';
import type { WebhookStep } from './core/plan.ts';
import type { JsonMap } from './core/schema.ts';
import { factsAt, zoneOf } from './turn-facts.ts';
import type { TurnRun } from './turn-run.ts';

/** One call; `data` is JSON. */
export interface WebhookCall {
  name: string;
  url: string;
  /** The effect key: the same for every attempt. */
  key: string;
  data: JsonMap;
  /** When the journey came to it, milliseconds since the epoch; the same for every attempt. */
  at: number;
}

/** Where it was `accepted`, with the JSON object that came back. */
export type WebhookOutcome = Outcome & { returned?: JsonMap };

/** Makes one attempt, by the rules of `Channel.attempt`; a call that was cut off may say until when it may be repeated. */
export interface Webhooks {
  attempt(call: WebhookCall, claim: () => Promise<boolean>, signal: AbortSignal): Promise<WebhookOutcome>;
  longestCallMs: number;
  claimMs?: number;
}

export type Told = { ok: true; exchange: Exchange } | { ok: false; code: string };

/** What the webhook is told; worked out once, so that repeated attempts are identical. */
export function tell(run: TurnRun, step: WebhookStep, queued: Delivery): Told {
  if (queued.rendered && 'sent' in queued.rendered) return { ok: true, exchange: { sent: queued.rendered.sent } };
  const { plan, enrollment, customer } = run.opened;
  const sent: JsonMap = { journey: plan.journey, customer_id: customer.id };
  if (enrollment.key !== null) sent.key = enrollment.key;
  for (const [name, source] of Object.entries(step.with)) {
    const value = 'cel' in source ? compute(source, plan, factsAt(run, run.now())) : { ok: true as const, ...source };
    if (!value.ok) return { ok: false, code: 'bad_value' };
    sent[name] = value.value;
  }
  return { ok: true, exchange: { sent } };
}

/** The call as a channel; a whole answer is kept with the delivery, converted to what `returns` declares. */
export function webhookAsChannel(run: TurnRun, step: WebhookStep, delivery: Delivery, { sent }: Exchange): Channel {
  const { webhooks } = run.ports;
  const { key, createdAt: at } = delivery;
  const call: WebhookCall = { name: step.webhook, url: delivery.to ?? '', key, data: sent, at };
  return {
    name: 'webhook',
    longestCallMs: webhooks.longestCallMs,
    ...(webhooks.claimMs !== undefined && { claimMs: webhooks.claimMs }),
    async attempt(_message, claim, signal) {
      const outcome = await webhooks.attempt(call, claim, signal);
      const isWhole = outcome.kind === 'accepted' && outcome.returned !== undefined;
      if (isWhole && step.save !== undefined)
        delivery.rendered = { sent, returned: declared(run, step.save, outcome.returned!) };
      return outcome;
    },
    close: async () => undefined,
  };
}

/** What is not declared is not kept. */
function declared(run: TurnRun, name: string, returned: JsonMap): JsonMap {
  const schema = run.opened.plan.schemas.vars?.[name];
  const fields = schema?.kind === 'map' ? schema.fields : {};
  const { data } = convertMap(fields, returned, zoneOf(run.opened));
  return Object.fromEntries(Object.entries(data).filter(([key]) => Object.hasOwn(fields, key)));
}
