import { expect, it } from 'vitest';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Places } from '../../../src/domain/facts/places.ts';
import {
  deletePodIn,
  dependents,
  deploymentFacts,
  podFacts,
  restartOf,
  scaleTo,
  statefulSetFacts,
} from '../../fixtures/facts.ts';
import { type Given, type Said, said } from '../../fixtures/said.ts';

const restarted = (
  rest: Partial<Facts> = {},
  workload: Parameters<typeof deploymentFacts>[0] = {},
): Given => ({
  action: restartOf(),
  facts: deploymentFacts(workload, rest),
});
const scaled = (to: number, rest: Partial<Facts> = {}, desired = 3): Given => ({
  action: scaleTo(to),
  facts: deploymentFacts({ desired }, rest),
});

const stuck = (by: 'own' | 'lasting' | 'now', more: object = {}): Places => ({
  ...{ tried: 1, placed: 0 },
  stuck: { reason: 'no room', by },
  ...more,
});
const daemons = (down: string[], strategy: object = {}, more: Partial<Places> = {}): Given => ({
  action: restartOf('DaemonSet'),
  facts: deploymentFacts(
    { strategy: { type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 0, partition: 0, ...strategy } },
    { places: { tried: 0, placed: 0, down, ...more } },
  ),
});

const rows: readonly Said[] = [
  [
    'a node away, of one that may',
    'daemon-nodes',
    daemons(['n-1']),
    [
      'block 100: 1 node of DaemonSet/web is not ready: n-1. That uses up maxUnavailable (1): no other pod is replaced as long as that is so. Bring the node back or delete the Node, or raise maxUnavailable above 1. [DaemonSet/web in shop: spec.updateStrategy]',
    ],
  ],
  [
    'a node away, of two that may',
    'daemon-nodes',
    daemons(['n-1'], { maxUnavailable: 2 }),
    [
      'floor 11: 1 node of DaemonSet/web is not ready: n-1. The pod there is not replaced, and the rollout does not come to its end until it is. Bring the node back, or delete the Node. [DaemonSet/web in shop: spec.updateStrategy]',
    ],
  ],
  [
    'two nodes away',
    'daemon-nodes',
    daemons(['n-1', 'n-2'], { maxUnavailable: 2 }),
    [
      'block 100: 2 nodes of DaemonSet/web are not ready: n-1 and n-2. That uses up maxUnavailable (2): no other pod is replaced as long as that is so. Bring the nodes back or delete the Node, or raise maxUnavailable above 2. [DaemonSet/web in shop: spec.updateStrategy]',
    ],
  ],
  [
    'two nodes away, of three that may',
    'daemon-nodes',
    daemons(['n-1', 'n-2'], { maxUnavailable: 3 }),
    [
      'floor 11: 2 nodes of DaemonSet/web are not ready: n-1 and n-2. The pod there is not replaced, and the rollout does not come to its end until it is. Bring the nodes back, or delete the Node. [DaemonSet/web in shop: spec.updateStrategy]',
    ],
  ],
  [
    'a node away, with a surge',
    'daemon-nodes',
    daemons(['n-1'], { maxUnavailable: 0, maxSurge: 1 }),
    [
      'floor 11: 1 node of DaemonSet/web is not ready: n-1. The pod there is not replaced, and the rollout does not come to its end until it is. Bring the node back, or delete the Node. [DaemonSet/web in shop: spec.updateStrategy]',
    ],
  ],
  [
    'a node without a place',
    'daemon-nodes',
    daemons(['n-1'], {}, { stuck: { reason: 'no room', by: 'now' } }),
    [
      'block 100: 1 node of DaemonSet/web is not ready, or without a place for it (no room): n-1. That uses up maxUnavailable (1): no other pod is replaced as long as that is so. Bring the node back or delete the Node, or raise maxUnavailable above 1. [DaemonSet/web in shop: spec.updateStrategy]',
    ],
  ],

  [
    'one of one',
    'new-pod-place',
    restarted({ places: stuck('lasting') }),
    [
      'block 100: A new pod of Deployment/web finds no place: no room. The rollout never comes to its end. Open, label or add a node that takes it. [Nodes: spec, status.allocatable]',
    ],
  ],
  [
    'the first of two',
    'new-pod-place',
    restarted({ places: stuck('own', { tried: 2 }) }),
    [
      'block 100: The first new pod of Deployment/web finds no place: no room. The rollout never comes to its end. Add a node that takes it, or start fewer pods of Deployment/web. [Nodes: spec, status.allocatable]',
    ],
  ],
  [
    'one of two',
    'new-pod-place',
    restarted({ places: stuck('own', { tried: 2, placed: 1 }) }),
    [
      'floor 11: Only 1 of 2 new pods of Deployment/web finds a place for certain: no room. The rollout never comes to its end. Add a node that takes it, or start fewer pods of Deployment/web. [Nodes: spec, status.allocatable]',
    ],
  ],
  [
    'two of three',
    'new-pod-place',
    restarted({ places: stuck('lasting', { tried: 3, placed: 2 }) }),
    [
      'floor 11: Only 2 of 3 new pods of Deployment/web find a place for certain: no room. The rollout never comes to its end. Open, label or add a node that takes it. [Nodes: spec, status.allocatable]',
    ],
  ],
  [
    'as it happens to be',
    'new-pod-place',
    restarted({ places: stuck('now') }),
    [
      'floor 11: A new pod of Deployment/web finds no place: no room. The rollout never comes to its end. Make room on a node or add one. [Nodes: spec, status.allocatable]',
    ],
  ],
  [
    'where nodes come',
    'new-pod-place',
    restarted({ places: stuck('lasting', { nodesFrom: 'Karpenter' }) }),
    [
      'floor 11: A new pod of Deployment/web finds no place: no room. The rollout never comes to its end. Whether Karpenter adds a node is not known. [Nodes: spec, status.allocatable]',
    ],
  ],
  [
    'where old pods could go first',
    'new-pod-place',
    restarted({ places: { tried: 1, placed: 0, stuck: { reason: 'no room', by: 'own', first: true } } }),
    [
      'block 100: A new pod of Deployment/web finds no place: no room. The rollout never comes to its end. Make room on a node or add one, or let a pod of Deployment/web go first (maxSurge 0, maxUnavailable 1). [Nodes: spec, status.allocatable]',
    ],
  ],
  [
    'a volume for one pod',
    'new-pod-place',
    restarted({ places: { tried: 1, placed: 0, stuck: { reason: 'a volume', by: 'own', claim: 'data' } } }),
    [
      'block 100: A new pod of Deployment/web finds no place: a volume. The rollout never comes to its end. Set the strategy of Deployment/web to Recreate, or scale it to 0 and back instead. [Nodes: spec, status.allocatable]',
    ],
  ],
  [
    'a volume for one pod of a StatefulSet',
    'new-pod-place',
    {
      action: restartOf('StatefulSet'),
      facts: statefulSetFacts(
        {},
        { places: { tried: 1, placed: 0, stuck: { reason: 'a volume', by: 'own', claim: 'data' } } },
      ),
    },
    [
      'block 100: A new pod of StatefulSet/web finds no place: a volume. The rollout never comes to its end, and 1 ready pod may be gone by then. Scale StatefulSet/web to 0 and back instead. [Nodes: spec, status.allocatable]',
    ],
  ],
  [
    'a volume for one pod, and one more',
    'new-pod-place',
    scaled(4, { places: { tried: 1, placed: 0, stuck: { reason: 'a volume', by: 'own', claim: 'data' } } }),
    [
      'block 100: A new pod of Deployment/web finds no place: a volume. It stays pending. A volume for each pod, or one of ReadWriteMany, is what Deployment/web would need. [Nodes: spec, status.allocatable]',
    ],
  ],
  [
    'a pod that is deleted',
    'new-pod-place',
    { action: deletePodIn(), facts: podFacts({}, { places: stuck('lasting') }) },
    [
      'floor 51: A new pod of Pod/web-0 finds no place: no room. It stays pending, and its controller is one pod short. Open, label or add a node that takes it. [Nodes: spec, status.allocatable]',
    ],
  ],
  [
    'a pod that is deleted, where nodes come',
    'new-pod-place',
    { action: deletePodIn(), facts: podFacts({}, { places: stuck('lasting', { nodesFrom: 'Karpenter' }) }) },
    [
      'floor 11: A new pod of Pod/web-0 finds no place: no room. It stays pending, and its controller is one pod short. Whether Karpenter adds a node is not known. [Nodes: spec, status.allocatable]',
    ],
  ],
  [
    'pods that a rollout loses',
    'new-pod-place',
    restarted(
      { places: stuck('now') },
      { strategy: { type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 0, partition: 0 } },
    ),
    [
      'floor 51: A new pod of Deployment/web finds no place: no room. The rollout never comes to its end, and 1 ready pod may be gone by then. Make room on a node or add one. [Nodes: spec, status.allocatable]',
    ],
  ],
  [
    'a rollout that is running',
    'new-pod-place',
    restarted({ places: stuck('lasting') }, { rollingOut: true }),
    [
      'floor 11: A new pod of Deployment/web finds no place: no room. The rollout never comes to its end. Open, label or add a node that takes it. [Nodes: spec, status.allocatable]',
    ],
  ],

  [
    'a quota that is full',
    'quota',
    {
      action: scaleTo(5),
      facts: deploymentFacts(
        { desired: 3 },
        {
          neighbourhood: dependents({
            quotas: [{ name: 'team', resource: 'pods', used: '9', hard: '10', podsLeft: 1 }],
          }),
        },
      ),
    },
    [
      'floor 11: ResourceQuota/team has room for 1 more pod (pods: 9 of 10), 2 are needed. [ResourceQuota/team]',
    ],
  ],
  [
    'a quota that has room for just as many',
    'quota',
    {
      action: scaleTo(5),
      facts: deploymentFacts(
        { desired: 3 },
        {
          neighbourhood: dependents({
            quotas: [{ name: 'team', resource: 'pods', used: '8', hard: '10', podsLeft: 2 }],
          }),
        },
      ),
    },
    [],
  ],
  [
    'a quota that is full, and one pod more by a restart',
    'quota',
    restarted({
      neighbourhood: dependents({
        quotas: [{ name: 'team', resource: 'pods', used: '10', hard: '10', podsLeft: 0 }],
      }),
    }),
    [
      'floor 11: ResourceQuota/team has room for 0 more pods (pods: 10 of 10), 1 is needed. [ResourceQuota/team]',
    ],
  ],
];

it.each(rows)('%s: %s', (_name, rule, given, lines) => {
  expect(said(given, rule)).toEqual(lines);
});
