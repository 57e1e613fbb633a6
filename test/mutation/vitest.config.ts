import { configDefaults, defineConfig } from 'vitest/config';

/*
 * The tests of one room, as `run.ts` names them. Properties are left out or short: what one case of thousands finds, another
 * run may miss, and thousands of cases for each mutant take hours. The table that has the very case is what must notice.
 */
export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    include: (process.env['FIREBREAK_MUTATION_TESTS'] ?? 'test/stages/decide/*.test.ts').split(' '),
    exclude: [...configDefaults.exclude, '**/*.property.test.ts'],
    // One worker for all files of a mutant, and another for the next mutant: what they share is read once.
    isolate: false,
    setupFiles: ['test/mutation/short-properties.ts'],
    globalSetup: 'test/support/database-setup.ts',
    provide: { everyCase: false },
  },
});
