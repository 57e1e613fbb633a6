import { expect, test } from 'vitest';
import { createMetrics } from '../../src/adapters/metrics/metrics.ts';
import { observedStore } from '../../src/adapters/metrics/observed.ts';
import { notingStore } from '../../src/adapters/postgres/confirmed.ts';
import { createTracing } from '../../src/adapters/tracing/traced.ts';
import type { Store } from '../../src/workflow/ports.ts';
import { remediationIn, transitionTo } from '../fixtures/remediations.ts';
import { createRig } from '../fixtures/rig.ts';

/*
 * Each layer around the store hands on all that it is given. A parameter that may be left out is easily left out by a layer:
 * nothing fails then, only the shorter way is never taken.
 */

const layers: readonly [string, (store: Store) => Store][] = [
  ['metrics', (store) => observedStore(store, createMetrics())],
  ['traces', (store) => createTracing().store(store)],
  ['what was confirmed', (store) => notingStore(store, { note: () => undefined })],
];

test.each(layers)('%s: a vote on what was seen', async (_name, around) => {
  const { store } = createRig().context;
  const handed: unknown[] = [];
  const layered = around({
    ...store,
    vote: (id, judge, seen) => {
      handed.push(id, seen);
      return store.vote(id, judge, seen);
    },
  });
  const seen = { row: remediationIn('waiting'), approvals: [] };
  await layered.vote(seen.row.id, () => ({ answer: { kind: 'refused', sentence: 'No.' } }), seen);
  expect(handed).toEqual([seen.row.id, seen]);
});

test.each(layers)('%s: a transition under a claim', async (_name, around) => {
  const { store } = createRig().context;
  const handed: unknown[] = [];
  const claim = { queue: 'wake', jobId: 'a', attempt: 0 };
  const layered = around({
    ...store,
    transition: async (from, transition, under) => {
      handed.push(from, transition, under);
      return 'stale';
    },
  });
  const from = remediationIn('waiting');
  const transition = transitionTo(from, 'approved', []);
  await layered.transition(from, transition, claim);
  expect(handed).toEqual([from, transition, claim]);
});
