import { defineConfig } from 'vitest/config';

/* The tests of one room, as `run.ts` names them. */
export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    include: (process.env['FIREBREAK_MUTATION_TESTS'] ?? 'test/stages/decide/*.test.ts').split(' '),
    globalSetup: 'test/support/database-setup.ts',
    provide: { everyCase: false },
  },
});
