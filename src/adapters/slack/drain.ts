import type { AnyMiddlewareArgs, Middleware } from '@slack/bolt';

/** Counts listeners that run, also after they acknowledged, so that stopping can wait for them. */
export interface Drain {
  readonly middleware: Middleware<AnyMiddlewareArgs>;
  /** Resolves when nothing runs any more, or after `seconds`. */
  wait(seconds: number): Promise<void>;
}

export function createDrain(): Drain {
  let running = 0;
  const waiting = new Set<() => void>();
  return {
    middleware: async ({ next }) => {
      running += 1;
      try {
        await next();
      } finally {
        running -= 1;
        if (running === 0) for (const resolve of waiting) resolve();
      }
    },
    wait: async (seconds) => {
      if (running === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const deadline = setTimeout(resolve, seconds * 1000);
      waiting.add(resolve);
      await promise;
      clearTimeout(deadline);
      waiting.delete(resolve);
    },
  };
}
