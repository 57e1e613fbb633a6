import { expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { policy } from '../../../src/domain/policy/policy.ts';
import { ruleInput } from '../../../src/stages/evaluate/evaluate.ts';
import { expressionInputOf } from '../../../src/stages/evaluate/expression-input.ts';
import { cronJobFacts, deleteJob, jobFacts, runCronJob } from '../../fixtures/batch.ts';
import {
  cordonNode,
  deletePodIn,
  deploymentFacts,
  inNamespace,
  nodeFacts,
  podFact,
  podFacts,
  restartOf,
  scaleTo,
  setImageTo,
  undoOf,
} from '../../fixtures/facts.ts';
import { autoscalerFacts, patchOf } from '../../fixtures/fields.ts';

/* What the policy's own expressions see: a fact that is missing here makes a rule of a team silent for ever. */

const seen = (action: Action, facts: Facts, chosen: object = {}, zones: readonly string[] = []) =>
  expressionInputOf(
    ruleInput({
      action,
      facts,
      policy: policy.parse({ version: 1, ...chosen }),
      circumstances: {
        local: zones.map((zone, hour) => ({
          ...{ zone, weekday: 'sun', date: '2026-03-01' },
          time: `0${hour}:05`,
        })),
      },
    }),
  );

const loud = [
  podFact('web-0', { restarts: 4, waiting: 'CrashLoopBackOff', terminated: 'OOMKilled' }),
  podFact('web-1', { restarts: 9, waiting: 'CrashLoopBackOff' }),
  podFact('web-2'),
];
const quiet = { waiting: [], ended: [], podRestarts: 0 };
const said = { waiting: ['CrashLoopBackOff'], ended: ['OOMKilled'], podRestarts: 9 };
const workload = {
  ...{ desired: 3, ready: 3, updated: 3, available: 3, paused: false, rollingOut: false },
  strategy: 'RollingUpdate',
  images: ['registry.example/web:1.1', 'registry.example/migrate:1.1'],
};

it.each<[string, Action, Facts, object]>([
  ['a workload', restartOf(), deploymentFacts(), { ...workload, ...quiet }],
  ['its pods', restartOf(), deploymentFacts({ pods: loud }), { ...workload, ...said }],
  [
    'a pod',
    deletePodIn(),
    podFacts({ pod: podFact('web-0', { restarts: 2 }) }),
    { ...quiet, restarts: 2, podRestarts: 2, desired: 3, ready: 3 },
  ],
  [
    'a node',
    cordonNode,
    nodeFacts({ controlPlane: true }),
    { pods: 10, controlPlane: true, otherSchedulableNodes: 2, nodeReady: true },
  ],
  ['a CronJob', runCronJob(), cronJobFacts({ suspended: true }), { paused: true, images: ['report:1'] }],
  [
    'a Job',
    deleteJob(),
    jobFacts({ failed: 2, pods: loud }),
    { paused: false, pods: 3, failed: 2, images: ['import:1'], ...said },
  ],
  [
    'an autoscaler',
    patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': 12 }),
    autoscalerFacts({ min: 2, max: 10, current: 3, desired: 3 }),
    { autoscalerMin: 2, autoscalerMax: 10 },
  ],
])('of %s', (_name, action, facts, expected) => {
  const { cluster, production, environments, namespaceLabels, unknown, ...rest } = seen(action, facts).facts;
  expect(rest).toEqual(expected);
  expect({ cluster, production, environments, namespaceLabels, unknown }).toEqual({
    ...{ cluster: 'test', production: false, environments: [], namespaceLabels: {}, unknown: [] },
  });
});

it.each<[string, Action, object]>([
  [
    'a restart',
    restartOf(),
    { verb: 'rollout restart', command: 'kubectl rollout restart deployment/web -n shop', images: [] },
  ],
  [
    'a scale',
    scaleTo(4),
    { verb: 'scale', command: 'kubectl scale deployment/web --replicas=4 -n shop', replicas: 4, images: [] },
  ],
  [
    'an undo',
    undoOf('Deployment', 2),
    {
      verb: 'rollout undo',
      command: 'kubectl rollout undo deployment/web --to-revision=2 -n shop',
      toRevision: 2,
      images: [],
    },
  ],
  [
    'an image',
    setImageTo('web:2'),
    { verb: 'set image', command: 'kubectl set image deployment/web web=web:2 -n shop', images: ['web:2'] },
  ],
])('of %s, what is to be done', (_name, action, expected) => {
  const { action: found, target } = seen(action, deploymentFacts());
  expect(found).toEqual(expected);
  expect(target).toEqual({ kind: 'Deployment', name: 'web', namespace: 'shop' });
});

it('where it is, who wrote it, what was not read and what it has been warned of', () => {
  const facts: Facts = {
    ...inNamespace('production', deploymentFacts()),
    namespace: { name: 'production', labels: { team: 'till' } },
    unknown: [{ fact: 'autoscaler', reason: 'forbidden' }],
    gitOps: { manager: 'flux', name: 'shop' },
    autoscaler: { name: 'web', min: 2, max: 9 },
    warnings: [{ reason: 'BackOff', count: 2, last: '2026-03-01T11:00:00.000Z' }],
  };
  const environments = { live: { match: { names: ['production'] } } };
  expect(seen(restartOf('Deployment', 'production'), facts, { environments }).facts).toMatchObject({
    ...{ production: true, environments: ['live'], namespaceLabels: { team: 'till' } },
    ...{ unknown: ['autoscaler'], gitOps: 'flux', autoscalerMin: 2, autoscalerMax: 9, events: ['BackOff'] },
  });
});

it.each([
  ['Europe/Berlin', { weekday: 'sun', date: '2026-03-01', hour: 1, minute: 5 }],
  ['UTC', { weekday: 'sun', date: '2026-03-01', hour: 0, minute: 5 }],
  ['Asia/Tokyo', undefined],
])('the time in the zone of the policy: %s', (timeZone, time) => {
  expect(seen(restartOf(), deploymentFacts(), { timeZone }, ['UTC', 'Europe/Berlin']).time).toEqual(time);
});
