// A device comes or goes: whose it is is decided under the customer's lock, like everything else about a customer.
import { decide } from './decide.ts';
import { ErasedIdentity } from './erase.ts';
import { findCustomer } from './merge.ts';
import type { Identity, PushSubscription } from './ports.ts';
import type { ReceivePorts } from './receive.ts';

/** Who is on the device: by user id, or by anonymous id, never by both: this joins nobody. */
export type DeviceOwner = Pick<Identity, 'userId' | 'anonymousId'>;

/** Keeps the device as this customer's; one that is known goes over to them. False: they were erased. */
export async function subscribe(
  ports: ReceivePorts,
  owner: DeviceOwner,
  device: Pick<PushSubscription, 'kind' | 'endpoint' | 'keys'>,
): Promise<boolean> {
  try {
    await ports.store.transaction(async (tx) => {
      const customer = await findCustomer(tx, ports, owner, false);
      const at = ports.clock.now();
      const row = { ...device, id: ports.newId(), customerId: customer.id, createdAt: at, lastSeenAt: at };
      await tx.savePushSubscription(row);
      // Somebody seen for the first time may fulfil an `enter.when` by that alone.
      const nothing = { events: [], traits: [], consents: false };
      const change = { event: null, occurredAt: at, traitsBefore: customer.traits, touch: nothing };
      await decide(ports, tx, customer, await tx.catalog(), { ...change, cause: { id: null, receivedAt: at } });
    });
    return true;
  } catch (error) {
    if (!(error instanceof ErasedIdentity)) throw error;
    await ports.store.transaction((tx) => tx.countDropped(error.hash));
    return false;
  }
}

/** Lets go of a device of this customer's. False: they have none with this endpoint. */
export async function unsubscribe(ports: ReceivePorts, owner: DeviceOwner, endpoint: string): Promise<boolean> {
  try {
    return await ports.store.transaction(async (tx) => {
      const { id } = await findCustomer(tx, ports, owner, false);
      return tx.dropPushSubscription({ endpoint, customerId: id });
    });
  } catch (error) {
    if (error instanceof ErasedIdentity) return false;
    throw error;
  }
}
