import { defineConfig } from 'vitest/config';

/*
 * One process in which all mutants of a room are tried: `runner.ts`. Properties are short: what one case of thousands finds,
 * another run may miss, and thousands of cases for each mutant take hours. The table that has the very case is what must
 * notice.
 */
export default defineConfig({
  test: {
    include: ['test/mutation/start.ts'],
    runner: 'test/mutation/runner.ts',
    isolate: false,
    // It would give the mutants of an earlier run.
    fsModuleCache: false,
    maxWorkers: 1,
    // One test at a time: what it comes by is counted for it.
    maxConcurrency: 1,
    setupFiles: ['test/mutation/short-properties.ts'],
    globalSetup: 'test/support/database-setup.ts',
    provide: { everyCase: false },
    onConsoleLog: () => false,
    // What a mutant leaves behind may fail after its test has ended.
    dangerouslyIgnoreUnhandledErrors: true,
    reporters: [{}],
  },
});
