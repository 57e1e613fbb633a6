import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts, PodFact } from '../../../src/domain/facts.ts';
import type { CallResult } from '../../../src/domain/plan.ts';
import type { Observation } from '../../../src/domain/verdict.ts';
import { judge } from '../../../src/stages/verify/judge.ts';
import type { WorkloadObservation } from '../../../src/stages/verify/rollout.ts';
import {
  cordonNode,
  deletePodIn,
  deploymentFacts,
  nodeFacts,
  noon,
  pauseIn,
  podFact,
  podFacts,
  restartOf,
  resumeIn,
  scaleTo,
  setImageTo,
  statefulSetFacts,
  uncordonNode,
  undoOf,
} from '../../fixtures/facts.ts';

const uid = deploymentFacts().identity.uid;
const wrote = (generation: number): CallResult[] => [
  { sentence: 'Done.', alreadyDone: false, generation, warnings: [] },
];
const newPods: PodFact[] = [0, 1, 2].map((i) => podFact(`web-${i}`, { uid: `new-${i}`, hash: 'new' }));
const oldPods: PodFact[] = [0, 1, 2].map((i) => podFact(`web-${i}`));
const withPod = (first: Partial<PodFact>, pods = newPods): PodFact[] =>
  pods.map((pod, i) => (i === 0 ? { ...pod, ...first } : pod));

/** A rollout that has finished at the generation that was written. */
function seen(overrides: Partial<WorkloadObservation> = {}): Observation {
  return {
    kind: 'workload',
    at: noon,
    uid,
    generation: 8,
    observedGeneration: 8,
    desired: 3,
    updated: 3,
    ready: 3,
    available: 3,
    total: 3,
    paused: false,
    progressDeadlineExceeded: false,
    partition: 0,
    onDelete: false,
    images: { web: 'web:2', migrate: 'registry.example/migrate:1.1' },
    restartedAt: noon,
    pods: newPods,
    ...overrides,
  };
}

type Case = [string, Action, Facts, Observation, string, string];
const look = (action: Action, facts: Facts, observation: Observation): string => {
  const sample = judge({ action, facts, results: wrote(8), observation });
  return `${sample.grade}: ${sample.sentence}`;
};

