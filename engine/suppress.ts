// A suppression recorded by hand: the customer asked never to be written to at this address again, by whatever purpose.
// And one taken back by hand, whatever it stood for.
import type { CommandAnswer, CommandPorts } from './command.ts';
import { addressName } from './erase.ts';
import type { Ports } from './ports.ts';

/** Where a customer's address on a channel stands, for the channels whose address is a trait. */
const addressOf = { email: 'email' } as const;
export type AddressedChannel = keyof typeof addressOf;
export const addressedChannels = Object.keys(addressOf) as AddressedChannel[];

/** Holds for every claim after it commits, for whoever has the address. `by` is who records it. */
export function suppressCustomer(
  ports: CommandPorts,
  id: string,
  channel: AddressedChannel,
  by: string,
): Promise<CommandAnswer> {
  return ports.store.transaction(async (tx): Promise<CommandAnswer> => {
    const customer = await tx.lockCustomer(id);
    if (!customer || customer.isErased) return { kind: 'not_found', sentence: 'no customer has this id' };
    const address = customer.traits[addressOf[channel]];
    if (typeof address !== 'string' || address === '')
      return { kind: 'conflict', sentence: `this customer has no ${addressOf[channel]}: there is nothing to suppress` };
    if ((await tx.suppression(channel, address)) !== null)
      return { kind: 'unchanged', sentence: 'this address is suppressed already' };
    await tx.suppress(channel, address, 'requested', ports.clock.now(), by);
    return { kind: 'done' };
  });
}

/**
 * The address may be written to again, as far as consents allow; what was kept back meanwhile stays unsent. The old
 * suppression is kept, with who lifted it and `because` of what; also one that outlived an erasure. Refuses where none
 * stands.
 */
export function liftCustomersSuppression(
  ports: CommandPorts & Pick<Ports, 'keyedHash'>,
  id: string,
  channel: AddressedChannel,
  by: string,
  because: string,
): Promise<CommandAnswer> {
  return ports.store.transaction(async (tx): Promise<CommandAnswer> => {
    const customer = await tx.lockCustomer(id);
    if (!customer || customer.isErased) return { kind: 'not_found', sentence: 'no customer has this id' };
    const address = customer.traits[addressOf[channel]];
    const hash = typeof address === 'string' ? ports.keyedHash(addressName(address)) : '';
    if (typeof address !== 'string' || (await tx.suppression(channel, address, hash)) === null)
      return { kind: 'unchanged', sentence: 'nothing is suppressed at the address of this customer' };
    await tx.liftByHand(channel, address, hash, { customerId: customer.id, at: ports.clock.now(), by, because });
    return { kind: 'done' };
  });
}
