import { type Characters, type Codes, charactersLike, isOf, isWithin } from './runs.ts';
import type { Finder, Span } from './span.ts';

/** Shapes of tokens by the name of what they are: expressions that begin with characters, not with a group. */
export type Shapes = Readonly<Record<string, readonly string[]>>;

/** One character of an expression, escaped or not, or a class of them, and how often it must at least stand there. */
const first = /^(\\.|\[(?:\\.|[^\]\\])+\]|[^\\[(])(?:\{(\d+)(?:,\d*)?\})?/;

/** The characters a shape may begin with: its first three, where they are not left to a group. */
export function beginning(shape: string, count = 3): readonly string[] {
  const [whole = '', one, times = '1'] = first.exec(shape) ?? [];
  if (one === undefined) return Array.from({ length: count }, () => '.');
  const same = Array.from({ length: Math.min(count, Number(times)) }, () => one);
  return [...same, ...beginning(shape.slice(whole.length), count - same.length)];
}

/** What is tried at one pair of characters: groups of one expression, whose numbers say their names. */
interface Tried {
  readonly pattern: RegExp;
  /** What their third character may be. */
  readonly third: Characters;
  readonly names: readonly string[];
}

const ascii = Array.from({ length: 128 }, (_, code) => code);

/**
 * Finds shapes where no letter or digit comes before. The first three characters there say which ones can begin: most
 * begin none, the others few, so that a text is gone through once for all shapes.
 *
 * @throws where a shape matches an empty text
 */
export function createShapeFinder(shapes: Shapes): Finder {
  const { all, byPair } = triedByPair(shapes);
  return (text, codes) => {
    const spans: Span[] = [];
    for (let at = 0; at < text.length; at += 1) {
      const tried = all[byPair[pairAt(codes, at)] ?? 0];
      if (tried === undefined || !isOf(tried.third, codes, at + 2) || isWithin(codes, at)) continue;
      const span = spanAt(tried, text, at);
      if (span === undefined) continue;
      spans.push(span);
      at = span.end - 1;
    }
    return spans;
  };
}

/** The number of two characters; 0 where they are not ASCII. */
function pairAt(codes: Codes, at: number): number {
  const one = codes[at] ?? 0;
  const two = codes[at + 1] ?? 0;
  return one < 128 && two < 128 ? one * 128 + two : 0;
}

function spanAt({ pattern, names }: Tried, text: string, at: number): Span | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const group = match.findIndex((each, index) => index > 0 && each !== undefined);
  return { start: at, end: at + match[0].length, name: names[group - 1] };
}

interface TriedByPair {
  /** None at 0. */
  readonly all: readonly (Tried | undefined)[];
  /** Which one, by the number of a pair. */
  readonly byPair: Uint16Array;
}

function triedByPair(shapes: Shapes): TriedByPair {
  const known = Object.entries(shapes).flatMap(([name, each]) => each.map((shape) => ({ name, shape })));
  // What takes no character would be found at the same place for ever.
  const empty = known.find(({ shape }) => new RegExp(shape).test(''));
  if (empty !== undefined)
    throw new Error(`The shape "${empty.shape}" of a ${empty.name} matches an empty text.`);
  const all: (Tried | undefined)[] = [undefined];
  const numbers = new Map([['', 0]]);
  const byPair = shapesByPair(known.map(({ shape }) => shape)).map((indices) => {
    const key = indices.join();
    const number = numbers.get(key) ?? all.push(triedOf(indices.flatMap((index) => known[index] ?? []))) - 1;
    numbers.set(key, number);
    return number;
  });
  return { all, byPair: Uint16Array.from(byPair) };
}

/** The places of the shapes that may begin with a pair, by its number. */
export function shapesByPair(shapes: readonly string[]): readonly (readonly number[])[] {
  const atPair: number[][] = ascii.flatMap(() => ascii.map(() => []));
  for (const [index, shape] of shapes.entries()) {
    const [ones = [], twos = []] = beginning(shape, 2).map((kind) => codesLike(kind));
    for (const one of ones) for (const two of twos) atPair[one * 128 + two]?.push(index);
  }
  return atPair;
}

function codesLike(kind: string): number[] {
  const characters = charactersLike(like(kind));
  return ascii.filter((code) => characters[code] === 1);
}

const like = (kind: string): RegExp => new RegExp(`^${kind}$`, 's');

function triedOf(shapes: readonly { readonly name: string; readonly shape: string }[]): Tried {
  const thirds = shapes.map(({ shape }) => beginning(shape)[2] ?? '.');
  return {
    pattern: new RegExp(shapes.map(({ shape }) => `(${shape})`).join('|'), 'y'),
    third: charactersLike(like(`(?:${thirds.join('|')})`)),
    names: shapes.map(({ name }) => name),
  };
}
