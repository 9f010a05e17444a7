// Customers in memory: identities, traits, draws, consents and suppressions.
import type { Json, JsonMap } from '../engine/core/schema.ts';
import { namesOf } from '../engine/erase.ts';
import type { ConsentRow, Customer, Found, Hashed, Identity, Spoken } from '../engine/ports.ts';
import { erasureOn } from './memory-erase.ts';
import { moveCustomer } from './memory-merge.ts';
import { type CustomerRow, isLive, type Tables } from './memory-tables.ts';

export function customersOn(t: Tables, newId: () => string) {
  const read = ({ mergedInto, ...row }: CustomerRow): Customer => structuredClone(row);
  const get = async (id: string) => {
    const row = found(t, id);
    return row && read(row);
  };
  return {
    async lockCustomerOf(identity: Identity): Promise<Found> {
      const names = namesOf(identity);
      const user = names.find((name) => name.startsWith('user:')) ?? null;
      const anonymous = names.find((name) => !name.startsWith('user:')) ?? null;
      const known = user ? t.identities.get(user) : undefined;
      const other = anonymous ? t.identities.get(anonymous) : undefined;
      const isFree = other !== undefined && (!user || !t.customers.get(other)!.isKnown);
      const id = known ?? (isFree ? other : undefined) ?? newId();
      const isFirstSeen = !t.customers.has(id);
      const row = t.customers.get(id) ?? { id, traits: {}, isKnown: false, isErased: false, mergedInto: null };
      t.customers.set(id, { ...row, isKnown: row.isKnown || user !== null });
      if (user) t.identities.set(user, id);
      const isVisitor = isFree && other !== id;
      const isNew = (user !== null && known === undefined) || (anonymous !== null && !isVisitor && other !== id);
      if (anonymous && !isVisitor) t.identities.set(anonymous, id);
      const own = { ...read(t.customers.get(id)!), ...(isFirstSeen && { isFirstSeen }) };
      return { ...own, visitor: isVisitor ? read(t.customers.get(other)!) : null, isNew };
    },
    async lockFree(identities: Identity[], at: number): Promise<Spoken[]> {
      return identities.map((identity) => spoken(t, identity, at));
    },
    async createCustomers(people: { identity: Identity; traits: JsonMap }[]) {
      return people.map(({ identity, traits }) => {
        const names = namesOf(identity);
        if (names.some((name) => t.identities.has(name))) return null;
        const id = newId();
        const isKnown = identity.userId !== undefined;
        t.customers.set(id, { id, traits: structuredClone(traits), isKnown, isErased: false, mergedInto: null });
        for (const name of names) t.identities.set(name, id);
        return id;
      });
    },
    async moveCustomer(from: string, into: string, grants: boolean) {
      moveCustomer(t, from, into, grants);
    },
    ...erasureOn(t),
    ...lineOn(t),
    lockCustomer: get,
    customer: get,
    async saveTraits(id: string, traits: JsonMap) {
      t.customers.set(id, { ...t.customers.get(id)!, traits: structuredClone(traits) });
    },
    async draw(customerId: string, experiment: string, value: Json) {
      const key = `${customerId}|${experiment}`;
      if (!t.draws.has(key)) t.draws.set(key, value);
      return t.draws.get(key)!;
    },
  };
}

function lineOn(t: Tables) {
  const of = (customerId: string) =>
    [...t.identities].filter(([identity, id]) => id === customerId && identity.startsWith('line:'));
  return {
    async lineUserId(customerId: string) {
      // The newest: an identity that is bound anew goes to the end.
      return of(customerId).at(-1)?.[0].slice('line:'.length) ?? null;
    },
    async bindLine(customerId: string, lineUserId: string | null) {
      for (const [identity] of lineUserId === null ? of(customerId) : [[`line:${lineUserId}`]])
        t.identities.delete(identity!);
      if (lineUserId !== null) t.identities.set(`line:${lineUserId}`, customerId);
    },
  };
}

function spoken(t: Tables, identity: Identity, at: number): Spoken {
  const bound = namesOf(identity).map((name) => t.identities.get(name));
  const ids = [...new Set(bound.filter((id) => id !== undefined))];
  const row = ids.length === 1 && bound.every((id) => id !== undefined) ? t.customers.get(ids[0]!)! : null;
  if (!row || row.mergedInto !== null || row.isErased) return { ids, customer: null };
  const own = [...t.enrollments.values()].filter((each) => each.customerId === row.id && isLive(each, at));
  const { mergedInto, ...customer } = structuredClone(row);
  return { ids, customer: { ...customer, versions: [...new Set(own.map(({ version }) => version))] } };
}

/** The row, or the one that it was merged into. */
function found(t: Tables, id: string): CustomerRow | null {
  const row = t.customers.get(id);
  return row?.mergedInto ? found(t, row.mergedInto) : (row ?? null);
}

export function consentsOn(t: Tables) {
  return {
    async appendConsent(row: ConsentRow) {
      t.consents.push({ ...row });
    },
    async hasConsent(said: Pick<ConsentRow, 'customerId' | 'channel' | 'purpose' | 'state' | 'at'>) {
      const nameOf = ({ customerId, channel, purpose, state, at }: typeof said) =>
        [customerId, channel, purpose, state, at].join('|');
      return t.consents.some((row) => nameOf(row) === nameOf(said));
    },
    async grants(customerId: string) {
      return standing(t, customerId, 'granted');
    },
    async withdrawals(customerId: string) {
      return standing(t, customerId, 'withdrawn');
    },
    async suppression(channel: string, address: string, hash?: string) {
      const plain = t.suppressions.get(`${channel}|${address.toLowerCase()}`);
      return plain ?? t.suppressions.get(`${channel}|${hash}`) ?? null;
    },
    async suppress(channel: string, address: string | Hashed, reason: string) {
      const key = `${channel}|${typeof address === 'string' ? address.toLowerCase() : address.hash}`;
      if (!t.suppressions.has(key)) t.suppressions.set(key, reason);
    },
    async liftSuppression(channel: string, address: string, reason: string) {
      const key = `${channel}|${address.toLowerCase()}`;
      if (t.suppressions.get(key) === reason) t.suppressions.delete(key);
    },
    async liftByHand(channel: string, address: string, hash: string) {
      for (const one of [address.toLowerCase(), hash]) t.suppressions.delete(`${channel}|${one}`);
    },
  };
}

/** The newest evidence of each pair decides, and at a tie the withdrawal. */
function standing(t: Tables, customerId: string, state: ConsentRow['state']) {
  const newest = new Map<string, ConsentRow>();
  for (const row of t.consents.filter((consent) => consent.customerId === customerId)) {
    const pair = `${row.channel}|${row.purpose}`;
    const known = newest.get(pair);
    const isNewer = !known || row.at > known.at || (row.at === known.at && row.state === 'withdrawn');
    if (isNewer) newest.set(pair, row);
  }
  const found = [...newest.values()].filter((row) => row.state === state);
  return found.map(({ channel, purpose }) => ({ channel, purpose }));
}
