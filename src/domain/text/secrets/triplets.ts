import type { Codes } from './runs.ts';

/**
 * Which three characters begin one of some words, by their last five bits: letters of either case are the same, and few
 * others are taken for them.
 */
export type Triplets = Uint8Array;

/** @param words of two letters at least. */
export function tripletsOf(words: readonly string[]): Triplets {
  const triplets = new Uint8Array(1 << 15);
  for (const word of words) {
    const [one = 0, two = 0, three] = [...word].map((character) => bitsOf(character.charCodeAt(0)));
    const first = (one << 10) | (two << 5);
    if (three === undefined) triplets.fill(1, first, first + 32);
    else triplets[first | three] = 1;
  }
  return triplets;
}

const bitsOf = (code: number): number => code & 31;

/**
 * Goes to each place where one of the words may stand: one look at a table for each character, whatever the words.
 *
 * @param look says where to go on, behind the place.
 */
export function eachTriplet(triplets: Triplets, codes: Codes, look: (at: number) => number): void {
  let at = 0;
  let pair = pairAt(codes, at);
  while (at < codes.length - 2) {
    const triplet = ((pair << 5) | bitsOf(codes[at + 2] ?? 0)) & 0x7fff;
    if (triplets[triplet] === 1) {
      at = look(at);
      pair = pairAt(codes, at);
    } else {
      at += 1;
      pair = triplet;
    }
  }
}

const pairAt = (codes: Codes, at: number): number =>
  (bitsOf(codes[at] ?? 0) << 5) | bitsOf(codes[at + 1] ?? 0);
