import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { DeclarativeSpec } from '../../../src/domain/spec.ts';
import { deploymentFacts } from '../../fixtures/facts.ts';
import {
  deploymentFields,
  helm,
  identity,
  judge,
  limited,
  surge,
  unavailable,
  variables,
} from '../../fixtures/field-cases.ts';
import {
  annotateWith,
  autoscalerFacts,
  autoscalerOf,
  autoscaleTo,
  fieldsWith,
  labelWith,
  patchOf,
  runningJob,
  setEnvTo,
  setResourcesTo,
} from '../../fixtures/fields.ts';

/** `patch-possible: Deployment/web in shop: spec`. */
const blockOf = ({ lineItems }: DeclarativeSpec) =>
  lineItems
    .filter(({ term }) => term === 'block')
    .map(({ rule, source }) => `${rule}: ${source}`)
    .join('; ');

const daemonFields = {
  'spec.updateStrategy.rollingUpdate.maxSurge': 0,
  'spec.updateStrategy.rollingUpdate.maxUnavailable': 1,
};

describe('blocked', () => {
  const cases: [string, Action, Facts, string][] = [
    [
      'a label with another value',
      labelWith({ tier: 'back' }, undefined, false),
      deploymentFacts({}, identity({ tier: 'front' })),
      'Deployment/web has another tier already; --overwrite replaces it.',
    ],
    [
      'an annotation with another value, which may hold a secret',
      annotateWith({ note: 'x' }, undefined, false),
      deploymentFacts({}, identity({}, { note: `token xoxb-${'1234567890'.repeat(12)}` })),
      'Deployment/web has another note already; --overwrite replaces it.',
    ],
    [
      'labels that are so',
      labelWith({ tier: 'front', gone: null }),
      deploymentFacts({}, identity({ tier: 'front' })),
      'Deployment/web already has the label tier, and no label gone.',
    ],
    [
      'a key that is set and removed',
      { ...labelWith({ tier: 'x' }), remove: ['tier'] },
      deploymentFacts(),
      'The key tier is named twice.',
    ],
    ...(
      [
        ['deployment.kubernetes.io/revision', 'the controllers of workloads count revisions by it'],
        ['pod-template-hash', 'the controllers of workloads count revisions by it'],
        ['controller-uid', 'a controller writes it and finds its pods by it'],
        ['batch.kubernetes.io/job-name', 'a controller writes it and finds its pods by it'],
        ['statefulset.kubernetes.io/pod-name', 'a controller writes it and finds its pods by it'],
        [
          'kubectl.kubernetes.io/last-applied-configuration',
          'kubectl apply works out from it what somebody has taken out',
        ],
        [
          'argocd.argoproj.io/tracking-id',
          'it says whose the object is, and its manager would lose it or take it over',
        ],
        [
          'meta.helm.sh/release-name',
          'it says whose the object is, and its manager would lose it or take it over',
        ],
        ['kubernetes.io/config.mirror', 'the kubelet of the node writes it'],
        ['node.kubernetes.io/instance-type', 'the kubelet of the node writes it'],
        [
          'topology.kubernetes.io/zone',
          'it says where a node is and what it is, and volumes and pods are placed by it',
        ],
      ] as const
    ).map(([key, why]): [string, Action, Facts, string] => [
      `the key ${key}`,
      annotateWith({ [key]: 'x' }),
      deploymentFacts(),
      `${key} is not set by hand: ${why}.`,
    ]),
    [
      'the mark of Helm',
      labelWith({ 'app.kubernetes.io/managed-by': 'me' }),
      deploymentFacts({}, helm),
      'app.kubernetes.io/managed-by is not set by hand: Helm knows by it what belongs to its release.',
    ],
    [
      'a variable of a container that is not there',
      setEnvTo({ LEVEL: 'debug' }, ['cache']),
      deploymentFacts(),
      'Deployment/web has no container cache; it has migrate, web.',
    ],
    [
      'a variable that is set and removed',
      { ...setEnvTo({ LEVEL: 'debug' }), remove: ['LEVEL'] },
      deploymentFacts(),
      'The variable LEVEL is named twice.',
    ],
    [
      'variables that are so',
      setEnvTo({ LEVEL: 'debug', GONE: null }, ['web']),
      deploymentFacts(variables(['LEVEL'], ['LEVEL'])),
      'Deployment/web already has the variable LEVEL, and no variable GONE.',
    ],
    [
      'a variable that is set twice',
      { ...setEnvTo({}), set: ['LEVEL', 'MODE', 'LEVEL'].map((name) => ({ name, value: 'x' })) },
      deploymentFacts(),
      'The variable LEVEL is named twice.',
    ],
    [
      'several variables that are so',
      setEnvTo({ LEVEL: 'debug', MODE: 'fast', GONE: null, LOST: null }, ['web']),
      deploymentFacts(variables(['LEVEL', 'MODE'], ['LEVEL', 'MODE'])),
      'Deployment/web already has the variables LEVEL, MODE, and no variables GONE, LOST.',
    ],
    [
      'a variable that is not there',
      setEnvTo({ GONE: null }),
      deploymentFacts(variables(['LEVEL'])),
      'Deployment/web has no variable GONE.',
    ],
    [
      'resources of a container that is not there',
      setResourcesTo({ limits: { cpu: '1' } }, ['cache']),
      deploymentFacts(limited()),
      'Deployment/web has no container cache; it has migrate, web.',
    ],
    [
      'a request above the live limit',
      setResourcesTo({ requests: { memory: '1Gi' } }),
      deploymentFacts(limited()),
      'web of Deployment/web would request 1Gi of memory (asked for) above its limit of 128Mi (live).',
    ],
    [
      'a limit below the live request',
      setResourcesTo({ limits: { cpu: '50m' } }),
      deploymentFacts(limited()),
      'web of Deployment/web would request 100m of cpu (live) above its limit of 50m (asked for).',
    ],
    [
      'no limit any more, but a request: to the API server zero is less',
      setResourcesTo({ limits: { cpu: '0' } }),
      deploymentFacts(limited()),
      'web of Deployment/web would request 100m of cpu (live) above its limit of 0 (asked for).',
    ],
    [
      'a request above its limit, both asked for',
      setResourcesTo({ limits: { cpu: '1' }, requests: { cpu: '2' } }),
      deploymentFacts(limited()),
      'web of Deployment/web would request 2 of cpu (asked for) above its limit of 1 (asked for).',
    ],
    [
      'a request above its limit, while the limit of another is changed',
      setResourcesTo({ limits: { cpu: '1' }, requests: { memory: '1Gi' } }),
      deploymentFacts(limited()),
      'web of Deployment/web would request 1Gi of memory (asked for) above its limit of 128Mi (live).',
    ],
    [
      'limits that are so, written otherwise',
      setResourcesTo({ limits: { cpu: '0.5' }, requests: { memory: '65536Ki' } }),
      deploymentFacts(limited()),
      'Deployment/web already has these limits and requests.',
    ],
    [
      'an autoscaler of KEDA',
      autoscaleTo({ max: 9 }),
      deploymentFacts({}, autoscalerOf({ owner: { kind: 'ScaledObject', name: 'web' } })),
      'ScaledObject/web owns HorizontalPodAutoscaler/web and puts it back: change ScaledObject/web.',
    ],
    [
      'an autoscaler that KEDA keeps, whatever else it keeps',
      autoscaleTo({ max: 9 }),
      deploymentFacts(
        {},
        {
          ...autoscalerOf({ owner: { kind: 'ScaledObject', name: 'web' } }),
          scaledObject: { name: 'queue', paused: false },
        },
      ),
      'ScaledObject/web owns HorizontalPodAutoscaler/web and puts it back: change ScaledObject/web.',
    ],
    [
      'one where KEDA is to scale, and keeps none yet',
      autoscaleTo({ max: 9 }),
      deploymentFacts({}, { scaledObject: { name: 'queue', paused: false } }),
      'ScaledObject/queue sets how many replicas Deployment/web has: change ScaledObject/queue.',
    ],
    [
      'one beside that of a paused ScaledObject',
      autoscaleTo({ max: 9 }),
      deploymentFacts({}, { ...autoscalerOf(), scaledObject: { name: 'queue', paused: true } }),
      'ScaledObject/queue sets how many replicas Deployment/web has: change ScaledObject/queue.',
    ],
    [
      'an autoscaler that is not known',
      autoscaleTo({ max: 9 }),
      deploymentFacts({}, { unknown: [{ fact: 'autoscaler', reason: 'forbidden' }] }),
      'It is not known whether Deployment/web has an autoscaler; two would work against each other.',
    ],
    [
      'a percentage for an autoscaler by other metrics',
      autoscaleTo({ max: 9, cpu: 50 }),
      deploymentFacts({}, { autoscaler: { name: 'web', min: 2, max: 6, uid: 'x' } }),
      'HorizontalPodAutoscaler/web does not scale by a percentage of the processor time.',
    ],
    [
      'a most below the live least',
      autoscaleTo({ max: 1 }),
      deploymentFacts({}, autoscalerOf()),
      'HorizontalPodAutoscaler/web keeps at least 2 replicas, more than 1: give --min too.',
    ],
    [
      'an autoscaler that is so',
      autoscaleTo({ min: 2, max: 6, cpu: 80 }),
      deploymentFacts({}, autoscalerOf()),
      'HorizontalPodAutoscaler/web already keeps 2 to 6 replicas.',
    ],
    [
      'a field that is so, left out at zero',
      patchOf('Deployment', { 'spec.minReadySeconds': 0 }),
      deploymentFacts({}, fieldsWith(deploymentFields)),
      'Deployment/web already has spec.minReadySeconds 0.',
    ],
    [
      'fields of a rolling update where there is none',
      patchOf('Deployment', { [unavailable]: 1 }),
      deploymentFacts({ strategy: { type: 'Recreate' } }, fieldsWith({ [unavailable]: null })),
      `Deployment/web is updated by Recreate: ${unavailable} belongs to RollingUpdate.`,
    ],
    [
      'a rollout that could not replace any pod',
      patchOf('Deployment', { [surge]: 0 }),
      deploymentFacts({}, fieldsWith({ ...deploymentFields, [unavailable]: '0%' })),
      'maxUnavailable and maxSurge would both be 0: no pod could be replaced.',
    ],
    [
      'a DaemonSet with both',
      patchOf('DaemonSet', { 'spec.updateStrategy.rollingUpdate.maxSurge': 1 }),
      deploymentFacts({}, fieldsWith(daemonFields)),
      'maxUnavailable 1 and maxSurge 1: of a DaemonSet one of them must be 0.',
    ],
    [
      'a deadline that no pod can keep',
      patchOf('Deployment', { 'spec.minReadySeconds': 600 }),
      deploymentFacts({}, fieldsWith(deploymentFields)),
      'progressDeadlineSeconds 600 must be greater than minReadySeconds 600.',
    ],
    [
      'a Job that has ended',
      patchOf('Job', { 'spec.parallelism': 4 }),
      runningJob({ ended: 'Failed', active: 0 }, fieldsWith({ 'spec.parallelism': 2 })),
      'Job/web has ended (Failed): spec.parallelism does nothing any more.',
    ],
    [
      'limits of an autoscaler of KEDA',
      patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': 9 }),
      autoscalerFacts({ owner: { kind: 'ScaledObject', name: 'web' } }),
      'ScaledObject/web owns HorizontalPodAutoscaler/web and puts it back: change ScaledObject/web.',
    ],
    [
      'limits of an autoscaler that cross',
      patchOf('HorizontalPodAutoscaler', { 'spec.minReplicas': 7 }),
      autoscalerFacts(),
      'minReplicas 7 would be above maxReplicas 6.',
    ],
    [
      'the same of one whose fields were not read',
      patchOf('HorizontalPodAutoscaler', { 'spec.minReplicas': 7 }),
      autoscalerFacts({}, { fields: undefined }),
      'minReplicas 7 would be above maxReplicas 6.',
    ],
  ];
  it.each(cases)('%s', (_name, action, facts, sentence) => {
    expect(judge(action, facts)).toMatchObject({ tier: 'blocked', blockedReason: sentence });
  });

  it('says by which rule, and where that was read', () => {
    const named = cases.map(([_name, action, facts]) => blockOf(judge(action, facts)));
    expect([...new Set(named)].toSorted()).toEqual([
      'autoscale-possible: Deployment/web in shop: HorizontalPodAutoscalers',
      'autoscale-possible: HorizontalPodAutoscaler/web: spec',
      'autoscale-possible: ScaledObject/queue',
      'metadata-possible: Deployment/web in shop: metadata.annotations',
      'metadata-possible: Deployment/web in shop: metadata.labels',
      'patch-possible: DaemonSet/web in shop: spec.updateStrategy.rollingUpdate',
      'patch-possible: Deployment/web in shop: spec',
      'patch-possible: Deployment/web in shop: spec.minReadySeconds',
      'patch-possible: Deployment/web in shop: spec.strategy.rollingUpdate',
      'patch-possible: Deployment/web in shop: spec.strategy.rollingUpdate.maxUnavailable',
      'patch-possible: HorizontalPodAutoscaler/web in shop: spec',
      'patch-possible: HorizontalPodAutoscaler/web: metadata',
      'patch-possible: Job/web in shop: spec.parallelism',
      'resources-possible: Deployment/web in shop: spec.template.spec.containers',
      'variables-possible: Deployment/web in shop: spec.template.spec.containers',
    ]);
  });

  const beside: [string, Action, Facts][] = [
    [
      'a rollout that takes pods away first',
      patchOf('Deployment', { [surge]: 0 }),
      deploymentFacts({}, fieldsWith({ ...deploymentFields, [unavailable]: 1 })),
    ],
    [
      'a DaemonSet with one of the two',
      patchOf('DaemonSet', { 'spec.updateStrategy.rollingUpdate.maxUnavailable': 2 }),
      deploymentFacts({}, fieldsWith(daemonFields)),
    ],
    [
      'a deadline that a pod can just keep',
      patchOf('Deployment', { 'spec.minReadySeconds': 599 }),
      deploymentFacts({}, fieldsWith(deploymentFields)),
    ],
    [
      'limits of an autoscaler that meet',
      patchOf('HorizontalPodAutoscaler', { 'spec.minReplicas': 6 }),
      autoscalerFacts(),
    ],
    [
      'what has ended, of the time for which it is kept',
      patchOf('Job', { 'spec.ttlSecondsAfterFinished': 600 }),
      runningJob({ ended: 'Failed', active: 0 }, fieldsWith({ 'spec.ttlSecondsAfterFinished': null })),
    ],
  ];
  const bothNamed = ['web', 'migrate'];
  const some: [string, Action, Facts][] = [
    [
      'limits of an autoscaler by other metrics',
      autoscaleTo({ max: 9 }),
      deploymentFacts({}, { autoscaler: { name: 'web', min: 2, max: 6, uid: 'x' } }),
    ],
    [
      'a variable that one of two containers has',
      setEnvTo({ LEVEL: 'debug' }, bothNamed),
      deploymentFacts(variables(['LEVEL'], ['LEVEL'])),
    ],
    [
      'a variable that is so and one that goes',
      setEnvTo({ LEVEL: 'debug', GONE: null }, ['web']),
      deploymentFacts(variables(['LEVEL', 'GONE'], ['LEVEL'])),
    ],
    [
      'two variables of which one is so',
      setEnvTo({ LEVEL: 'debug', MODE: 'fast' }, ['web']),
      deploymentFacts(variables(['LEVEL', 'MODE'], ['LEVEL'])),
    ],
    [
      'two variables to remove of which one is there',
      setEnvTo({ GONE: null, LEVEL: null }, ['web']),
      deploymentFacts(variables(['LEVEL'])),
    ],
    ['variables that are not known', setEnvTo({ LEVEL: 'debug' }), deploymentFacts()],
    [
      'limits that are so in one of two containers',
      setResourcesTo({ limits: { cpu: '500m' } }, bothNamed),
      deploymentFacts(limited()),
    ],
    [
      'a request as high as its limit',
      setResourcesTo({ requests: { memory: '128Mi' } }),
      deploymentFacts(limited()),
    ],
    ['amounts that are not known', setResourcesTo({ limits: { cpu: '1' } }), deploymentFacts()],
    [
      'one limit of an autoscaler that is so and one that is not',
      autoscaleTo({ min: 2, max: 9 }),
      deploymentFacts({}, autoscalerOf()),
    ],
  ];
  it.each([...beside, ...some])('not: %s', (_name, action, facts) => {
    expect(judge(action, facts).blockedReason).toBeNull();
  });
});
