import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Places } from '../../../src/domain/facts/places.ts';
import type { Tier } from '../../../src/domain/tier.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import {
  deletePodIn,
  deploymentFacts,
  noon,
  podFacts,
  defaultPolicy as policy,
  restartOf,
  scaleTo,
  specId,
  undoOf,
} from '../../fixtures/facts.ts';

const judge = (action: Action, facts: Facts) => evaluate({ id: specId, now: noon, action, facts, policy });
const web = (places: Places, workload: Parameters<typeof deploymentFacts>[0] = {}) =>
  deploymentFacts(workload, { places });
const first = { strategy: { type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 1, partition: 0 } } as const;

const ports = 'the host port 8080 is taken on every node that would take it';
const cpu = 'no node has room for 500m CPU; the most that is free is 200m CPU on worker-2';
const single = 'PersistentVolumeClaim/data is for one pod (ReadWriteOncePod) and Pod/web-0 uses it';
const none = 'no node that takes pods has the labels it asks for';
const own: Places = { tried: 1, placed: 0, stuck: { reason: ports, by: 'own', first: true } };
const full: Places = { tried: 1, placed: 0, stuck: { reason: cpu, by: 'now', first: true } };
const nowhere: Places = { tried: 1, placed: 0, stuck: { reason: none, by: 'lasting' } };
const held = { name: 'data', nodes: ['worker-1'] };

/** name, action, facts, tier, the rule that says so and what it says. */
type Case = [string, Action, Facts, Tier, string, string];

const cases: Case[] = [
  [
    'its own pods are in the way of the surge',
    restartOf(),
    web(own),
    'blocked',
    'new-pod-place',
    `A new pod of Deployment/web finds no place: ${ports}. The rollout never comes to its end. Make room on a node or add one, or let a pod of Deployment/web go first (maxSurge 0, maxUnavailable 1).`,
  ],
  [
    'no node would ever take it',
    undoOf('Deployment', 2),
    web(nowhere),
    'blocked',
    'new-pod-place',
    `A new pod of Deployment/web finds no place: ${none}. The rollout never comes to its end. Open, label or add a node that takes it.`,
  ],
  [
    'the nodes are full of others',
    restartOf(),
    web(full),
    'human',
    'new-pod-place',
    `A new pod of Deployment/web finds no place: ${cpu}. The rollout never comes to its end. Make room on a node or add one, or let a pod of Deployment/web go first (maxSurge 0, maxUnavailable 1).`,
  ],
  [
    'the same, and a ready pod is taken away before that shows',
    restartOf(),
    web({ ...full, stuck: { reason: cpu, by: 'now' } }, first),
    'dual',
    'new-pod-place',
    `A new pod of Deployment/web finds no place: ${cpu}. The rollout never comes to its end, and 1 ready pod may be gone by then. Make room on a node or add one.`,
  ],
  [
    'something adds nodes',
    restartOf(),
    web({ ...own, nodesFrom: 'Karpenter' }),
    'human',
    'new-pod-place',
    `A new pod of Deployment/web finds no place: ${ports}. The rollout never comes to its end. Whether Karpenter adds a node is not known.`,
  ],
  [
    'another rollout is on its way, and may have the pods that this one wants',
    restartOf(),
    web(own, { rollingOut: true }),
    'human',
    'new-pod-place',
    `A new pod of Deployment/web finds no place: ${ports}. The rollout never comes to its end. Make room on a node or add one, or let a pod of Deployment/web go first (maxSurge 0, maxUnavailable 1).`,
  ],
  [
    'some of the pods of a larger number find a place',
    scaleTo(6),
    web({ tried: 3, placed: 2, stuck: { reason: cpu, by: 'now' } }),
    'human',
    'new-pod-place',
    `Only 2 of 3 new pods of Deployment/web find a place for certain: ${cpu}. It stays pending. Make room on a node or add one.`,
  ],
  [
    'what comes in the place of a deleted pod',
    deletePodIn(),
    podFacts({}, { places: nowhere }),
    'dual',
    'new-pod-place',
    `A new pod of Pod/web-0 finds no place: ${none}. It stays pending, and its controller is one pod short. Open, label or add a node that takes it.`,
  ],
  [
    'a volume for one pod, which no further node helps',
    restartOf(),
    web({ ...own, stuck: { reason: single, by: 'own', first: true, claim: 'data' }, nodesFrom: 'Karpenter' }),
    'blocked',
    'new-pod-place',
    `A new pod of Deployment/web finds no place: ${single}. The rollout never comes to its end. Set the strategy of Deployment/web to Recreate, or scale it to 0 and back instead.`,
  ],
  [
    'a volume for one node, and the new pod may come to another',
    restartOf(),
    web({ tried: 1, placed: 1, claims: [held] }),
    'human',
    'single-writer-volume',
    'PersistentVolumeClaim/data is ReadWriteOnce and in use on worker-1: a new pod on another node waits for it for ever, while the old pod stays until the new one is ready and keeps it in use. Set the strategy of Deployment/web to Recreate, or scale it to 0 and back instead.',
  ],
  [
    'a volume for one node, and the new pod can only come to another',
    restartOf(),
    web({ tried: 1, placed: 1, claims: [{ ...held, never: true }] }),
    'blocked',
    'single-writer-volume',
    'PersistentVolumeClaim/data is ReadWriteOnce and in use on worker-1: a new pod can only come to another node, where it waits for it for ever, while the old pod stays until the new one is ready and keeps it in use. Set the strategy of Deployment/web to Recreate, or scale it to 0 and back instead.',
  ],
  [
    'a volume for one node and more pods',
    scaleTo(4),
    web({ tried: 1, placed: 1, claims: [held] }),
    'human',
    'single-writer-volume',
    'PersistentVolumeClaim/data is ReadWriteOnce and in use on worker-1: a new pod on another node waits for it and does not start. A volume for each pod, or one of ReadWriteMany, is what Deployment/web would need.',
  ],
  [
    'a DaemonSet with as many nodes away as may be unavailable',
    restartOf('DaemonSet'),
    web({ tried: 2, placed: 2, down: ['worker-3'] }, { strategy: { ...first.strategy, maxSurge: 0 } }),
    'blocked',
    'daemon-nodes',
    '1 node of DaemonSet/web is not ready: worker-3. That uses up maxUnavailable (1): no other pod is replaced as long as that is so. Bring the node back or delete the Node, or raise maxUnavailable above 1.',
  ],
  [
    'a DaemonSet with fewer',
    restartOf('DaemonSet'),
    web(
      { tried: 2, placed: 2, down: ['worker-3'] },
      { strategy: { ...first.strategy, maxUnavailable: 2, maxSurge: 0 } },
    ),
    'human',
    'daemon-nodes',
    '1 node of DaemonSet/web is not ready: worker-3. The pod there is not replaced, and the rollout does not come to its end until it is. Bring the node back, or delete the Node.',
  ],
];

describe('rollouts that cannot finish', () => {
  it.each(cases)('%s', (_name, action, facts, tier, rule, sentence) => {
    const spec = judge(action, facts);
    const said = spec.lineItems.filter((item) => item.rule === rule).map((item) => item.sentence);
    expect(said).toEqual([sentence]);
    expect(spec.tier).toBe(tier);
    if (tier === 'blocked') expect(spec.blockedReason).toBe(sentence);
  });

  it('says nothing where every new pod finds a place', () => {
    const spec = judge(restartOf(), web({ tried: 3, placed: 3 }));
    expect(spec).toEqual(judge(restartOf(), deploymentFacts()));
    expect(spec.tier).toBe('auto');
  });
});
