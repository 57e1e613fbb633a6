import type { Bench } from './bench.ts';
import type { Hits, Switch } from './switch.ts';

/** The tests of a file that come by a mutant; `undefined` where it is all of them. */
export type Covering = ReadonlyMap<string, readonly string[] | undefined>;

export interface Coverage {
  coveringOf(mutant: string): Covering;
  /** How often all the tests come by it. */
  hitsOf(mutant: string): number;
  /** Whether it was come by while the code was loaded: before any test could begin. */
  isStatic(mutant: string): boolean;
  /** The tests of a file from its first to the last of these, in the order in which they are run. */
  upTo(file: string, ids: readonly string[] | undefined): readonly string[] | undefined;
  /** About how long these take, in milliseconds. */
  costOf(file: string, ids: readonly string[] | undefined): number;
}

/** Whose hits they are: of a file around its tests, and while it is evaluated; those of a test have its id. */
export const around = (file: string): string => `around ${file}`;
const evaluating = (file: string): string => `evaluating ${file}`;

/** Runs all tests without any mutant. */
export async function cover(bench: Bench, seen: Switch, files: readonly string[]): Promise<Coverage> {
  seen.currentTestId = undefined;
  for (const file of files) await bench.load(file);
  const loading: Hits = { ...seen.mutantCoverage.static };
  const took = new Map<string, ReadonlyMap<string, number>>();
  const loaded = new Map<string, number>();
  for (const file of files) {
    seen.currentTestId = evaluating(file);
    const ran = await bench.run(file);
    if (ran.failed !== undefined) throw new Error(`${file} fails without any mistake: ${ran.failed}`);
    took.set(file, ran.took);
    loaded.set(file, ran.loaded);
  }
  seen.currentTestId = undefined;
  return coverageOf(loading, structuredClone(seen.mutantCoverage.perTest), took, loaded);
}

function coverageOf(
  loading: Hits,
  hits: Readonly<Record<string, Hits>>,
  took: ReadonlyMap<string, ReadonlyMap<string, number>>,
  loaded: ReadonlyMap<string, number>,
): Coverage {
  const files = [...took.keys()];
  const sum = (mutant: string, names: readonly string[]) =>
    names.reduce((all, name) => all + (hits[name]?.[mutant] ?? 0), 0);
  return {
    coveringOf: (mutant) =>
      new Map(
        files.flatMap((file): (readonly [string, readonly string[] | undefined])[] => {
          if (sum(mutant, [evaluating(file), around(file)]) > 0) return [[file, undefined]];
          const ids = [...(took.get(file)?.keys() ?? [])].filter((id) => sum(mutant, [id]) > 0);
          return ids.length === 0 ? [] : [[file, ids]];
        }),
      ),
    hitsOf: (mutant) => sum(mutant, Object.keys(hits)),
    isStatic: (mutant) => (loading[mutant] ?? 0) > sum(mutant, files.map(evaluating)),
    upTo: (file, ids) => {
      const order = [...(took.get(file)?.keys() ?? [])];
      return ids === undefined
        ? undefined
        : order.slice(0, order.findLastIndex((id) => ids.includes(id)) + 1);
    },
    costOf: (file, ids) => {
      const tests = took.get(file) ?? new Map<string, number>();
      return (ids ?? [...tests.keys()]).reduce(
        (all, id) => all + (tests.get(id) ?? 0),
        loaded.get(file) ?? 0,
      );
    },
  };
}
