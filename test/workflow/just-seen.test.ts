import { describe, expect, test } from 'vitest';
import { createJustSeen, type GatheredMember } from '../../src/workflow/lifecycle/members.ts';
import type { Cluster } from '../../src/workflow/ports.ts';
import { performed } from '../fixtures/performed.ts';
import { createRig } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

/** A request that is judged and then rehearsed, so many milliseconds later; how often all was looked at, and what came of it. */
async function rehearsed({
  later = 0,
  remembers = true,
  answers = {},
}: {
  readonly later?: number;
  readonly remembers?: boolean;
  /** What the API server says to the first dry run, in the place of its own. */
  readonly answers?: { readonly first?: Awaited<ReturnType<Cluster['dryRun']>> };
}) {
  const rig = createRig();
  await playStep(rig, { do: 'ask', text: 'rollout restart deploy/web -n production' });
  const { cluster } = rig.context;
  let [looks, runs, now] = [0, 0, 0];
  const context = {
    ...rig.context,
    ...(remembers ? { justSeen: createJustSeen(() => now) } : {}),
    cluster: {
      ...cluster,
      gather: (...of: Parameters<typeof cluster.gather>) => {
        looks += 1;
        return cluster.gather(...of);
      },
      dryRun: async (...of: Parameters<typeof cluster.dryRun>) => {
        runs += 1;
        return (runs === 1 ? answers.first : undefined) ?? cluster.dryRun(...of);
      },
    },
  };
  const { signal } = new AbortController();
  const judged = await performed(context, rig.row(1), 0, signal);
  if (judged?.next.state !== 'evaluated') throw new Error(`it is ${judged?.next.state}`);
  now += later;
  const shown = await performed(context, judged.next, 0, signal);
  return { looks, runs, state: shown?.next.state };
}

test('a plan is rehearsed on what was judged a moment ago', async () => {
  expect(await rehearsed({})).toEqual({ looks: 1, runs: 1, state: 'waiting' });
});

test.each([
  ['where another process has judged it', { remembers: false }],
  ['where that is a second ago', { later: 1000 }],
])('all is looked at once more %s', async (_name, how) => {
  expect(await rehearsed(how)).toEqual({ looks: 2, runs: 1, state: 'waiting' });
});

test('what is refused of it is looked at and rehearsed once more, and only that counts', async () => {
  const first = { kind: 'refused', sentence: 'the object has been modified' } as const;
  expect(await rehearsed({ answers: { first } })).toEqual({ looks: 2, runs: 2, state: 'waiting' });
});

describe('what was just seen', () => {
  const rig = createRig();
  const rowOf = async (version: number) => {
    if (rig.now().shelf.remediations.length === 0)
      await playStep(rig, { do: 'ask', text: 'rollout restart deploy/web -n production' });
    return { ...rig.row(1), version };
  };
  const members = async (): Promise<readonly [GatheredMember]> => {
    const target = { kind: 'Deployment', namespace: 'production', name: 'web' } as const;
    const action = { verb: 'rollout restart', target } as const;
    const [seen] = await rig.context.cluster.gather([action], new AbortController().signal);
    if (seen?.kind !== 'facts') throw new Error('web is not there');
    return [{ action, facts: seen.facts, snapshot: seen.snapshot }];
  };

  test('is taken once', async () => {
    const seen = createJustSeen(() => 0);
    seen.keep(await rowOf(1), await members());
    expect(seen.take(await rowOf(1))).toEqual(await members());
    expect(seen.take(await rowOf(1))).toBeUndefined();
  });

  test('is of one version of the row', async () => {
    const seen = createJustSeen(() => 0);
    seen.keep(await rowOf(1), await members());
    expect(seen.take(await rowOf(2))).toBeUndefined();
  });

  test('is kept of the latest', async () => {
    const seen = createJustSeen(() => 0, 2);
    for (const version of [1, 2, 3]) seen.keep(await rowOf(version), await members());
    expect(seen.take(await rowOf(1))).toBeUndefined();
    expect(seen.take(await rowOf(2))).toEqual(await members());
    expect(seen.take(await rowOf(3))).toEqual(await members());
  });
});
