import { expect, test } from 'vitest';
import { conditionsAtFirstWrite } from '../../src/workflow/lifecycle/first-write.ts';
import { drainNode, noon } from '../fixtures/facts.ts';
import { performed } from '../fixtures/performed.ts';
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
  const moved = await performed(context, row, 0, new AbortController().signal, isOwn);
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

/** A drain of a cordoned node: its first call is an eviction, of which a dry run cannot say whether it was done. */
async function draining() {
  const node = { cordoned: true, pods: ['web-0', 'web-1'], lets: 2, refuses: 0 };
  const rig = createRig({ world: { node } });
  await playStep(rig, { do: 'request', request: drainNode() });
  await rig.settle();
  await playStep(rig, { do: 'approve', by: 'U0ANN' });
  await playStep(rig, { do: 'approve', by: 'U0BEN' });
  await rig.wake();
  const row = rig.row(1);
  if (row.state !== 'executing') throw new Error(`it is ${row.state}`);
  return { rig, row };
}

const asked = { broken: [], unknown: [] };
const held = { heldUp: 'A condition is broken.', progressAt: noon };
const attempt = 0;

test.each([
  ['at the first attempt', {}, { attempt }, asked],
  [
    'where a condition was in the way before anything was sent',
    { ...held, brokenAt: noon },
    { attempt },
    asked,
  ],
  [
    'not where an attempt before that may have sent something',
    { ...held, brokenAt: noon, inDoubt: true },
    { attempt },
    undefined,
  ],
  ['not where a budget holds it up, which is waited for', held, { attempt }, undefined],
  ['not after an attempt without an answer', {}, { attempt: 1 }, undefined],
] as const)('all conditions are asked again before an eviction %s', async (_name, of, how, expected) => {
  const { rig, row } = await draining();
  const begun = { results: [], isOwn: false, ...how };
  const { signal } = new AbortController();
  expect(await conditionsAtFirstWrite(rig.context, { ...row, ...of }, begun, signal)).toEqual(expected);
});
