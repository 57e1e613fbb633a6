import { expect, test } from 'vitest';
import { perform } from '../../src/workflow/lifecycle/perform.ts';
import { createRig } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';
import type { World } from '../fixtures/world.ts';

/** The write of a restart that the gate has let through; what is asked of the cluster before it, and what comes of it. */
async function written({
  isOwn = true,
  later = 0,
  world = {},
}: {
  readonly isOwn?: boolean;
  readonly later?: number;
  readonly world?: Partial<World>;
}) {
  const rig = createRig();
  await playStep(rig, { do: 'ask', text: 'rollout restart deploy/web -n production' });
  await rig.settle();
  await playStep(rig, { do: 'approve', by: 'U0ANN' });
  await rig.wake();
  const row = rig.row(1);
  if (row.state !== 'executing') throw new Error(`it is ${row.state}`);
  await playStep(rig, { do: 'sleep', seconds: later });
  await playStep(rig, { do: 'world', is: world });
  const asked: string[] = [];
  const { cluster } = rig.context;
  const context = {
    ...rig.context,
    cluster: {
      ...cluster,
      gather: (...of: Parameters<typeof cluster.gather>) => {
        asked.push('gather');
        return cluster.gather(...of);
      },
    },
  };
  const moved = await perform(context, row, 0, new AbortController().signal, isOwn);
  return { looks: asked.length, state: moved?.next.state, writes: rig.now().world.writes.length };
}

test('a moment after the gate, in the same process, only what decides the conditions is read again', async () => {
  expect(await written({})).toEqual({ looks: 0, state: 'verifying', writes: 1 });
});

test.each([
  ['where another process has passed the gate', { isOwn: false }],
  ['where that is a second ago', { later: 1 }],
  ['where the clock went back', { later: -1 }],
])('all is looked at %s', async (_name, how) => {
  expect(await written(how)).toEqual({ looks: 1, state: 'verifying', writes: 1 });
});

test('all is looked at where it is not as it was, and nothing is sent where a condition is broken by now', async () => {
  expect(await written({ world: { ready: 1 } })).toEqual({ looks: 1, state: 'executing', writes: 0 });
});
