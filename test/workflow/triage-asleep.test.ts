import { describe, expect, test } from 'vitest';
import { playbook } from '../../src/domain/incidents/playbook.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { triageAsleep } from '../../src/workflow/intake/triage-asleep.ts';
import { handleWake } from '../../src/workflow/lifecycle/run.ts';
import { type Cluster, ClusterFault, type Triaged } from '../../src/workflow/ports.ts';
import { createRig } from '../fixtures/rig.ts';
import { alertOf } from '../fixtures/script.ts';

const restart = playbook.parse({
  version: 1,
  name: 'restart',
  description: 'Restart it.',
  match: { labels: { alertname: 'Down' } },
  claim: 'none',
  action: 'rollout restart {{kind}}/{{name}} -n {{namespace}}',
});

/** What comes of alerts that wait behind one that is triaged, and how often the cluster was asked for the owners of pods. */
async function asleep(pods: readonly string[], overrides: Partial<Cluster> = {}) {
  const { context, now } = createRig({ playbooks: [restart] });
  const alerts = pods.map((pod, n) => ({
    ...alertOf({ alertname: 'Down', namespace: 'shop', pod }),
    fingerprint: `f${n}`,
  }));
  await context.store.ingest(alerts);
  const asked: string[] = [];
  const cluster: WorkflowContext['cluster'] = {
    ...context.cluster,
    ...overrides,
    ownerOf: (owned, signal) => {
      asked.push(owned.name);
      return (overrides.ownerOf ?? context.cluster.ownerOf)(owned, signal);
    },
  };
  const settled: { triaged: readonly Triaged[]; putBack: number }[] = [];
  const store: WorkflowContext['store'] = {
    ...context.store,
    takeAsleep: async () => structuredClone(now().shelf.incidents),
    settleAsleep: async (triaged, putBack) => void settled.push({ triaged, putBack: putBack.length }),
  };
  await triageAsleep({ ...context, cluster, store }, new AbortController().signal);
  const [came = { triaged: [], putBack: 0 }] = settled;
  return { ...came, asked };
}

describe('alerts that are triaged together', () => {
  test('ask for what several of them need once, and keep their order', async () => {
    const pods = ['web-1', 'web-2', 'web-1', 'web-1', 'web-2'];
    const { triaged, putBack, asked } = await asleep(pods);
    expect(asked.toSorted()).toEqual(['web-1', 'web-2']);
    expect(putBack).toBe(0);
    expect(triaged.map(({ incident }) => incident.alert?.fingerprint)).toEqual([
      'f0',
      'f1',
      'f2',
      'f3',
      'f4',
    ]);
    expect(triaged.map(({ triage }) => triage.kind)).toEqual(Array(5).fill('proposal'));
  });

  test('are put back where the cluster does not answer, which is asked no more', async () => {
    const pods = Array.from({ length: 30 }, (_, n) => `web-${n}`);
    const { triaged, putBack, asked } = await asleep(pods, {
      ownerOf: () => Promise.reject(new ClusterFault('away')),
    });
    expect([triaged, putBack]).toEqual([[], 30]);
    expect(asked.length).toBeLessThanOrEqual(8);
  });

  test('are put back where there are more pods than are asked about at a time', async () => {
    const pods = Array.from({ length: 50 }, (_, n) => `web-${n}`);
    const { triaged, putBack, asked } = await asleep(pods);
    expect([triaged.length, putBack, asked.length]).toEqual([40, 10, 40]);
  });

  test('are none of its business where a fault is no fault of the cluster', async () => {
    const broken = asleep(['web-1'], { ownerOf: () => Promise.reject(new TypeError('a bug')) });
    await expect(broken).rejects.toThrow('a bug');
  });
});

test.each<[string, { attempt: number; deaths?: number }, boolean]>([
  ['nothing was tried before', { attempt: 0 }, true],
  ['it failed once', { attempt: 1 }, false],
  ['a process handed it over', { attempt: 0, deaths: 0 }, false],
  ['a process died at it', { attempt: 0, deaths: 1 }, false],
])('others are triaged with an alert where %s: %o', async (_when, { attempt, deaths }, together) => {
  const { context, now } = createRig({ playbooks: [restart] });
  await context.store.ingest([alertOf({ alertname: 'Down', namespace: 'shop', deployment: 'web' })]);
  const [incident] = now().shelf.incidents;
  if (incident === undefined) throw new Error('it was taken in');
  let taken = 0;
  const store: WorkflowContext['store'] = {
    ...context.store,
    takeAsleep: async () => {
      taken += 1;
      return [];
    },
  };
  const wake = { kind: 'triage', id: incident.id, version: incident.version, deaths } as const;
  const claim = { queue: 'triage', jobId: '1', attempt };
  await handleWake({ ...context, store }, wake, claim, new AbortController().signal);
  expect(taken).toBe(together ? 1 : 0);
});
