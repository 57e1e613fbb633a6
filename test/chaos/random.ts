/** Chance that comes again with the same seed. */
export interface Random {
  /** At least `low`, less than `high`. */
  between(low: number, high: number): number;
  /** True so often: 0 never, 1 always. */
  chance(share: number): boolean;
  pick<T>(from: readonly T[]): T | undefined;
}

/** mulberry32 (Tommy Ettinger, public domain): small, and good enough to choose whom to kill. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    between: (low, high) => low + next() * (high - low),
    chance: (share) => next() < share,
    pick: (from) => from[Math.floor(next() * from.length)],
  };
}
