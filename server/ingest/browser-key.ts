// What the browser's write key may do. Everybody who opens the shop can read it, so whoever holds it speaks for one
// visitor and for nobody whose id can be guessed.
//
// - Events and `identify` are taken, with anonymousId, userId or both (a log-in binds the visitor to the customer).
// - Traits count only where no userId is named: a userId can be guessed, a visitor's random id cannot. The engine asks
//   once more when it has found the customer: a visitor joined to a userId sets nothing (engine/trust.ts).
// - Never: consent, email and phone (they decide where messages go), alias (it moves one customer's past to another).
import type { Incoming } from '../../engine/receive.ts';
import type { Normalised } from './segment.ts';

const serverOnlyTraits = ['email', 'phone'];

/** Takes out of a browser's call what only the server's key may say, and names it; refuses an alias. */
export function restrictToVisitor(incoming: Incoming): Normalised {
  if (incoming.kind === 'alias') {
    return { ok: false, code: 'forbidden', sentence: 'alias: needs the write key of the server' };
  }
  const traits = incoming.identity.userId
    ? []
    : Object.entries(incoming.traits).filter(([name]) => !serverOnlyTraits.includes(name));
  const kept = traits.map(([name]) => name);
  const ignored = [
    ...(kept.length < Object.keys(incoming.traits).length ? [ignoredTraits(incoming)] : []),
    ...(incoming.grants.length > 0 ? ["context.consent: needs the server's write key"] : []),
  ];
  return { ok: true, incoming: { ...incoming, traits: Object.fromEntries(traits), grants: [] }, ignored };
}

function ignoredTraits(incoming: Incoming): string {
  return incoming.identity.userId
    ? "traits: with a userId they need the server's write key"
    : "traits email and phone: need the server's write key";
}
