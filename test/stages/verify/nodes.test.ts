import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Observation } from '../../../src/domain/verdict.ts';
import { judge } from '../../../src/stages/verify/judge.ts';
import { nodeFacts, nodePod, noon, taintNode } from '../../fixtures/facts.ts';
import { daemon, drain, evicting, housing, pair } from '../../fixtures/nodes.ts';

type Seen = Extract<Observation, { kind: 'node' }>;

const { uid } = nodeFacts().identity;
const look = (action: Action, facts: Facts, observation: Observation): string => {
  const sample = judge({ action, facts, results: [], observation });
  return `${sample.grade}: ${sample.sentence}`;
};
const seen = (parts: Partial<Seen> = {}): Observation => ({
  ...{ kind: 'node', at: noon, uid, ready: true, unschedulable: true, left: [], workloads: [] },
  ...parts,
});
const web = (parts: Partial<NonNullable<Seen['workloads']>[number]> = {}) => ({
  workloads: [{ namespace: 'shop', owner: 'Deployment/web', desired: 3, ready: 3, ...parts }],
});
const left = (name: string, parts: object = {}) => {
  const { namespace, uid: own } = nodePod(name);
  return { namespace, name, uid: own, deleting: true, daemon: false, ...parts };
};
const two = housing(pair, 3);
const finds = 'Pod web-x finds no node: 0/3 nodes are available.';
const later = '2026-03-01T12:00:05Z';
const earlier = '2026-03-01T11:00:00Z';

const many = (count: number) => Array.from({ length: count }, (_, index) => nodePod(`web-${index}`));
/** Pods of so many Deployments, `a` and so on, each with two ready ones. */
const homes = (count: number): Facts => {
  const names = [...'abcdefg'].slice(0, count);
  return housing(
    names.map((name) => nodePod(name, { owner: `Deployment/${name}` })),
    2,
    { owners: names.map((name) => ({ namespace: 'shop', owner: `Deployment/${name}`, ready: 2 })) },
  );
};

