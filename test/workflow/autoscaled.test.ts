import { describe, expect, test } from 'vitest';
import { keptReplicas } from '../../src/actions/scaling/kept-replicas.ts';
import type { State } from '../../src/domain/remediation.ts';
import { deploymentFacts, restartOf } from '../fixtures/facts.ts';
import { play, type ScriptStep } from '../fixtures/script.ts';
import type { World } from '../fixtures/world.ts';

const autoscaler = { name: 'gw', min: 2, max: 10 };
const autoscaled: Partial<World> = { around: { autoscaler } };
const paused = { name: 'gw', paused: true, pausedReplicas: 3 };

/** A card is shown, the world moves on, the card is approved. */
const approvedAfter = async (text: string, before: Partial<World>, meanwhile: Partial<World>) => {
  const steps: ScriptStep[] = [
    { do: 'world', is: before },
    { do: 'ask', text },
    { do: 'settle' },
    { do: 'world', is: meanwhile },
    { do: 'approve', by: 'U0ANN' },
    { do: 'approve', by: 'U0BEN' },
  ];
  const rig = await play({ name: text, steps, ends: [] });
  return { row: rig.row(1), writes: rig.now().world.writes.length };
};

const restart = 'rollout restart deploy/web -n production';
const scale = 'scale deploy/web --replicas=1 -n shop';

describe('replicas that an autoscaler moves while a card waits', () => {
  test.each<[string, string, Partial<World>, Partial<World>, State]>([
    ['a restart, 3 to 4', restart, { ...autoscaled, replicas: 3 }, { replicas: 4 }, 'succeeded'],
    ['a restart, 3 to 2', restart, { ...autoscaled, replicas: 3 }, { replicas: 2 }, 'succeeded'],
    ['without an autoscaler it was somebody', restart, { replicas: 3 }, { replicas: 4 }, 'superseded'],
    ['above its limits', restart, { ...autoscaled, replicas: 3 }, { replicas: 11 }, 'superseded'],
    ['below its limits', restart, { ...autoscaled, replicas: 3 }, { replicas: 1 }, 'superseded'],
    [
      'to zero, which switches it off',
      restart,
      { ...autoscaled, replicas: 3 },
      { replicas: 0 },
      'superseded',
    ],
    [
      'with other limits',
      restart,
      { ...autoscaled, replicas: 3 },
      { replicas: 4, around: { autoscaler: { ...autoscaler, max: 20 } } },
      'superseded',
    ],
    [
      'with another autoscaler',
      restart,
      { ...autoscaled, replicas: 3 },
      { replicas: 4, around: { autoscaler: { ...autoscaler, name: 'other' } } },
      'superseded',
    ],
    ['when it is gone', restart, { ...autoscaled, replicas: 3 }, { around: {} }, 'superseded'],
    ['when one came', restart, { replicas: 3 }, autoscaled, 'superseded'],
    [
      'when KEDA is paused, which holds the number',
      restart,
      { replicas: 3, around: { autoscaler, scaledObject: paused } },
      { replicas: 4 },
      'superseded',
    ],
    [
      'when whether there is one could not be read',
      restart,
      { ...autoscaled, replicas: 3 },
      { replicas: 4, around: { autoscaler, unknown: [{ fact: 'autoscaler', reason: 'timed out' }] } },
      'superseded',
    ],
    [
      'a scale writes the number itself',
      scale,
      { ...autoscaled, replicas: 3 },
      { replicas: 4 },
      'superseded',
    ],
  ])('%s', async (_name, text, before, meanwhile, state) => {
    const { row, writes } = await approvedAfter(text, before, meanwhile);
    expect(row.state).toBe(state);
    if (state === 'superseded') expect(writes).toBe(0);
  });

  test('what is outside the limits is said in people’s words', async () => {
    const { row } = await approvedAfter(restart, { ...autoscaled, replicas: 3 }, { replicas: 11 });
    expect(row).toMatchObject({
      change: 'replicas: approved at 2 to 10 (HorizontalPodAutoscaler/gw), live is 11',
      differences: [{ label: 'replicas', approved: '2 to 10 (HorizontalPodAutoscaler/gw)', live: '11' }],
    });
  });

  test('a move between the gate and the write does not refuse it', async () => {
    const steps: ScriptStep[] = [
      { do: 'world', is: { ...autoscaled, replicas: 3 } },
      { do: 'ask', text: restart },
      { do: 'settle' },
      { do: 'approve', by: 'U0ANN' },
      { do: 'approve', by: 'U0BEN' },
      { do: 'wake' },
      { do: 'world', is: { replicas: 5, generation: 9 } },
    ];
    const rig = await play({ name: 'moved', steps, ends: [] });
    expect(rig.row(1).state).toBe('succeeded');
    expect(rig.now().world.replicas).toBe(5);
  });

  test('a change of the template between the gate and the write still does', async () => {
    const steps: ScriptStep[] = [
      { do: 'world', is: { ...autoscaled, replicas: 3 } },
      { do: 'ask', text: restart },
      { do: 'settle' },
      { do: 'approve', by: 'U0ANN' },
      { do: 'approve', by: 'U0BEN' },
      { do: 'wake' },
      { do: 'world', is: { paused: true, generation: 9 } },
    ];
    const rig = await play({ name: 'changed', steps, ends: [] });
    expect(rig.row(1)).toMatchObject({ state: 'failed', failure: 'A guard of the patch failed.' });
  });
});

test('a DaemonSet has as many pods as there are nodes for it: approvals outlive nodes that come', () => {
  expect(keptReplicas({ action: restartOf('DaemonSet'), facts: deploymentFacts() })).toEqual({});
});
