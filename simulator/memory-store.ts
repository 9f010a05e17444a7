// The store in memory: for simulation, for tests of the engine, and as the plainest statement of what a store does.
// One transaction at a time; a transaction that throws leaves nothing behind.
import type { Decision, Delivery, Enrollment } from '../engine/core/enrollment.ts';
import type { StoredEvent } from '../engine/core/event.ts';
import { type HistoryNeed, joinedNeeds } from '../engine/core/intake.ts';
import { invariant } from '../engine/core/invariant.ts';
import type { Plan } from '../engine/core/plan.ts';
import type { JsonMap } from '../engine/core/schema.ts';
import type { Catalog, NewEvent, Published, Store, TurnRow, Tx } from '../engine/ports.ts';
import { audiencesOn } from './memory-audiences.ts';
import { chatsOn } from './memory-chat.ts';
import { competitionOn } from './memory-competition.ts';
import { consentsOn, customersOn } from './memory-customers.ts';
import { haltedOn, journeysOn } from './memory-journeys.ts';
import { pushOn } from './memory-push.ts';
import { emptyTables, isLive, orNothing, rowsIn, type Tables } from './memory-tables.ts';
import { beginSeeds, watchesOn } from './memory-watches.ts';

export interface MemoryStore extends Store {
  /** What stands in the tables now; read it, do not write it. */
  tables(): Readonly<Tables>;
  /** Replaces what is published. Versions seen before stay known, for enrollments that are in them. */
  publish(catalog: Catalog, at?: number): void;
  /** Takes the enrollments that asked for a turn, each once, in the order of asking. */
  takeLooks(): string[];
}

export function createMemoryStore(newId: () => string): MemoryStore {
  const tables = emptyTables();
  let catalog: Catalog | null = null;
  let publications = 0;
  const plans = new Map<string, Plan>();
  const tx = txOn(tables, () => catalogOf(catalog), plans, newId);
  let turn: Promise<unknown> = Promise.resolve();

  return {
    transaction(work) {
      const mine = turn.then(() => orNothing(tables, () => work(tx)));
      turn = mine.catch(() => undefined);
      return mine;
    },
    tables: () => tables,
    publish(next, at = 0) {
      publications += 1;
      beginSeeds(tables, next, catalog, publications, at);
      catalog = { ...next, journeys: next.journeys.map((one) => withSeed(tables, one)) };
      for (const { version, plan } of next.journeys) plans.set(version, plan);
    },
    takeLooks() {
      return [...new Set(tables.outbox.splice(0))];
    },
  };
}

function withSeed(t: Tables, published: Published): Published {
  const seed = published.plan.enter.when && t.seeds.get(published.plan.journey);
  return seed ? { ...published, watched: { number: seed.number, at: seed.at } } : published;
}

function catalogOf(catalog: Catalog | null): Catalog {
  invariant(catalog, 'nothing is published');
  return catalog;
}

function txOn(t: Tables, catalog: () => Catalog, plans: Map<string, Plan>, newId: () => string): Tx {
  return {
    ...customersOn(t, newId),
    ...consentsOn(t),
    ...pushOn(t),
    ...eventsOn(t, newId),
    ...enrollmentsOn(t),
    ...inboxOn(t),
    ...turnsOn(t),
    ...watchesOn(t),
    ...journeysOn(t, (journey) => [...plans.values()].some((plan) => plan.journey === journey)),
    ...competitionOn(t),
    ...chatsOn(t),
    ...audiencesOn(t),
    async catalog() {
      return { ...catalog(), halted: haltedOn(t) };
    },
    async plan(version) {
      const plan = plans.get(version);
      invariant(plan, `no version ${version}`);
      return plan;
    },
  };
}

