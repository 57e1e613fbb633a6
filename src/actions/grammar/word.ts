import type { Span } from './refusal.ts';

/** One word as a shell would pass it on: quotes taken off, with its place in the text as it was typed. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Where its parts were typed, if quotes or escapes stand between them; absent for one that was not typed. */
  readonly seams?: readonly Seam[];
}

/** From `from` on, the word's characters were typed from `at` on. */
export interface Seam {
  readonly from: number;
  readonly at: number;
}

/** Where a part of the word was typed; the whole of it with its quotes. */
export function spanIn(word: Word, from: number, to: number): Span {
  if (from === 0 && to === word.text.length) return { start: word.start, end: word.end };
  const start = placeIn(word, from);
  return { start, end: to > from ? placeIn(word, to - 1) + 1 : start };
}

/** A part of the word as a word of its own. */
export function partOf(word: Word, from: number, to = word.text.length): Word {
  const text = word.text.slice(from, to);
  const span = spanIn(word, from, to);
  if (word.seams === undefined) return { text, ...span };
  const seams = word.seams.map((seam) => ({ from: seam.from - from, at: seam.at }));
  return { text, ...span, seams };
}

/** By halves: a patch in double quotes has a seam at every escape, and a place to look up at every field. */
function placeIn({ start, seams = [] }: Word, index: number): number {
  let [low, high] = [0, seams.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((seams[middle]?.from ?? 0) <= index) low = middle + 1;
    else high = middle;
  }
  const seam = seams[low - 1] ?? { from: 0, at: start };
  return seam.at + index - seam.from;
}
