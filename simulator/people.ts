// What a test fixes about people besides what comes in: their draws, their addresses, and what is suppressed.
import { addressOf } from '../engine/address.ts';
import type { Identity, Store, Tx } from '../engine/ports.ts';
import type { StepClock } from './step-clock.ts';
import type { World } from './world.ts';

/** The parts of a world that are the same over every store. */
export function peopleOn(store: Store, clock: StepClock): Pick<World, 'suppress' | 'draw' | 'reach'> {
  const customerOf = (tx: Tx, who: Identity) => tx.lockCustomerOf(who, clock.now());
  return {
    async suppress(who, channel, reason) {
      await store.transaction(async (tx) => {
        const customer = await customerOf(tx, who);
        const address = await addressOf(customer, channel, (look) => look(tx));
        if (address !== null) await tx.suppress(channel, address, reason, clock.now());
      });
    },
    async draw(who, experiment, value) {
      await store.transaction(async (tx) => {
        const { id } = await customerOf(tx, who);
        await tx.draw(id, experiment, value);
      });
    },
    async reach(who, channel, address) {
      await store.transaction(async (tx) => {
        const { id } = await customerOf(tx, who);
        if (channel === 'line') await tx.bindLine(id, address, clock.now());
        else if (address === null) await forget(tx, id);
        else await subscribe(tx, id, address, clock.now());
      });
    },
  };
}

/** As a push channel does it when the last of somebody's devices is gone. */
export function forgetDevices(store: Store): (channel: string, to: string) => Promise<void> {
  return async (channel, to) => {
    if (channel === 'push') await store.transaction((tx) => forget(tx, to));
  };
}

async function forget(tx: Tx, customerId: string): Promise<void> {
  for (const { id } of await tx.pushSubscriptions(customerId)) await tx.dropPushSubscription({ id });
}

function subscribe(tx: Tx, customerId: string, endpoint: string, at: number): Promise<void> {
  const device = { id: endpoint, kind: 'webpush' as const, endpoint, keys: {}, createdAt: at, lastSeenAt: at };
  return tx.savePushSubscription({ ...device, customerId });
}