function eventsOn(t: Tables, newId: () => string) {
  const plain = ({ id, name, occurredAt, receivedAt, data }: StoredEvent): StoredEvent => ({
    id,
    name,
    occurredAt,
    receivedAt,
    data,
  });
  const insertEvent = async (event: NewEvent) => {
    const { customerId, source, sourceId, name, same, trusted } = event;
    const key = `id|${source}|${sourceId}`;
    const isTold = (other: { name: string; same: string | null; customerId: string; trusted: boolean }) =>
      other.name === name && other.same === same && (other.customerId === customerId || other.trusted);
    if (t.seen.has(key) || (same !== null && rowsIn(t.events, isTold).length > 0)) return null;
    t.seen.set(key, true);
    const stored = { ...structuredClone(plain({ id: newId(), ...event })), customerId, same, trusted };
    t.events.set(stored.id, stored);
    return plain(stored);
  };
  return {
    insertEvent,
    async insertEvents(events: NewEvent[]) {
      const stored: (StoredEvent | null)[] = [];
      for (const event of events) stored.push(await insertEvent(event));
      return stored;
    },
    async sharedFacts(one: string, other: string) {
      const told = rowsIn(t.events, ({ same }) => same !== null);
      const isTwin = (id: string, event: (typeof told)[number]) =>
        told.some((each) => each.customerId === id && each.name === event.name && each.same === event.same);
      const shared = told.filter(
        (event) =>
          (event.customerId === one && isTwin(other, event)) || (event.customerId === other && isTwin(one, event)),
      );
      return shared.map(({ id }) => id);
    },
    async hasEvent(source: string, sourceId: string) {
      return t.seen.has(`id|${source}|${sourceId}`);
    },
    async events(ids: string[]) {
      return ids.map((id) => plain(t.events.get(id)!));
    },
    async history(customerId: string, needs: HistoryNeed[]) {
      if (needs.length === 0) return [];
      const own = rowsIn(t.events, (event) => event.customerId === customerId);
      const inOrder = own.sort((a, b) => a.occurredAt - b.occurredAt);
      const found = joinedNeeds(needs).flatMap(({ event, since, most = Number.POSITIVE_INFINITY }) =>
        inOrder.filter(({ name, occurredAt }) => name === event && occurredAt >= since).slice(-most),
      );
      return inOrder.filter((event) => found.includes(event)).map(plain);
    },
  };
}

function enrollmentsOn(t: Tables) {
  const entryOf = ({ id: enrollmentId, journey, key, entryOccurredAt, enteredAt, status, endedBy }: Enrollment) => {
    return { enrollmentId, journey, key, entryOccurredAt, enteredAt, open: status === 'active', endedBy };
  };
  return {
    async lockLiveEnrollments(customerId: string, at: number) {
      const own = rowsIn(t.enrollments, (e) => e.customerId === customerId && isLive(e, at));
      return structuredClone(own.sort((a, b) => (a.id < b.id ? -1 : 1)));
    },
    async lockEnrollment(id: string) {
      return structuredClone(t.enrollments.get(id) ?? null);
    },
    async entries(customerId: string, journeys: string[]) {
      const own = rowsIn(t.enrollments, (e) => e.customerId === customerId && journeys.includes(e.journey));
      return own.sort((a, b) => b.enteredAt - a.enteredAt).map(entryOf);
    },
    async entriesFor(customerId: string, wanted: { journey: string; key: string | null }[], events: string[]) {
      const own = rowsIn(t.enrollments, (one) => one.customerId === customerId);
      const newestFirst = own.sort((a, b) => b.enteredAt - a.enteredAt);
      const isWanted = (one: Enrollment) =>
        wanted.some(({ journey, key }) => {
          const newest = newestFirst.find((each) => each.journey === journey && each.key === key);
          const isOpen = one.key === key && one.status === 'active';
          return one.journey === journey && (one === newest || isOpen || events.includes(one.endedBy ?? ''));
        });
      return newestFirst.filter(isWanted).map(entryOf);
    },
    async insertEnrollment(enrollment: Enrollment) {
      const { entrySlot } = enrollment;
      const isTaken = Boolean(entrySlot) && [...t.enrollments.values()].some((other) => other.entrySlot === entrySlot);
      invariant(!isTaken, `the entry slot ${entrySlot} is taken`);
      t.enrollments.set(enrollment.id, structuredClone(enrollment));
    },
    async saveEnrollment(enrollment: Enrollment) {
      const known = t.enrollments.get(enrollment.id);
      invariant(!known || enrollment.turnToken >= known.turnToken, `${enrollment.id} has a newer turn token`);
      t.enrollments.set(enrollment.id, structuredClone(enrollment));
    },
    async customerOf(enrollmentId: string) {
      return t.enrollments.get(enrollmentId)?.customerId ?? null;
    },
    async delivery(key: string) {
      return structuredClone(t.deliveries.get(key) ?? null);
    },
    async sendingDelivery(enrollmentId: string) {
      const all = [...t.deliveries.values()];
      const sending = all.find((one) => one.enrollmentId === enrollmentId && one.state === 'sending');
      return structuredClone(sending ?? null);
    },
    async deliveriesOf(enrollmentId: string) {
      const own = rowsIn(t.deliveries, (delivery) => delivery.enrollmentId === enrollmentId);
      return structuredClone(own.sort((a, b) => (a.key < b.key ? -1 : 1)));
    },
    async saveDelivery(delivery: Delivery) {
      t.deliveries.set(delivery.key, structuredClone(delivery));
    },
  };
}

