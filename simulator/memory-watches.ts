// The store in memory: customers' last answers to the conditions that journeys are entered by.
import type { Catalog, Seed, Watch } from '../engine/ports.ts';
import type { Tables } from './memory-tables.ts';

export function watchesOn(t: Tables) {
  const keyOf = (customerId: string, journey: string) => `${customerId}|${journey}`;
  const isLive = (journey: string) => (t.journeys.get(journey)?.status ?? 'live') === 'live';
  return {
    async watches(customerId: string) {
      return [...t.watches.values()].filter((watch) => watch.customerId === customerId);
    },
    async saveWatch(watch: Watch) {
      t.watches.set(keyOf(watch.customerId, watch.journey), { ...watch });
    },
    async dropWatches(customerId: string, journeys: string[]) {
      for (const journey of journeys) t.watches.delete(keyOf(customerId, journey));
    },
    async dueWatches(at: number, limit: number) {
      const due = [...t.watches.values()]
        .filter(
          ({ nextFlip, journey, isPaused }) => nextFlip !== null && nextFlip <= at && !(isPaused && !isLive(journey)),
        )
        .sort((a, b) => a.nextFlip! - b.nextFlip! || (a.customerId < b.customerId ? -1 : 1));
      const journeys = new Map<string, string[]>();
      for (const { customerId, journey } of due)
        journeys.set(customerId, [...(journeys.get(customerId) ?? []), journey]);
      return [...journeys].slice(0, limit).map(([customerId, names]) => ({ customerId, journeys: names.sort() }));
    },
    async openSeed(): Promise<Seed | null> {
      const open = [...t.seeds.values()].filter(({ isDone }) => !isDone);
      return open.sort((a, b) => (a.journey < b.journey ? -1 : 1))[0] ?? null;
    },
    async advanceSeed({ journey, number }: Seed, after: string | null) {
      const seed = t.seeds.get(journey);
      if (seed?.number === number)
        t.seeds.set(journey, { ...seed, after: after ?? seed.after, isDone: after === null });
    },
    async customersAfter(after: string, limit: number) {
      const ids = [...t.customers.values()].filter(({ mergedInto }) => mergedInto === null).map(({ id }) => id);
      return ids
        .filter((id) => id > after)
        .sort()
        .slice(0, limit);
    },
  };
}

/** What a publish begins: the first look at those who are there, where a condition is new or its journey is back. */
export function beginSeeds(t: Tables, next: Catalog, before: Catalog | null, number: number, at: number): void {
  for (const { plan } of next.journeys) {
    const { when } = plan.enter;
    const known = t.seeds.get(plan.journey);
    const wasThere = before?.journeys.some((published) => published.plan.journey === plan.journey) ?? false;
    if (!when || (known?.condition === when.cel && wasThere)) continue;
    t.seeds.set(plan.journey, { journey: plan.journey, number, condition: when.cel, at, after: '', isDone: false });
  }
}
