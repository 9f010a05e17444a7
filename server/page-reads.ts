// What only pages ask: a journey as it runs, its history, a message beforehand, the newest events.
import type pg from 'pg';
import type { Locale } from '../engine/core/sentences.ts';
import type { Store } from '../engine/ports.ts';
import { type Preview, previewMessage } from '../engine/preview.ts';
import { customerIdOf } from '../store/customer-export.ts';
import { searchCustomers } from '../store/customer-view.ts';
import { eventTail, type TailedEvent } from '../store/event-tail.ts';
import { shopsLocale } from '../store/explanation.ts';
import { journeyHistory, type PublishedVersion, type VersionText, versionText } from '../store/journey-history.ts';
import { type JourneyView, journeyView } from '../store/journey-view.ts';
import { type KeyUse, keyUse } from '../store/key-use.ts';
import { type PreviewFacts, previewFacts } from '../store/preview-facts.ts';

export interface PageReads {
  /** Counted since a moment; null: since ever. Null: no such journey. */
  journey(name: string, since: number | null): Promise<JourneyView | null>;
  history(journey: string): Promise<PublishedVersion[]>;
  versionText(journey: string, version: string): Promise<VersionText | null>;
  preview(asked: AskedPreview): Promise<Previewed | 'no_customer' | 'no_journey'>;
  events(asked: {
    before: string | null;
    name: string | null;
    limit: number;
    locale: Locale | null;
  }): Promise<TailedEvent[]>;
  /** What came in with each key since a moment. */
  keyUse(since: number): Promise<KeyUse>;
}

export interface AskedPreview {
  journey: string;
  message: string;
  channel: string;
  locale: string | null;
  /** Our id, one of the shop's, or a whole address. */
  customer: string;
}

export type Previewed = Preview & { from: PreviewFacts['from']; customerId: string };

export function pageReads(pool: pg.Pool, store: Store, now: () => number): PageReads {
  const catalog = () => store.transaction((tx) => tx.catalog());
  return {
    journey: (name, since) => journeyView(pool, name, since),
    history: (journey) => journeyHistory(pool, journey),
    versionText: (journey, version) => versionText(pool, journey, version),
    async preview({ journey, message, channel, locale, customer }) {
      const { settings, journeys } = await catalog();
      const plan = journeys.find((one) => one.plan.journey === journey)?.plan;
      if (!plan) return 'no_journey';
      const id = (await customerIdOf(pool, customer)) ?? (await onlyOne(pool, customer));
      if (id === null) return 'no_customer';
      const { from, ...facts } = await previewFacts(pool, id, journey, plan.enter.on);
      return {
        ...previewMessage({ plan, settings, message, channel, locale, ...facts, at: now() }),
        from,
        customerId: id,
      };
    },
    events: async ({ locale, ...asked }) =>
      eventTail(pool, { ...asked, locale: locale ?? shopsLocale(await catalog()) }),
    keyUse: (since) => keyUse(pool, since),
  };
}

/** By whatever else an agent finds a customer by, where that is one person's. */
async function onlyOne(pool: pg.Pool, text: string): Promise<string | null> {
  const found = await searchCustomers(pool, text);
  return found.length === 1 ? found[0]!.id : null;
}
