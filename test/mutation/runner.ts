import { appendFileSync } from 'node:fs';
import { inject, type SerializedConfig, TestRunner } from 'vitest';
import { benchOn } from './bench.ts';
import { around, cover } from './coverage.ts';
import type { Entry, Plan } from './plan.ts';
import { theSwitch } from './switch.ts';
import { createTrial } from './trial.ts';
import { createWatchdog } from './watchdog.ts';

/**
 * The runner of vitest, which calls it with `new`: when the one file that it was given has passed, the tests of a room are
 * loaded and its mutants are tried in this process.
 */
export default function mutationRunner(config: SerializedConfig): TestRunner {
  const outer = new TestRunner(config);
  const after = outer.onAfterRunFiles;
  outer.onAfterRunFiles = async (files) => {
    after.call(outer, files);
    const plan = inject('mutation');
    const write = (entry: Entry) => appendFileSync(plan.journal, `${JSON.stringify(entry)}\n`);
    try {
      await tryAll(outer, plan, write);
    } catch (fault) {
      write({ fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) });
    }
  };
  return outer;
}

async function tryAll(outer: TestRunner, plan: Plan, write: (entry: Entry) => void): Promise<void> {
  const seen = theSwitch();
  const bench = benchOn(outer, {
    onCollected: (file) => {
      if (seen.currentTestId !== undefined) seen.currentTestId = around(file);
    },
    onTest: (id) => {
      seen.currentTestId = id;
    },
    onTestEnd: (file) => {
      seen.currentTestId = around(file);
    },
  });
  const coverage = await cover(bench, seen, plan.tests);
  const trial = createTrial(bench, seen, coverage, plan.tests, createWatchdog());
  // Loading anew takes longest, and unsettles the others.
  const order = plan.mutants.toSorted(
    (a, b) => Number(coverage.isStatic(a.id)) - Number(coverage.isStatic(b.id)),
  );
  for (const mutant of order) {
    if (Date.now() > plan.end) return;
    write({ begun: mutant.id });
    write({ id: mutant.id, status: await trial.judge(mutant) });
  }
}
