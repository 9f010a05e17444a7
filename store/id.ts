// Ids of the store's own rows: UUIDs of version 7 (RFC 9562 §5.7), so that new rows lie together in the indexes.
import { randomBytes } from 'node:crypto';

let last = 0;
let count = 0;

/** A new id; later ones of this process sort after earlier ones. `at` is real time. */
export function newId(at: number = Date.now()): string {
  // The counter of RFC 9562 §6.2, method 1: 12 bits within a millisecond, then the next millisecond is borrowed.
  if (at > last) [last, count] = [at, 0];
  else if (++count > 0xfff) [last, count] = [last + 1, 0];
  const random = randomBytes(8);
  random[0] = (random[0]! & 0x3f) | 0x80;
  const hex = `${last.toString(16).padStart(12, '0')}${(0x7000 | count).toString(16)}${random.toString('hex')}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
