// Erasure in memory: what the real store does, table by table.
import { webhookChannel } from '../engine/core/channels.ts';
import type { BoundIdentity, Erasure } from '../engine/ports.ts';
import type { Tables } from './memory-tables.ts';

export function erasureOn(t: Tables) {
  return {
    async identitiesOf(customerId: string): Promise<BoundIdentity[]> {
      const own = [...t.identities].filter(([, id]) => id === customerId).map(([identity]) => identity);
      return own.map((identity) => {
        const colon = identity.indexOf(':');
        return { kind: identity.slice(0, colon) as BoundIdentity['kind'], value: identity.slice(colon + 1) };
      });
    },
    async addressesOf(customerId: string) {
      const sent = [...t.deliveries.values()]
        .filter((row) => row.customerId === customerId && row.channel !== webhookChannel)
        .map(({ to }) => to);
      const merged = [...t.customers.values()].filter((row) => row.mergedInto === customerId);
      const given = merged.flatMap(({ traits }) => [traits.email, traits.phone]);
      return [...new Set([...sent, ...given].filter((address) => typeof address === 'string'))];
    },
    async eraseCustomer(customerId: string, erasure: Erasure) {
      erase(t, customerId, erasure);
    },
    async erasedAmong(hashes: string[]) {
      return hashes.filter((hash) => t.erased.has(hash));
    },
    async countDropped(hash: string) {
      const known = t.erased.get(hash);
      if (known !== undefined) t.erased.set(hash, known + 1);
    },
  };
}

function erase(t: Tables, customerId: string, { hashes, addresses, eventNames }: Erasure): void {
  const theirs = new Set([...t.customers.values()].filter((row) => isOf(row, customerId)).map(({ id }) => id));
  const change = <Row extends { customerId: string }>(row: Row, taken: Partial<Row>): Row =>
    theirs.has(row.customerId) ? { ...row, ...taken } : row;
  for (const hash of hashes) if (!t.erased.has(hash)) t.erased.set(hash, 0);
  for (const { address, hash } of addresses) hideSuppressions(t, address, hash);
  for (const [identity, id] of t.identities) if (theirs.has(id)) t.identities.delete(identity);
  for (const row of t.pushSubscriptions.values())
    if (theirs.has(row.customerId)) t.pushSubscriptions.delete(row.endpoint);
  for (const key of t.draws.keys()) if (theirs.has(key.slice(0, key.indexOf('|')))) t.draws.delete(key);
  for (const [id, row] of t.customers) if (theirs.has(id)) t.customers.set(id, { ...row, traits: {}, isErased: true });
  t.consents = t.consents.map((row) => change(row, { evidence: {} }));
  t.decisions = t.decisions.map((row) => change(row, { inputs: {}, fold: undefined }));
  t.chatMessages = t.chatMessages.map((row) => change(row, { key: `erased/${row.id}`, content: { text: '' } }));
  for (const [id, row] of t.conversations)
    t.conversations.set(id, change(row, { status: 'resolved', note: null, resolvedBy: row.resolvedBy ?? 'erasure' }));
  for (const [key, row] of t.deliveries)
    t.deliveries.set(key, change(row, { to: null, rendered: null, providerId: null }));
  for (const [id, row] of t.events)
    t.events.set(id, change(row, { data: {}, same: null, name: eventNames.includes(row.name) ? row.name : 'erased' }));
  for (const [id, row] of t.enrollments) {
    const { step, since, effects } = row.state;
    const taken = { key: null, entrySlot: null, needsAttention: null, turnToken: row.turnToken + 1 };
    t.enrollments.set(id, change(row, { ...taken, state: { step, since, effects, due: null } }));
  }
}

function isOf(row: { id: string; mergedInto: string | null }, customerId: string): boolean {
  return row.id === customerId || row.mergedInto === customerId;
}

function hideSuppressions(t: Tables, address: string, hash: string): void {
  const plain = `|${address.toLowerCase()}`;
  for (const [key, reason] of [...t.suppressions]) {
    if (!key.endsWith(plain)) continue;
    t.suppressions.delete(key);
    t.suppressions.set(`${key.slice(0, -plain.length)}|${hash}`, reason);
  }
}
