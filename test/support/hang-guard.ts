import { vi } from 'vitest';

/**
 * Milliseconds after which a wait is taken for one in vain. A guard against what hangs and never a measure: a busy
 * machine is many times slower than a quiet one. Shorter than the time-out of a test, so that the wait itself fails
 * and says what it saw.
 */
export const hangGuard = 300_000;

/** Tries again until nothing is thrown; fails with what was thrown last. */
export const eventually = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: hangGuard, interval: 20 });
