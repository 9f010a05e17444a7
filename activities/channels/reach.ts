// Which addresses a call may go to. An address that a browser or a marketer gave must not lead into the network that
// the worker stands in, whatever its name resolves to (server-side request forgery).
import dns from 'node:dns';
import net from 'node:net';
import ipaddr from 'ipaddr.js';
import { coded } from './alarm.ts';

/**
 * `public`: https to addresses of the internet only. `public or loopback`: besides, plain http to this machine, for tests
 * and development. `anywhere`: the operator has set the address.
 */
export type Reach = 'public' | 'public or loopback' | 'anywhere';

/** True for an IP address that may be called. Mapped, translated and tunnelled forms count as what they are: not public. */
export function mayCall(address: string, reach: Reach): boolean {
  if (reach === 'anywhere') return true;
  if (!ipaddr.isValid(address)) return false;
  const range = ipaddr.process(address).range();
  return range === 'unicast' || (range === 'loopback' && reach === 'public or loopback');
}

/** Throws (`EINSECURE`, `EPRIVATE`) for an address that may not be called as it is written. */
export function requireReach(url: URL, reach: Reach): void {
  const host = hostOf(url);
  const isLoopback = host === 'localhost' || (net.isIP(host) > 0 && ipaddr.process(host).range() === 'loopback');
  const isPlainAllowed = reach === 'anywhere' || (reach === 'public or loopback' && isLoopback);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isPlainAllowed)) throw coded('EINSECURE');
  if (net.isIP(host) > 0 && !mayCall(host, reach)) throw coded('EPRIVATE');
}

/** The name or IP address, without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/**
 * A lookup for `net.connect`: the connection goes to the very addresses that were checked, so that a name which answers
 * differently the second time gains nothing. One address that may not be called refuses the name.
 */
export function checkedLookup(reach: Reach): net.LookupFunction {
  return (name, options, done) => {
    dns.lookup(name, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '');
      if (found.length === 0 || found.some(({ address }) => !mayCall(address, reach)))
        return done(coded('EPRIVATE'), '');
      if (options.all) done(null, found);
      else done(null, found[0]!.address, found[0]!.family);
    });
  };
}
