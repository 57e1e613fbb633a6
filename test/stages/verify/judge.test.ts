import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts, PodFact } from '../../../src/domain/facts/facts.ts';
import type { Observation } from '../../../src/domain/verdict.ts';
import { judge } from '../../../src/stages/verify/judge.ts';
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
  uncordonNode,
} from '../../fixtures/facts.ts';
import { seen, uid, wrote } from '../../fixtures/observation.ts';

type Case = [string, Action, Facts, Observation, string, string];
const look = (action: Action, facts: Facts, observation: Observation): string => {
  const sample = judge({ action, facts, results: wrote(8), observation });
  return `${sample.grade}: ${sample.sentence}`;
};

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
      'Deployment/web in shop: 1 old pod still to go.',
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
      'Deployment/web in shop: 1 old pod still to go.',
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
      'Deployment/web in shop is paused: 1 of 3 pods is of the newest revision.',
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