const rollout: Case[] = [
  [
    'finished',
    restartOf(),
    deploymentFacts(),
    seen(),
    'good',
    'Deployment/web in shop: all 3 pods are ready and of the new revision, none has restarted.',
  ],
  [
    'not seen by the controller yet',
    restartOf(),
    deploymentFacts(),
    seen({ observedGeneration: 7 }),
    'pending',
    'The controller has not seen the change to Deployment/web in shop yet.',
  ],
  [
    'a later change not seen yet',
    restartOf(),
    deploymentFacts(),
    seen({ generation: 9 }),
    'pending',
    'The controller has not seen the change to Deployment/web in shop yet.',
  ],
  [
    'pods of the old revision left',
    restartOf(),
    deploymentFacts(),
    seen({ total: 4 }),
    'pending',
    'Deployment/web in shop: 1 old pods still to go.',
  ],
  [
    'old pods still serve while none is new',
    restartOf(),
    deploymentFacts(),
    seen({ updated: 0, pods: oldPods }),
    'pending',
    'Deployment/web in shop: 0 of 3 pods updated.',
  ],
  [
    'new pods not available yet',
    restartOf(),
    deploymentFacts(),
    seen({ available: 2, ready: 2 }),
    'pending',
    'Deployment/web in shop: 2 of 3 pods available.',
  ],
  [
    'a pod that is not ready in spite of the numbers',
    restartOf(),
    deploymentFacts(),
    seen({ pods: withPod({ ready: false }) }),
    'pending',
    'Deployment/web in shop: web-0 not ready.',
  ],
  [
    'a pod on its way out is no failure',
    restartOf(),
    deploymentFacts(),
    seen({ pods: [...newPods, podFact('web-9', { deleting: true, ready: false })] }),
    'good',
    'Deployment/web in shop: all 3 pods are ready and of the new revision, none has restarted.',
  ],
  [
    'a new pod that crashes',
    restartOf(),
    deploymentFacts(),
    seen({
      updated: 1,
      pods: [
        ...oldPods,
        podFact('web-7', {
          uid: 'new-7',
          ready: false,
          waiting: 'CrashLoopBackOff',
          terminated: 'OOMKilled',
        }),
      ],
    }),
    'bad',
    'Pod web-7 is in CrashLoopBackOff (last ended: OOMKilled).',
  ],
  [
    'an image that cannot be pulled',
    setImageTo('web:2'),
    deploymentFacts(),
    seen({
      updated: 1,
      pods: [...oldPods, podFact('web-7', { uid: 'new-7', ready: false, waiting: 'ImagePullBackOff' })],
    }),
    'bad',
    'Pod web-7 is in ImagePullBackOff.',
  ],
  [
    'a container that is being created',
    restartOf(),
    deploymentFacts(),
    seen({ available: 2, pods: withPod({ ready: false, waiting: 'ContainerCreating' }) }),
    'pending',
    'Deployment/web in shop: 2 of 3 pods available.',
  ],
  [
    'a new pod that restarted and is ready again',
    restartOf(),
    deploymentFacts(),
    seen({ pods: withPod({ restarts: 1, terminated: 'Error' }) }),
    'bad',
    'Pod web-0 has restarted once since the change (last ended: Error).',
  ],
  [
    'an old pod that crashes is what is being replaced',
    restartOf(),
    deploymentFacts(),
    seen({ updated: 1, pods: withPod({ waiting: 'CrashLoopBackOff', restarts: 9 }, oldPods) }),
    'pending',
    'Deployment/web in shop: 1 of 3 pods updated.',
  ],
  [
    'the same name with another uid is a new pod',
    restartOf('StatefulSet'),
    statefulSetFacts({ pods: withPod({ restarts: 12 }, oldPods) }),
    seen({ pods: withPod({ restarts: 1 }) }),
    'bad',
    'Pod web-0 has restarted once since the change.',
  ],
  [
    'an undo keeps pods that ran before, with their restarts',
    undoOf(),
    deploymentFacts({ pods: withPod({ restarts: 4 }, oldPods) }),
    seen({ pods: withPod({ restarts: 4 }, oldPods) }),
    'good',
    'Deployment/web in shop: all 3 pods are ready and of the new revision, none has restarted.',
  ],
  [
    'an undo whose kept pod restarts on',
    undoOf(),
    deploymentFacts({ pods: withPod({ restarts: 4 }, oldPods) }),
    seen({ pods: withPod({ restarts: 6 }, oldPods) }),
    'bad',
    'Pod web-0 has restarted 2 times since the change.',
  ],
  [
    'the progress deadline',
    restartOf(),
    deploymentFacts(),
    seen({ progressDeadlineExceeded: true, updated: 1 }),
    'bad',
    'The rollout of Deployment/web in shop has exceeded its progress deadline.',
  ],
  [
    'a deadline from before the change',
    restartOf(),
    deploymentFacts(),
    seen({ progressDeadlineExceeded: true, observedGeneration: 7 }),
    'pending',
    'The controller has not seen the change to Deployment/web in shop yet.',
  ],
  [
    'a quota',
    restartOf(),
    deploymentFacts(),
    seen({ updated: 2, replicaFailure: 'exceeded quota: q' }),
    'bad',
    'Pods cannot be created: exceeded quota: q',
  ],
  [
    'paused: nothing rolls out',
    setImageTo('web:2'),
    deploymentFacts({ paused: true }),
    seen({ paused: true, updated: 0, pods: oldPods }),
    'pending',
    'Deployment/web in shop is paused: the change waits until it is resumed.',
  ],
  [
    'OnDelete: nothing is replaced',
    undoOf('DaemonSet'),
    deploymentFacts(),
    seen({ onDelete: true, updated: 0, pods: oldPods }),
    'pending',
    'DaemonSet/web in shop replaces pods only when they are deleted (OnDelete).',
  ],
  [
    'scaled to zero proves nothing',
    restartOf(),
    deploymentFacts(),
    seen({ desired: 0, updated: 0, ready: 0, available: 0, total: 0, pods: [] }),
    'pending',
    'Deployment/web in shop has no replicas: nothing runs that could prove it.',
  ],
  [
    'the restart taken back',
    restartOf(),
    deploymentFacts(),
    seen({ restartedAt: undefined }),
    'bad',
    'The restart of Deployment/web in shop has been taken back.',
  ],
];

