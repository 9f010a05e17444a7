// Devices for push messages, in memory.
import type { PushSubscription } from '../engine/ports.ts';
import type { Tables } from './memory-tables.ts';

const most = 20;

export function pushOn(t: Tables) {
  const of = (customerId: string) => {
    const own = [...t.pushSubscriptions.values()].filter((row) => row.customerId === customerId);
    return own.sort((a, b) => b.lastSeenAt - a.lastSeenAt || (a.id < b.id ? -1 : 1));
  };
  return {
    async pushSubscriptions(customerId: string) {
      return structuredClone(of(customerId));
    },
    async savePushSubscription(subscription: PushSubscription) {
      const { id, createdAt } = t.pushSubscriptions.get(subscription.endpoint) ?? subscription;
      t.pushSubscriptions.set(subscription.endpoint, { ...structuredClone(subscription), id, createdAt });
      for (const { endpoint } of of(subscription.customerId).slice(most)) t.pushSubscriptions.delete(endpoint);
    },
    async dropPushSubscription(which: { id: string } | { endpoint: string; customerId: string }) {
      const found = [...t.pushSubscriptions.values()].find((row) =>
        'id' in which ? row.id === which.id : row.endpoint === which.endpoint && row.customerId === which.customerId,
      );
      return found !== undefined && t.pushSubscriptions.delete(found.endpoint);
    },
  };
}
