import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts, PodFact } from '../../../src/domain/facts/facts.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { evaluateRequest } from '../../../src/stages/evaluate/request.ts';
import {
  defaultPolicy,
  deletePodIn,
  dependents,
  deploymentFacts,
  noon,
  podFact,
  podFacts,
  restartOf,
  scaleTo,
  setImageTo,
  specId,
  statefulSetFacts,
} from '../../fixtures/facts.ts';
import { autoscaleTo } from '../../fixtures/fields.ts';
import { budget, covered, drain, evicting, housing } from '../../fixtures/nodes.ts';

const sentencesOf = (action: Action, facts: Facts): string[] =>
  evaluate({ id: specId, now: noon, action, facts, policy: defaultPolicy }).constraints.flatMap((each) =>
    each.kind === 'outside_production' || each.kind === 'snapshot_required' ? [] : [each.sentence],
  );

const rolling = (maxUnavailable: number) =>
  ({ strategy: { type: 'RollingUpdate', maxUnavailable, maxSurge: 1, partition: 0 } }) as const;
const around = dependents({
  services: [{ name: 'web', ready: 5, own: 3 }],
  budgets: [{ name: 'web', healthy: 3, desired: 2, allowed: 1 }],
});
const behind = { neighbourhood: around };
const flapping: PodFact[] = [0, 1].map((i) => podFact(`web-${i}`, { restarts: 9, terminated: 'Error' }));
const backOff = { reason: 'BackOff', count: 30, last: noon };

