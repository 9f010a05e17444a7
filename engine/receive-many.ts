// Calls that concern nobody's journey, together in one transaction: most events are only stored, and should cost little.
// Under the same locks and with the same answers as one by one; what is more than that is given back to be received alone.
import type { Plan } from './core/plan.ts';
import { isConcern } from './decide.ts';
import { namesOf } from './erase.ts';
import { definitionOf, type Incoming, idsIn, newEventOf, traitsAfter } from './incoming.ts';
import type { Catalog, Customer, Identity, NewEvent, Spoken, Tx } from './ports.ts';
import type { Receipt, ReceivePorts } from './receive.ts';

/** One call that is only to be stored, and of whom; somebody new stands in `people` until they are made. */
interface Plain {
  incoming: Incoming;
  index: number;
  of: Customer | NewPerson;
}
interface NewPerson {
  identity: Identity;
  traits: Customer['traits'];
}

/**
 * Stores those of these calls that concern no journey and change nobody, in their order, in one transaction. Answers for
 * each what `receive` would; null: it is yet to be received, one after the other, after all of these. What came after
 * such a call of the same person is never stored before it.
 */
export function receiveMany(ports: ReceivePorts, incomings: Incoming[]): Promise<(Receipt | null)[]> {
  return ports.store.transaction(async (tx) => {
    const startedAt = ports.clock.now();
    const [catalog, spoken] = await Promise.all([
      tx.catalog(),
      tx.lockFree(
        incomings.map(({ identity }) => identity),
        startedAt,
      ),
    ]);
    // Read after the locks, as in `receive`.
    const at = ports.clock.now();
    await ports.between('ingest many: customers locked');
    const plains = await plainOf(tx, catalog, incomings, spoken);
    const ids = await create(tx, ports, plains, at);
    await ports.between('ingest many: customers made');
    const stored = plains.flatMap((plain) => eventOf(plain, ids, catalog, at));
    const events = await tx.insertEvents(stored.map(({ event }) => event));
    await ports.between('ingest many: stored');
    const receipts: (Receipt | null)[] = incomings.map(() => null);
    stored.forEach(({ index, event: { flags } }, place) => {
      const event = events[place];
      receipts[index] = event
        ? { status: 'accepted', eventId: event.id, ignored: [], flags }
        : { status: 'duplicate', eventId: null };
    });
    return receipts;
  });
}

/** Those that only have to be stored, and none that comes after another call of the same person that is more than that. */
async function plainOf(tx: Tx, catalog: Catalog, incomings: Incoming[], spoken: Spoken[]): Promise<Plain[]> {
  const personOfCall = peopleIn(incomings, spoken);
  const waiting = new Set<string>();
  const newcomers = new Map<string, Newcomer>();
  const plains: Plain[] = [];
  for (const [index, incoming] of incomings.entries()) {
    const { ids, customer } = spoken[index]!;
    const names = idsIn(incoming);
    const isBehind = waiting.has(personOfCall[index]!);
    const of = isBehind || !isOnlyEvent(incoming) ? null : await personOf(tx, catalog, incoming, ids, customer);
    const plain = of && !('id' in of) ? newcomerOf(of, names, newcomers, incoming, catalog) : of;
    if (plain) plains.push({ incoming, index, of: plain });
    else waiting.add(personOfCall[index]!);
  }
  return plains;
}

/** For each call a word for its person: one for all calls whose ids go together, by what is known or by one of these calls. */
function peopleIn(incomings: Incoming[], spoken: Spoken[]): string[] {
  const parents = new Map<string, string>();
  const rootOf = (id: string): string => {
    let root = id;
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next;
    if (root !== id) parents.set(id, root);
    return root;
  };
  for (const [index, incoming] of incomings.entries()) {
    const [first, ...others] = [...idsIn(incoming), ...spoken[index]!.ids];
    for (const other of others) {
      const [one, two] = [rootOf(first!), rootOf(other)];
      if (one !== two) parents.set(two, one);
    }
  }
  return incomings.map((incoming) => rootOf(idsIn(incoming)[0]!));
}

