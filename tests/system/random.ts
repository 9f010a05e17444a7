// Chance that can be had again: the seed is printed, and TABIJI_TEST_SEED gives it back.

export interface Random {
  seed: number;
  /** A whole number from 0 up to, but not, this. */
  below(limit: number): number;
  of<T>(items: readonly T[]): T;
}

export function createRandom(seed = Number(process.env.TABIJI_TEST_SEED ?? Date.now() % 1_000_000)): Random {
  let state = seed;
  // mulberry32: https://github.com/cprosche/mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { seed, below, of: (items) => items[below(items.length)]! };
}