const cases: [string, Action, Facts, Observation, string][] = [
  [
    'all have left and are ready elsewhere',
    drain,
    two,
    seen(web()),
    'good: All 2 pods that had to go from Node/worker-1 have left, and what ran there is ready elsewhere.',
  ],
  [
    'the only one has left',
    drain,
    housing([nodePod('web-0')], 3),
    seen(web()),
    'good: Its pod that had to go from Node/worker-1 has left, and what ran there is ready elsewhere.',
  ],
  [
    'three are still ending, and nobody confirms it',
    drain,
    housing(many(3), 3),
    seen({ ...web(), ready: false, left: ['web-0', 'web-1', 'web-2'].map((name) => left(name)) }),
    'pending: 3 of 3 pods are still on Node/worker-1: web-0 in shop, web-1 in shop, web-2 in shop. Node/worker-1 is not ready: nobody confirms that they have ended.',
  ],
  [
    'more are still ending',
    drain,
    housing(many(5), 3),
    seen({ ...web(), left: ['web-0', 'web-1', 'web-2', 'web-3', 'web-4'].map((name) => left(name)) }),
    'pending: 5 of 5 pods are still on Node/worker-1: web-0 in shop, web-1 in shop, web-2 in shop and 2 more.',
  ],
  [
    'one that was there before is on its way out',
    drain,
    housing([daemon]),
    seen({ left: [left(daemon.name, { namespace: daemon.namespace, uid: daemon.uid, deleting: false })] }),
    'good: Node/worker-1 has no pod left that had to go.',
  ],
  [
    'three workloads are on their way',
    drain,
    homes(3),
    seen(),
    'pending: Deployment/a in shop has 0 of 2 ready pods, Deployment/b in shop has 0 of 2 ready pods, Deployment/c in shop has 0 of 2 ready pods.',
  ],
  [
    'more workloads are on their way',
    drain,
    homes(5),
    seen(),
    'pending: Deployment/a in shop has 0 of 2 ready pods, Deployment/b in shop has 0 of 2 ready pods, Deployment/c in shop has 0 of 2 ready pods and 2 more are on their way.',
  ],
  [
    'what it is told of others says nothing of it',
    drain,
    two,
    seen({
      workloads: [{ namespace: 'shop', owner: 'Deployment/api', desired: 3, ready: 3 }],
    }),
    'pending: Deployment/web in shop has 0 of 3 ready pods.',
  ],
  [
    'one is still ending',
    drain,
    two,
    seen({ ...web(), left: [left('web-0')] }),
    'pending: 1 of 2 pods is still on Node/worker-1: web-0 in shop.',
  ],
  [
    'nobody had to go',
    drain,
    housing([daemon]),
    seen(),
    'good: Node/worker-1 has no pod left that had to go.',
  ],
  [
    'nobody had to go, and nobody looked',
    drain,
    housing([]),
    { kind: 'node', at: noon, uid, ready: true, unschedulable: true },
    'good: Node/worker-1 has no pod left that had to go.',
  ],
  [
    'pods of a DaemonSet stay',
    drain,
    housing([...pair, daemon], 3),
    seen({ ...web(), left: [left('agent-x', { daemon: true, deleting: false })] }),
    'good: All 2 pods that had to go from Node/worker-1 have left, and what ran there is ready elsewhere.',
  ],
  [
    'a pod of a DaemonSet has come, and one that goes again',
    drain,
    two,
    seen({
      ...web(),
      left: [left('agent-new', { daemon: true, deleting: false }), left('web-9', { deleting: true })],
    }),
    'good: All 2 pods that had to go from Node/worker-1 have left, and what ran there is ready elsewhere.',
  ],
  [
    'one that was on its way out already is still there',
    drain,
    housing([...pair, nodePod('web-2', { traits: ['deleting'] })], 3),
    seen({ ...web(), left: [left('web-2')] }),
    'pending: 1 of 3 pods is still on Node/worker-1: web-2 in shop.',
  ],
  [
    'what has the same name in another namespace is another workload',
    drain,
    housing(pair, 3, {
      owners: [
        { namespace: 'other', owner: 'Deployment/web', ready: 5 },
        { namespace: 'shop', owner: 'Deployment/web', ready: 3 },
      ],
    }),
    seen({
      workloads: [
        { namespace: 'other', owner: 'Deployment/web', desired: 5, ready: 0 },
        { namespace: 'shop', owner: 'Deployment/web', desired: 3, ready: 3 },
      ],
    }),
    'good: All 2 pods that had to go from Node/worker-1 have left, and what ran there is ready elsewhere.',
  ],
  [
    'replacements are on their way',
    drain,
    two,
    seen(web({ ready: 1 })),
    'pending: Deployment/web in shop has 1 of 3 ready pods.',
  ],
  [
    'a replacement finds no node',
    drain,
    two,
    seen(web({ ready: 2, trouble: { sentence: finds, born: later } })),
    `bad: Deployment/web in shop has 2 of 3 ready pods: ${finds}`,
  ],
  [
    'no replacement can be made',
    drain,
    two,
    seen(web({ ready: 1, trouble: { sentence: 'exceeded quota: team' } })),
    'bad: Deployment/web in shop has 1 of 3 ready pods: exceeded quota: team.',
  ],
  [
    'a pod that was in trouble before is nobody’s fault',
    drain,
    two,
    seen(web({ ready: 2, trouble: { sentence: finds, born: earlier } })),
    'pending: Deployment/web in shop has 2 of 3 ready pods.',
  ],
  [
    'scaled down meanwhile',
    drain,
    two,
    seen(web({ desired: 1, ready: 1 })),
    'good: All 2 pods that had to go from Node/worker-1 have left, and what ran there is ready elsewhere.',
  ],
  [
    'a workload that is gone altogether',
    drain,
    two,
    seen(),
    'pending: Deployment/web in shop has 0 of 3 ready pods.',
  ],
  [
    'a pod has come since',
    drain,
    two,
    seen({ ...web(), left: [left('guest', { deleting: false })] }),
    'bad: Pods have come to Node/worker-1 since it was cordoned: guest in shop.',
  ],
  [
    'uncordoned by somebody',
    drain,
    two,
    seen({ ...web(), unschedulable: false }),
    'bad: Node/worker-1 takes new pods: somebody has uncordoned it.',
  ],
  [
    'the pods could not be looked at',
    drain,
    two,
    { kind: 'node', at: noon, uid, ready: true, unschedulable: true },
    'error: The pods of Node/worker-1 were not looked at; nothing can be said of them.',
  ],
  [
    'the same after a taint, where guests may come',
    evicting,
    two,
    seen({ ...web(), unschedulable: false, left: [left('guest', { deleting: false })] }),
    'good: All 2 pods that had to go from Node/worker-1 have left, and what ran there is ready elsewhere.',
  ],
  [
    'pods that tolerate the taint for a while',
    evicting,
    housing([nodePod('web-0', { tolerates: 300 })], 3),
    seen({ ...web(), left: [left('web-0', { deleting: false })] }),
    'pending: 1 of 1 pod is still on Node/worker-1: web-0 in shop. Some tolerate the taint for up to 300 s.',
  ],
  [
    'a taint that drives nobody away',
    taintNode({ remove: [{ key: 'a' }] }),
    nodeFacts({ taints: [{ key: 'a', effect: 'NoSchedule' }] }),
    { kind: 'node', at: noon, uid, ready: true, unschedulable: false },
    'good: Node/worker-1 has no taint a.',
  ],
  [
    'a taint that somebody has taken back',
    evicting,
    two,
    seen({ ...web(), changed: 'The taint is gone.' }),
    'bad: The taint is gone.',
  ],
];

describe('after a drain or a taint', () => {
  it.each(cases)('%s', (_name, action, facts, observation, expected) => {
    expect(look(action, facts, observation)).toBe(expected);
  });
});