function inboxOn(t: Tables) {
  const inOrder = (rows: Tables['inbox']) => rows.map(({ event }) => event).sort((a, b) => a.receivedAt - b.receivedAt);
  return {
    async addToInbox(enrollmentId: string, event: StoredEvent) {
      const isThere = t.inbox.some((row) => row.enrollmentId === enrollmentId && row.event.id === event.id);
      if (!isThere) t.inbox.push({ enrollmentId, event, isRead: false });
    },
    async inbox(enrollmentId: string, limit: number) {
      const own = t.inbox.filter((row) => row.enrollmentId === enrollmentId && !row.isRead);
      return inOrder(own).slice(0, limit);
    },
    async hasUnread(enrollmentId: string, besides: string[]) {
      return t.inbox.some((row) => row.enrollmentId === enrollmentId && !row.isRead && !besides.includes(row.event.id));
    },
    async heard(enrollmentId: string, names: string[], limit: number) {
      const own = t.inbox.filter((row) => row.enrollmentId === enrollmentId && names.includes(row.event.name));
      return inOrder(own).slice(-limit);
    },
    async markRead(enrollmentId: string, eventIds: string[]) {
      if (eventIds.length === 0) return;
      for (const [index, row] of t.inbox.entries())
        if (row.enrollmentId === enrollmentId && eventIds.includes(row.event.id))
          t.inbox[index] = { ...row, isRead: true };
    },
    async look(enrollmentId: string) {
      t.outbox.push(enrollmentId);
    },
  };
}

function turnsOn(t: Tables) {
  const keyOf = (enrollmentId: string, number: number) => `${enrollmentId}/${number}`;
  return {
    async openTurn(enrollmentId: string) {
      const numbers = t.turnsOf.get(enrollmentId) ?? 0;
      const last = t.turns.get(keyOf(enrollmentId, numbers));
      if (!last || last.result !== null) return null;
      const { result, ...row } = last;
      return row;
    },
    async insertTurn(row: TurnRow) {
      const key = keyOf(row.enrollmentId, row.number);
      invariant(!t.turns.has(key), `turn ${key} is there already`);
      t.turns.set(key, { ...row, result: null });
      t.turnsOf.set(row.enrollmentId, row.number);
    },
    async finishTurn(enrollmentId: string, number: number, result: JsonMap) {
      const key = keyOf(enrollmentId, number);
      t.turns.set(key, { ...t.turns.get(key)!, result });
    },
    async journal(enrollmentId: string, number: number) {
      const own = t.decisions.filter((d) => d.enrollmentId === enrollmentId && d.turn === number && d.seq !== null);
      const plain = own.map(({ fold, count, ...decision }) => decision);
      return plain.sort((a, b) => a.seq! - b.seq!);
    },
    async reportsOn(key: string) {
      const own = t.decisions.filter(({ effectKey, kind }) => effectKey === key && kind === 'reported');
      return own.map(({ fold, count, ...decision }) => decision);
    },
    async record(decisions: (Decision & { fold?: string })[]) {
      for (const decision of decisions) {
        const index = decision.fold ? t.decisions.findIndex((known) => known.fold === decision.fold) : -1;
        const known = t.decisions[index];
        const isJournaled = (other: Decision) =>
          other.enrollmentId === decision.enrollmentId && isSamePlace(other, decision);
        invariant(
          known || decision.seq === null || !t.decisions.some(isJournaled),
          `journaled twice: ${decision.kind}`,
        );
        if (known) t.decisions[index] = { ...known, count: known.count + 1 };
        else t.decisions.push({ ...structuredClone(decision), count: 1 });
      }
    },
  };
}

function isSamePlace(one: Decision, other: Decision): boolean {
  return one.turn === other.turn && one.seq === other.seq;
}
