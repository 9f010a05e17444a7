// Where a customer can be reached on a channel: a trait, an identity, or a device that has subscribed.
import type { JsonMap } from './core/schema.ts';
import type { Customer, Tx } from './ports.ts';

/** Asks the store, in whatever transaction there is. */
type Ask = <T>(look: (tx: Tx) => Promise<T>) => Promise<T>;

/**
 * The address, or null where the channel cannot reach them: a mail address, a telephone number in E.164, a LINE user id;
 * for the site and push the customer's id, since those find the devices themselves.
 */
export async function addressOf(
  { id, traits }: Pick<Customer, 'id' | 'traits'>,
  channel: string,
  ask: Ask,
): Promise<string | null> {
  switch (channel) {
    case 'email':
      return textOf(traits, 'email');
    case 'sms':
      return phoneOf(textOf(traits, 'phone'));
    case 'site':
      return id;
    case 'line':
      return ask((tx) => tx.lineUserId(id));
    case 'push':
      return (await ask((tx) => tx.pushSubscriptions(id))).length > 0 ? id : null;
    default:
      return null;
  }
}

function textOf(traits: JsonMap, name: string): string | null {
  const text = traits[name];
  return typeof text === 'string' && text !== '' ? text : null;
}

/** `+81 90-1234-5678` → `+819012345678`; a number without its country reaches nobody for certain. */
function phoneOf(phone: string | null): string | null {
  const digits = phone?.replace(/[\s().-]/g, '') ?? '';
  return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : null;
}
