// What a call may say about its customer. Whoever opens the shop can read the browser's key, so what comes with it speaks
// for a visitor only: never for somebody the shop knows, and never about consent or where messages go.
import type { JsonMap } from './core/schema.ts';
import type { Customer } from './ports.ts';
import type { Incoming } from './receive.ts';

const addresses = ['email', 'phone'];

export interface Allowed {
  traits: JsonMap;
  grants: Incoming['grants'];
  /** What was left out, in words for the sender. */
  ignored: string[];
}

/**
 * Asked once the customer is found and locked: a visitor's id that has been joined to a user id speaks for that user.
 * The zone and locale of the browser are no traits in this sense: they only fill what is unset.
 */
export function allowedOf({ trusted, traits, grants }: Incoming, customer: Customer): Allowed {
  if (trusted) return { traits, grants, ignored: [] };
  const names = Object.keys(traits);
  const kept = customer.isKnown ? [] : names.filter((name) => !addresses.includes(name));
  const ignored = [
    ...(kept.length === names.length ? [] : [customer.isKnown ? sentences.known : sentences.addresses]),
    ...(grants.length === 0 ? [] : [sentences.consent]),
  ];
  return { traits: Object.fromEntries(kept.map((name) => [name, traits[name]!])), grants: [], ignored };
}

const sentences = {
  known: "traits: of a customer with a user id they need the server's write key",
  addresses: "traits email and phone: need the server's write key",
  consent: "context.consent: needs the server's write key",
};
