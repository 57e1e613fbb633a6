import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** A guard against what hangs, not a measure: a busy machine is many times slower than a quiet one. */
const hangGuards = { testTimeout: 600_000, hookTimeout: 600_000 };
/**
 * By default the largest file comes first, and these are small and take long: all would wait for them at the end. Most of them
 * wait themselves, so that others have the processors meanwhile.
 */
const long = new RegExp(
  [
    'test/(contract|cli|journey|round-trips)/',
    'postgres/(approve-and-execute|budgets|confirmed|cuts|embedded|herd|jobs|liveness|plans|retention)',
    'gitops/(hosts|repositories)\\.',
    'kubernetes/clusters\\.',
    'domain/redact-work\\.',
    'workflow/scripts\\.',
    '\\.property\\.test\\.ts$',
  ].join('|'),
);
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(long.test(b.moduleId)) - Number(long.test(a.moduleId)));
  }
}

const postgres = 'test/support/database-setup.ts';
const replicas = 'test/faults/replica-setup.ts';

export default defineConfig({
  test: {
    // Most tests wait, for databases, for pods and for the pace of Slack; more files at once than processors pay off.
    maxWorkers: 6,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          ...hangGuards,
          name: 'unit',
          // Every file would load the thousand files of src/ anew. They hold no state of their own: nothing is done at import.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['test/cluster/**', 'test/journey/**', 'test/faults/**'],
          globalSetup: postgres,
          provide: { everyCase: false },
          maxConcurrency: 20,
        },
      },
      {
        test: {
          ...hangGuards,
          name: 'journey',
          isolate: false,
          include: ['test/journey/**/*.test.ts'],
          globalSetup: postgres,
          maxConcurrency: 20,
        },
      },
      {
        // What takes longer than people wait: kills and lost answers.
        test: {
          ...hangGuards,
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          globalSetup: [postgres, replicas],
          maxConcurrency: 8,
        },
      },
      {
        // Every cut at every point of every road: hours, and no part of what every change must pass.
        test: {
          ...hangGuards,
          name: 'matrix',
          include: ['test/matrix/**/*.matrix.ts'],
          globalSetup: [postgres, replicas],
          maxConcurrency: 8,
        },
      },
      {
        // The properties of the units with all their cases, when the kills are over: those need the processors as well.
        test: {
          ...hangGuards,
          // A test with 110,000 cases takes a minute on a quiet machine and ten on a busy one.
          testTimeout: 1_800_000,
          name: 'properties',
          include: ['test/**/*.property.test.ts'],
          globalSetup: postgres,
          provide: { everyCase: true },
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...hangGuards,
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          globalSetup: ['test/cluster/global-setup.ts', postgres],
        },
      },
    ],
  },
});
