import { afterEach, expect, test, vi } from 'vitest';
import { observedOutbox } from '../../src/adapters/metrics/observed.ts';
import type { Outbox } from '../../src/workflow/outbox-port.ts';

/* What is waited for goes on, and a wait that is longer than was asked has stopped. */

afterEach(() => vi.useRealTimers());

const unused = () => Promise.reject(new Error('not asked for'));
const outboxThat = (wait: Outbox['wait']): Outbox => ({
  ...{ lease: async () => [], markSending: unused, settle: unused, doubles: unused, settleDouble: unused },
  wait,
});

test('an outbox says that it goes on when it is looked into, and every five seconds while it is waited for', async () => {
  vi.useFakeTimers();
  let turns = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const outbox = observedOutbox(
    outboxThat(() => promise),
    () => {
      turns += 1;
    },
  );
  await outbox.lease(8);
  expect(turns).toBe(1);
  const waited = outbox.wait(60, new AbortController().signal);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(turns).toBe(13);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(turns, 'longer than was asked').toBe(13);
  resolve();
  await waited;
  expect(vi.getTimerCount()).toBe(0);
});
