import type { Liveness } from '../../../src/adapters/postgres/jobs/liveness.ts';

/** The connection by which a replica shows that it lives, as far as a test has something to say about it. */
export const livenessOf = (said: Partial<Liveness> = {}): Liveness => ({
  instance: 1,
  start: async () => {},
  stop: async () => {},
  isLive: () => true,
  heartbeatAge: () => 0,
  isStopped: () => false,
  clockSkew: () => 0,
  on: () => () => {},
  onCheck: () => () => {},
  ...said,
});