describe('a rollout', () => {
  it.each(rollout)('%s', (_name, action, facts, observation, grade, sentence) => {
    expect(look(action, facts, observation)).toBe(`${grade}: ${sentence}`);
  });

  it.each<[string, Parameters<typeof seen>[0], string]>([
    ['all from the partition on are updated', { partition: 2, updated: 1 }, 'good'],
    ['fewer than that are', { partition: 1, updated: 1 }, 'pending'],
    ['one is not ready', { ready: 2 }, 'pending'],
    ['one is too many', { total: 4 }, 'pending'],
  ])('of a StatefulSet: %s', (_name, overrides, grade) => {
    expect(look(restartOf('StatefulSet'), statefulSetFacts(), seen(overrides))).toMatch(
      new RegExp(`^${grade}`),
    );
  });

  it.each<[string, Parameters<typeof seen>[0], string]>([
    ['every node is updated and available', {}, 'good'],
    ['a node is not updated', { updated: 2 }, 'pending'],
    ['a node is not available', { available: 2 }, 'pending'],
  ])('of a DaemonSet: %s', (_name, overrides, grade) => {
    expect(look(restartOf('DaemonSet'), deploymentFacts(), seen(overrides))).toMatch(new RegExp(`^${grade}`));
  });
});

describe('other actions', () => {
  const pod = (overrides: Partial<PodFact>, podUid = 'successor'): Observation => ({
    kind: 'pod',
    at: noon,
    uid: podUid,
    pod: podFact('web-0', { uid: podUid, ...overrides }),
  });
  const node = (unschedulable: boolean, nodeUid = uid): Observation => ({
    kind: 'node',
    at: noon,
    uid: nodeUid,
    ready: true,
    unschedulable,
  });
  const absent: Observation = { kind: 'absent', at: noon };
  const stateful = podFacts({ controller: { kind: 'StatefulSet', name: 'web' } });
  const scaled = (desired: number, ready = desired) =>
    seen({ desired, ready, available: ready, updated: desired, total: desired, pods: [] });
  const emptied = (total: number) =>
    seen({ desired: 0, updated: 0, ready: 0, available: 0, total, pods: [] });

  it.each<Case>([
    [
      'scaled up',
      scaleTo(5),
      deploymentFacts(),
      scaled(5),
      'good',
      'Deployment/web in shop: all 5 pods are ready, none has restarted.',
    ],
    [
      'scaling up',
      scaleTo(5),
      deploymentFacts(),
      scaled(5, 4),
      'pending',
      'Deployment/web in shop: 4 of 5 pods available.',
    ],
    [
      'scaling down',
      scaleTo(2),
      deploymentFacts(),
      seen({ desired: 2 }),
      'pending',
      'Deployment/web in shop: 1 old pods still to go.',
    ],
    [
      'scaled during a rollout',
      scaleTo(5),
      deploymentFacts(),
      seen({ desired: 5, ready: 5, available: 5, total: 5, updated: 1, pods: [] }),
      'good',
      'Deployment/web in shop: all 5 pods are ready, none has restarted.',
    ],
    [
      'scaled to zero',
      scaleTo(0),
      deploymentFacts(),
      emptied(0),
      'good',
      'Deployment/web in shop is scaled to zero and no pod is left.',
    ],
    [
      'scaling to zero',
      scaleTo(0),
      deploymentFacts(),
      emptied(1),
      'pending',
      'Deployment/web in shop: 1 old pods still to go.',
    ],
    [
      'scaled back by somebody',
      scaleTo(5),
      deploymentFacts(),
      scaled(3),
      'bad',
      'Deployment/web in shop has 3 replicas instead of 5: somebody has changed it.',
    ],
    [
      'scaled back by an autoscaler',
      scaleTo(5),
      deploymentFacts({}, { autoscaler: { name: 'web', min: 1, max: 4 } }),
      scaled(4),
      'bad',
      'Deployment/web in shop has 4 replicas instead of 5: perhaps HorizontalPodAutoscaler/web has changed it.',
    ],
    [
      'image put back',
      setImageTo('web:3'),
      deploymentFacts(),
      seen(),
      'bad',
      'The container web of Deployment/web in shop runs web:2 instead of web:3.',
    ],
    [
      'paused',
      pauseIn(),
      deploymentFacts(),
      seen({ paused: true, updated: 1 }),
      'good',
      'Deployment/web in shop is paused: 1 of 3 pods are of the newest revision.',
    ],
    [
      'not paused any more',
      pauseIn(),
      deploymentFacts(),
      seen(),
      'bad',
      'Deployment/web in shop is not paused any more.',
    ],
    [
      'resumed',
      resumeIn(),
      deploymentFacts({ paused: true }),
      seen(),
      'good',
      'Deployment/web in shop: all 3 pods are ready and of the new revision, none has restarted.',
    ],
    [
      'paused again',
      resumeIn(),
      deploymentFacts({ paused: true }),
      seen({ paused: true }),
      'bad',
      'Deployment/web in shop is paused again.',
    ],
    ['workload gone', restartOf(), deploymentFacts(), absent, 'bad', 'Deployment/web in shop is gone.'],
    [
      'workload made again',
      restartOf(),
      deploymentFacts(),
      seen({ uid: 'another' }),
      'bad',
      'Deployment/web in shop is another object now: it was deleted and made again.',
    ],
    [
      'seen as something else',
      restartOf(),
      deploymentFacts(),
      pod({}, uid),
      'error',
      'Deployment/web in shop was looked at as a pod; nothing can be said of it.',
    ],
    ['cordoned', cordonNode, nodeFacts(), node(true), 'good', 'Node/worker-1 takes no new pods.'],
    [
      'uncordoned by somebody',
      cordonNode,
      nodeFacts(),
      node(false),
      'bad',
      'Node/worker-1 takes new pods: somebody has changed it back.',
    ],
    ['uncordoned', uncordonNode, nodeFacts(), node(false), 'good', 'Node/worker-1 takes new pods.'],
    [
      'node made again',
      cordonNode,
      nodeFacts(),
      node(true, 'another'),
      'bad',
      'Node/worker-1 is another object now: it was deleted and made again.',
    ],
    ['pod gone', deletePodIn(), podFacts(), absent, 'good', 'Pod/web-0 in shop is gone.'],
    [
      'pod of a StatefulSet gone',
      deletePodIn(),
      stateful,
      absent,
      'pending',
      'Pod/web-0 in shop is gone; its successor is not there yet.',
    ],
    [
      'pod going',
      deletePodIn(),
      podFacts(),
      pod({ deleting: true }, uid),
      'pending',
      'Pod/web-0 in shop is being deleted.',
    ],
    [
      'pod still there',
      deletePodIn(),
      podFacts(),
      pod({}, uid),
      'bad',
      'Pod/web-0 in shop is still there and not being deleted.',
    ],
    [
      'successor ready',
      deletePodIn(),
      stateful,
      pod({}),
      'good',
      'The successor of Pod/web-0 in shop is ready.',
    ],
    [
      'successor starting',
      deletePodIn(),
      stateful,
      pod({ ready: false }),
      'pending',
      'The successor of Pod/web-0 in shop is not ready yet.',
    ],
    [
      'successor crashing',
      deletePodIn(),
      stateful,
      pod({ ready: false, waiting: 'CrashLoopBackOff' }),
      'bad',
      'The successor crashes: Pod web-0 is in CrashLoopBackOff.',
    ],
    [
      'pod seen as something else',
      deletePodIn(),
      podFacts(),
      node(true),
      'error',
      'Pod/web-0 in shop was looked at as a node; nothing can be said of it.',
    ],
  ])('%s', (_name, action, facts, observation, grade, sentence) => {
    expect(look(action, facts, observation)).toBe(`${grade}: ${sentence}`);
  });
});
