import type { Codes } from './runs.ts';

/** A part of a text that is a secret: the places of its first character and of the one after its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** What it is, where its shape tells. */
  readonly name?: string | undefined;
}

/** Finds secrets of one family. Every finder takes time that grows as the text does, whatever is in it. */
export type Finder = (text: string, codes: Codes) => readonly Span[];

/** What a pattern finds, all of it one secret. */
export function found(text: string, pattern: RegExp, name: string): Span[] {
  return Array.from(text.matchAll(pattern), ({ 0: secret, index: start }) => ({
    start,
    end: start + secret.length,
    name,
  }));
}

/** What follows a beginning, as the pattern's two groups. Lookbehinds of many lengths would be tried everywhere. */
export function behind(text: string, pattern: RegExp, name?: string): Span[] {
  const spans: Span[] = [];
  pattern.lastIndex = 0;
  while (true) {
    const match = pattern.exec(text);
    if (match === null) return spans;
    const end = pattern.lastIndex;
    spans.push({ start: end - (match[2] ?? '').length, end, name });
  }
}

/** In order and apart: those that meet are one, named by the longest that has a name. */
export function united(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last === undefined || span.start >= last.end) result.push(span);
    else result[result.length - 1] = both(last, span);
  }
  return result;
}

function both(a: Span, b: Span): Span {
  const [longer, shorter] = b.end - b.start > a.end - a.start ? [b, a] : [a, b];
  return { start: a.start, end: Math.max(a.end, b.end), name: longer.name ?? shorter.name };
}