describe('what must stay is what the change itself leaves at its worst moment', () => {
  it.each<[string, Action, Facts, string[]]>([
    [
      'a restart that takes one of three at a time',
      restartOf(),
      deploymentFacts(rolling(1), behind),
      [
        'Deployment/web in shop must keep at least 2 replicas.',
        'Deployment/web in shop must keep at least 2 ready pods.',
        'Service/web in shop must keep at least 4 ready endpoints.',
        'PodDisruptionBudget/web in shop must allow 1 eviction before the change and keep at least 2 healthy pods.',
      ],
    ],
    [
      'one that starts new pods first takes nothing from the budget',
      setImageTo('registry.example/web:1.2'),
      deploymentFacts({}, behind),
      [
        'Deployment/web in shop must keep at least 3 replicas.',
        'Deployment/web in shop must keep at least 3 ready pods.',
        'Service/web in shop must keep at least 5 ready endpoints.',
      ],
    ],
    [
      'one that stops all of them first leaves the others behind the Service',
      restartOf(),
      deploymentFacts({ strategy: { type: 'Recreate' } }, behind),
      [
        'Service/web in shop must keep at least 2 ready endpoints.',
        'PodDisruptionBudget/web in shop must allow 1 eviction before the change.',
      ],
    ],
    ['a repair of what is down has nothing to keep', restartOf(), deploymentFacts({ ready: 0 }, {}), []],
    [
      'a repair of what is partly down keeps what is up',
      restartOf(),
      deploymentFacts({ ready: 1, ...rolling(1) }),
      [
        'Deployment/web in shop must keep at least 1 replica.',
        'Deployment/web in shop must keep at least 1 ready pod.',
      ],
    ],
    [
      'pods that come and go in a crash loop do not count as up',
      restartOf(),
      deploymentFacts({ desired: 2, pods: flapping }, { warnings: [backOff] }),
      ['Deployment/web in shop must keep at least 2 replicas.'],
    ],
    [
      'a crash of long ago does not matter',
      restartOf(),
      deploymentFacts({ desired: 2, pods: flapping }, { warnings: [] }),
      [
        'Deployment/web in shop must keep at least 2 replicas.',
        'Deployment/web in shop must keep at least 2 ready pods.',
      ],
    ],
    [
      'an autoscaler may go down to its own minimum',
      restartOf(),
      deploymentFacts({ desired: 6, ...rolling(1) }, { autoscaler: { name: 'web', min: 2, max: 9 } }),
      [
        'Deployment/web in shop must keep at least 2 replicas.',
        'Deployment/web in shop must keep at least 5 ready pods.',
      ],
    ],
    [
      'a DaemonSet has no replicas',
      restartOf('DaemonSet'),
      deploymentFacts(rolling(1)),
      ['DaemonSet/web in shop must keep at least 2 ready pods.'],
    ],
    [
      'a StatefulSet takes them by ordinal',
      restartOf('StatefulSet'),
      statefulSetFacts(),
      [
        'StatefulSet/web in shop must keep at least 2 replicas.',
        'StatefulSet/web in shop must keep at least 2 ready pods.',
      ],
    ],
    [
      'a smaller size',
      scaleTo(2),
      deploymentFacts(
        { desired: 5 },
        { neighbourhood: dependents({ services: [{ name: 'web', ready: 5, own: 5 }] }) },
      ),
      [
        'Deployment/web in shop must keep at least 1 replica.',
        'Deployment/web in shop must keep at least 2 ready pods.',
        'Service/web in shop must keep at least 2 ready endpoints.',
      ],
    ],
    [
      'a larger size takes no pod away, and one that fails under load is not its doing',
      scaleTo(5),
      deploymentFacts({}, behind),
      ['Deployment/web in shop must keep at least 4 replicas.'],
    ],
    [
      'an autoscaler that takes some away',
      autoscaleTo({ min: 1, max: 2 }),
      deploymentFacts(),
      ['Deployment/web in shop must keep at least 2 ready pods.'],
    ],
    [
      'a pod that is deleted leaves the others of its controller',
      deletePodIn(),
      podFacts({}, { neighbourhood: dependents({ services: [{ name: 'web', ready: 3, own: 1 }] }) }),
      [
        'ReplicaSet/web-c in shop must keep at least 2 ready pods.',
        'Service/web in shop must keep at least 2 ready endpoints.',
      ],
    ],
    [
      'a drain, by owner, and what its budget spares',
      drain,
      housing([covered('web-0'), covered('web-1')], 4, {
        budgets: [budget({ healthy: 4, desired: 3, expected: 4 })],
      }),
      [
        'Deployment/web in shop must keep at least 3 ready pods.',
        'PodDisruptionBudget/web in shop must allow 1 eviction before the change and keep at least 3 healthy pods.',
      ],
    ],
    [
      'a taint that deletes them asks no budget',
      evicting,
      housing([covered('web-0'), covered('web-1')], 4, {
        budgets: [budget({ healthy: 4, desired: 1, expected: 4 })],
      }),
      [
        'Deployment/web in shop must keep at least 2 ready pods.',
        'PodDisruptionBudget/web in shop must allow 2 evictions before the change and keep at least 1 healthy pod.',
      ],
    ],
  ])('%s', (_name, action, facts, expected) => {
    expect(sentencesOf(action, facts)).toEqual(expected);
  });

  it('several changes leave what all of them leave', () => {
    const controller = { kind: 'ReplicaSet', name: 'web-c', desired: 4, ready: 4 };
    const one = (name: string) => ({
      action: { verb: 'delete pod', target: { kind: 'Pod', namespace: 'shop', name } } as const,
      facts: podFacts({ controller, pod: podFact(name) }),
    });
    const { spec } = evaluateRequest({
      id: specId,
      now: noon,
      request: { verb: 'delete pod', target: { kind: 'Pod', namespace: 'shop', names: ['a', 'b'] } },
      members: [one('a'), one('b')],
      policy: defaultPolicy,
    });
    const ready = spec.constraints.filter(({ kind }) => kind === 'ready_pods');
    expect(ready.map(({ sentence }) => sentence)).toEqual([
      'ReplicaSet/web-c in shop must keep at least 2 ready pods.',
    ]);
  });
});
