import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Most tests wait, for databases, for pods and for the pace of Slack; more files at once than processors pay off.
    maxWorkers: 4,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          globalSetup: 'test/support/database-setup.ts',
          exclude: ['test/cluster/**', 'test/journey/**', 'test/faults/**'],
          // A guard against what hangs, not a measure: a busy machine is ten times slower than a quiet one.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'journey',
          include: ['test/journey/**/*.test.ts'],
          globalSetup: 'test/support/database-setup.ts',
          testTimeout: 180_000,
          hookTimeout: 120_000,
          maxConcurrency: 20,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          globalSetup: 'test/support/database-setup.ts',
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxConcurrency: 8,
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          globalSetup: ['test/cluster/global-setup.ts', 'test/support/database-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
