// Every mail of the shipped journeys, in each language, filled as a shop would fill it: once with all that may be known of
// a customer and what they bought, once with the least.
import type { Rendered } from '../../engine/core/content.ts';
import type { Json, JsonMap, PropertyType, Schema } from '../../engine/core/schema.ts';
import { renderTemplate } from '../../engine/render.ts';
import { compile } from '../../language/compile.ts';
import { loadFolder } from '../../language/load.ts';
import { sharedProperties } from '../../language/shared-properties.ts';

export interface ShippedMail {
  /** `cart-reminder ja, all known`. */
  name: string;
  message: string;
  locale: 'ja' | 'en';
  isMarketing: boolean;
  preheader: string | undefined;
  rendered: Rendered;
}

const values: { [property: string]: { ja: Json; en: Json } } = {
  first_name: { ja: '亜紀', en: 'Aki' },
  last_name: { ja: '旅野', en: 'Tabino' },
  name: { ja: '深蒸し煎茶「朝霧」100g', en: 'Deep-steamed sencha “Asagiri”, 100 g' },
  product_name: { ja: '白磁の湯呑み', en: 'White porcelain cup' },
  order_id: { ja: 'D-20261120-0042', en: 'D-20261120-0042' },
  url: { ja: 'https://shop.example/cart/k1', en: 'https://shop.example/en/cart/k1' },
  category: { ja: 'tea', en: 'tea' },
};

function sample(name: string, type: PropertyType, locale: 'ja' | 'en', full: boolean): Json {
  if (type.kind === 'list') return (full ? [1, 2, 3] : []).map(() => sample(name, type.of, locale, full));
  if (type.kind === 'map') return samples(type.fields, locale, full);
  const plain = { string: 'x', int: 3, number: 12_000, bool: true, date: '2026-11-21', time: '2026-11-21T09:00:00Z' };
  return values[name]?.[locale] ?? plain[type.kind];
}

function samples(schema: Schema, locale: 'ja' | 'en', full: boolean): JsonMap {
  const kept = Object.entries(schema).filter(([, type]) => full || !type.optional);
  return Object.fromEntries(kept.map(([name, type]) => [name, sample(name, type, locale, full)]));
}

/** Throws where one cannot be made. */
export async function shippedMails(folder = 'journeys'): Promise<ShippedMail[]> {
  const { plans, settings } = await compile(await loadFolder(folder));
  const mails: ShippedMail[] = [];
  for (const plan of plans)
    for (const step of Object.values(plan.steps)) {
      if (step.kind !== 'send' && step.kind !== 'ask') continue;
      const { channels, purpose = plan.purpose } = plan.messages[step.message]!;
      for (const [variant, template] of Object.entries(channels.email ?? {}))
        for (const full of [true, false]) {
          const locale = variant === 'en' ? 'en' : 'ja';
          const entry = samples(sharedProperties(plan.enter.on, settings!.events), locale, full);
          const customer = samples(plan.schemas.customer, locale, full);
          const filled = { ...step.with, customer, entry, latest: entry, vars: {}, brand: { ...settings!.brand } };
          const isMarketing = purpose !== 'transactional';
          const made = renderTemplate(template, filled, {
            ...{ locale, timeZone: 'Asia/Tokyo', at: Date.UTC(2026, 10, 22) },
            unsubscribeUrl: isMarketing ? 'https://journeys.shop.example/u/1.stop' : null,
            confirmUrl: 'https://journeys.shop.example/u/1.confirm',
            answerUrl: (answer) => `https://journeys.shop.example/a/1.${answer ?? 'any'}`,
          });
          const name = `${step.message} ${locale}, ${full ? 'all' : 'least'} known`;
          if (!made.ok || !('html' in made.rendered)) throw new Error(`${name}: ${JSON.stringify(made)}`);
          const { preheader } = template as { preheader?: string };
          mails.push({ name, message: step.message, locale, isMarketing, preheader, rendered: made.rendered });
        }
    }
  return mails;
}
