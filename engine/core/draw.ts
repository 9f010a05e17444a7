// Draws: the same customer falls the same way in the same experiment, with nothing stored.
// FNV-1a with murmur3's finaliser: FNV alone spreads the low bits of similar ids badly.

/** A number in [0, 10000), by hash of customer and experiment. */
export function drawOf(customerId: string, experiment: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${experiment}\u0000${customerId}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % 10000;
}

/** True for the share of customers that a journey keeps silent. `share` is in hundredths of a percent. */
export function isHeldOut(customerId: string, journey: string, share: number): boolean {
  return share > 0 && drawOf(customerId, holdoutOf(journey)) < share;
}

/** The name under which a journey's holdout draw is stored. */
export function holdoutOf(journey: string): string {
  return `holdout:${journey}`;
}
