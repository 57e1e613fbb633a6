import type { Bench } from './bench.ts';
import type { Coverage, Covering } from './coverage.ts';
import type { Switch } from './switch.ts';

interface Suspect {
  readonly id: string;
  /** The whole path. */
  readonly file: string;
}

/** What is asked before and after tests are run with a mutant, which may never end. */
export interface Watch {
  begin(milliseconds: number): void;
  end(): void;
}

type Outcome =
  | { readonly status: 'Survived' | 'Timeout' }
  | { readonly status: 'Killed'; readonly file: string; readonly test: string };

/** Stryker's words; `RuntimeError` where the tests do not say the same twice. */
type Status = Outcome['status'] | 'NoCoverage' | 'RuntimeError';

export interface Trial {
  judge(mutant: Suspect): Promise<Status>;
}

/** Tries mutants one after the other on what is loaded, each on the tests that come by it. */
export function createTrial(
  bench: Bench,
  seen: Switch,
  coverage: Coverage,
  tests: readonly string[],
  watch: Watch,
): Trial {
  /** Which tests found the last mutant of a file: they often find the next. */
  const finders = new Map<string, string>();
  /** Files whose tests fail when they are run alone: each builds on those before it. */
  const chained = new Set<string>();
  const needed = (file: string, ids: readonly string[] | undefined) =>
    chained.has(file) ? coverage.upTo(file, ids) : ids;

  const costOf = (covering: Covering) =>
    [...covering].reduce((all, [file, ids]) => all + coverage.costOf(file, ids), 0);

  async function against({ id, file: of }: Suspect, covering: Covering): Promise<Outcome> {
    const limit = Math.max(10_000, coverage.hitsOf(id) * 100);
    const rank = (file: string) =>
      finders.get(of) === file ? -1 : coverage.costOf(file, covering.get(file));
    Object.assign(seen, { activeMutant: id, hitCount: 0, hitLimit: limit });
    watch.begin(60_000 + 20 * costOf(covering));
    try {
      for (const file of [...covering.keys()].toSorted((a, b) => rank(a) - rank(b))) {
        const ids = needed(file, covering.get(file));
        const { failed } = await bench.run(file, ids, 10_000 + 10 * coverage.costOf(file, ids));
        if ((seen.hitCount ?? 0) > limit) return { status: 'Timeout' };
        if (failed === undefined) continue;
        finders.set(of, file);
        return { status: 'Killed', file, test: failed };
      }
      return { status: 'Survived' };
    } finally {
      seen.activeMutant = undefined;
      watch.end();
    }
  }

  const passes = async (file: string, ids?: readonly string[]) => {
    watch.begin(60_000 + 20 * coverage.costOf(file, ids));
    const { failed } = await bench.run(file, ids);
    watch.end();
    return failed === undefined;
  };

  /** What has failed must hold without the mutant: else something that an earlier one left has made it fail. */
  async function twice(mutant: Suspect, covering: Covering): Promise<Status> {
    for (let look = 0; look < 3; look += 1) {
      const outcome = await against(mutant, covering);
      if (outcome.status !== 'Killed') return outcome.status;
      const { file, test } = outcome;
      if (await passes(file, test === 'file' ? undefined : needed(file, [test]))) return 'Killed';
      bench.modules.forget();
      if (await passes(file)) chained.add(file);
    }
    return 'RuntimeError';
  }

  /** What runs while the code is loaded, or once for all, is tried on code that is loaded with the mutant. */
  async function afresh(mutant: Suspect, covering: Covering): Promise<Status> {
    bench.modules.forget(mutant.file);
    const { status } = await against(mutant, covering);
    bench.modules.forget(mutant.file);
    return status;
  }

  return {
    judge: async (mutant) => {
      const covering = coverage.coveringOf(mutant.id);
      const isStatic = coverage.isStatic(mutant.id);
      if (covering.size > 0) {
        const status = await twice(mutant, covering);
        if (status !== 'Survived') return status;
        if (!isStatic && (seen.hitCount ?? 0) > 0) return status;
      } else if (!isStatic) return 'NoCoverage';
      if (!isStatic) return afresh(mutant, covering);
      const reaching = tests.filter((test) => bench.modules.reaches(test, mutant.file));
      return afresh(mutant, new Map(reaching.map((test) => [test, undefined])));
    },
  };
}
