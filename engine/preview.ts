// A message as a customer would get it now, without sending anything: the template and the values that a turn would use.
import type { Rendered, ShortMessage } from './core/content.ts';
import type { Plan } from './core/plan.ts';
import type { JsonMap } from './core/schema.ts';
import type { Settings } from './core/settings.ts';
import { pickTemplate } from './message.ts';
import { renderTemplate } from './render.ts';

export interface PreviewInput {
  plan: Plan;
  settings: Settings;
  message: string;
  channel: string;
  /** Null: the customer's. */
  locale: string | null;
  traits: JsonMap;
  /** The data of the event that opened, or would open, the enrollment; empty where there was none. */
  entry: JsonMap;
  latest: JsonMap;
  at: number;
}

export type Preview =
  | { kind: 'rendered'; rendered: Rendered | ShortMessage }
  /** The template could not be filled: which part, and why. */
  | { kind: 'unrendered'; detail: string }
  | { kind: 'no_message' };

/** Links that would act for the customer lead nowhere. */
const nowhere = 'https://preview.invalid/';

export function previewMessage(input: PreviewInput): Preview {
  const { plan, settings, message, channel, traits, entry, latest, at } = input;
  const own = input.locale ?? (typeof traits.locale === 'string' ? traits.locale : settings.locale);
  const variants = Object.hasOwn(plan.messages, message) ? plan.messages[message]!.channels[channel] : undefined;
  const picked = variants && pickTemplate(variants, own, settings.locale);
  if (!picked) return { kind: 'no_message' };
  const steps = Object.values(plan.steps).filter((step) => step.kind === 'send' || step.kind === 'ask');
  const { with: given = {} } = steps.find((step) => step.message === message) ?? {};
  const values: JsonMap = { ...given, customer: traits, entry, latest, vars: {}, brand: { ...settings.brand } };
  const timeZone = typeof traits.time_zone === 'string' ? traits.time_zone : settings.timeZone;
  const isTransactional = plan.purpose === 'transactional';
  const links = { unsubscribeUrl: isTransactional ? null : nowhere, answerUrl: () => nowhere, confirmUrl: nowhere };
  const result = renderTemplate(picked.template, values, { locale: picked.locale, timeZone, at, ...links });
  return result.ok ? { kind: 'rendered', rendered: result.rendered } : { kind: 'unrendered', detail: result.detail };
}