type Newcomer = NewPerson & { names: string };

/**
 * The one newcomer of these ids, whom an earlier call of the same may have brought. Null where that one goes by other ids,
 * too, or has not said all that this call says of them.
 */
function newcomerOf(
  { identity, traits }: NewPerson,
  names: string[],
  newcomers: Map<string, Newcomer>,
  { context }: Incoming,
  { settings }: Catalog,
): Newcomer | null {
  const own = { identity, traits, names: names.join() };
  const known = names.flatMap((name) => newcomers.get(name) ?? []);
  const [first = own] = known;
  const isSaid = JSON.stringify(traitsAfter(first, {}, context, settings)) === JSON.stringify(first.traits);
  if (!isSaid || known.some((each) => each.names !== own.names)) return null;
  for (const name of names) newcomers.set(name, first);
  return first;
}

/** An event and nothing else; what it is about is asked later. */
function isOnlyEvent({ kind, name, traits, grants, consents, previousId }: Incoming): boolean {
  const saysMore = Object.keys(traits).length > 0 || grants.length > 0 || (consents ?? []).length > 0;
  const isBare = !saysMore && previousId === undefined;
  return kind === 'event' && name !== null && isBare;
}

/** Whom the event is of, where nothing has to be done about it; null where something has. */
async function personOf(
  tx: Tx,
  catalog: Catalog,
  incoming: Incoming,
  ids: string[],
  customer: Spoken['customer'],
): Promise<Customer | NewPerson | null> {
  if (!customer && ids.length > 0) return null;
  const [name] = definitionOf(catalog.settings, incoming);
  const plans: Plan[] = [];
  for (const version of customer?.versions ?? []) plans.push(await tx.plan(version));
  if (isConcern(name, catalog, plans, !customer)) return null;
  const before = customer?.traits ?? {};
  const traits = traitsAfter({ traits: before }, {}, incoming.context, catalog.settings);
  if (!customer) return { identity: incoming.identity, traits };
  return JSON.stringify(traits) === JSON.stringify(before) ? customer : null;
}

/** Makes those who are new, and are not somebody erased; answers their ids. */
async function create(
  tx: Tx,
  ports: Pick<ReceivePorts, 'keyedHash'>,
  plains: Plain[],
  at: number,
): Promise<Map<NewPerson, string>> {
  const people = [...new Set(plains.flatMap(({ of }) => ('id' in of ? [] : [of])))];
  if (people.length === 0) return new Map();
  const hashed = people.map((person) => ({ person, hashes: namesOf(person.identity).map(ports.keyedHash) }));
  const all = hashed.flatMap(({ hashes }) => hashes);
  const before = await tx.erasedAmong(all);
  const free = hashed.filter(({ hashes }) => !hashes.some((hash) => before.includes(hash))).map(({ person }) => person);
  const made = await tx.createCustomers(free, at);
  // Binding has waited for an erasure that was under way. That is rare: begin anew, and find them erased.
  if ((await tx.erasedAmong(all)).length > before.length) throw new ErasedMeanwhile();
  return new Map(free.flatMap((person, index) => (made[index] ? [[person, made[index]] as const] : [])));
}

/** Somebody was erased between two looks; the same again comes through. */
class ErasedMeanwhile extends Error {
  readonly isTransient = true;
  readonly code = 'erased_meanwhile';
}

function eventOf(
  { incoming, index, of }: Plain,
  made: Map<NewPerson, string>,
  { settings }: Catalog,
  at: number,
): { index: number; event: NewEvent }[] {
  const id = 'id' in of ? of.id : made.get(of);
  return id === undefined ? [] : [{ index, event: newEventOf(incoming, { id, traits: of.traits }, settings, at) }];
}
