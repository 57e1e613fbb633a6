import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startVitest, type Vitest } from 'vitest/node';
import type { Entry } from './plan.ts';
import type { Planting } from './plant.ts';
import { readJournal } from './verdict.ts';

/**
 * What the tests say of each mutant, by its id; of none that was not begun before the end. A process that a mutant has hung
 * is ended, and another goes on with the next.
 *
 * @param before what is known of some of them already; they are not tried
 */
export async function attempt(
  { mutants, code }: Planting,
  tests: readonly string[],
  end: number,
  before: ReadonlyMap<string, string> = new Map(),
): Promise<ReadonlyMap<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-mutation-'));
  const journal = join(folder, 'journal');
  try {
    let known = before;
    while (known.size < mutants.length && Date.now() < end) {
      const rest = mutants.filter(({ id }) => !known.has(id));
      const plan = {
        tests: tests.map((test) => resolve(test)),
        mutants: rest.map(({ id, file }) => ({ id, file: resolve(file) })),
        journal,
        end,
      };
      writeFileSync(journal, [...known].map(([id, status]) => line({ id, status })).join(''));
      const plugin = {
        ...{ name: 'mutants', enforce: 'pre' as const, load: (id: string) => code.get(id) },
        configureVitest: ({ vitest }: { readonly vitest: Vitest }) => endOnSignal(vitest, folder),
      };
      const config = 'test/mutation/vitest.config.ts';
      const vitest = await startVitest(
        'test',
        [],
        { config, watch: false, provide: { mutation: plan } },
        { plugins: [plugin] },
      );
      await vitest.close();
      const { statuses, fault } = readJournal(readFileSync(journal, 'utf8'));
      if (fault !== undefined) throw new Error(fault);
      if (statuses.size === known.size && Date.now() < end) throw new Error('The tests were not begun.');
      known = statuses;
    }
    return known;
  } finally {
    for (const signal of signals) process.removeAllListeners(signal);
    rmSync(folder, { recursive: true, force: true });
  }
}

const signals = ['SIGTERM', 'SIGINT'] as const;

/**
 * Whoever ends this process ends the one with the tests and the database that it has started, too. Vitest and vite would
 * leave with the signal, before these are gone.
 */
function endOnSignal(vitest: Vitest, folder: string): void {
  for (const signal of signals) {
    process.removeAllListeners(signal);
    process.once(signal, async () => {
      await vitest.close();
      rmSync(folder, { recursive: true, force: true });
      process.exit(128 + constants.signals[signal]);
    });
  }
}

const line = (entry: Entry): string => `${JSON.stringify(entry)}\n`;
