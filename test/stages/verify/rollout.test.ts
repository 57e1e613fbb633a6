import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Observation } from '../../../src/domain/verdict.ts';
import { judge } from '../../../src/stages/verify/judge.ts';
import {
  deploymentFacts,
  podFact,
  restartOf,
  setImageTo,
  statefulSetFacts,
  undoOf,
} from '../../fixtures/facts.ts';
import { newPods, oldPods, seen, withPod, wrote } from '../../fixtures/observation.ts';

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
    'Deployment/web in shop: 1 old pod still to go.',
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
