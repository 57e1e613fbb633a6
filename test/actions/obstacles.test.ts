import { expect, test } from 'vitest';
import { kindOf } from '../../src/actions/action-kinds.ts';
import { obstaclesTo } from '../../src/actions/obstacles-to.ts';
import type { Action } from '../../src/domain/action.ts';
import type { Facts } from '../../src/domain/facts/facts.ts';
import { runJobAgain } from '../fixtures/batch.ts';
import {
  deletePodIn,
  deploymentFacts,
  drainNode,
  nodeFacts,
  podFacts,
  restartOf,
  scaleTo,
  setImageTo,
  undoOf,
} from '../fixtures/facts.ts';
import {
  autoscalerFacts,
  autoscalerOf,
  autoscaleTo,
  fieldsWith,
  labelWith,
  patchOf,
  setEnvTo,
  setResourcesTo,
} from '../fixtures/fields.ts';

/* Why an action makes no sense, and how near to that it may come and still make sense. */

const at = 'spec.strategy.rollingUpdate';
const [unavailable, surge, ready] = [`${at}.maxUnavailable`, `${at}.maxSurge`, 'spec.minReadySeconds'];
const still = fieldsWith({ [unavailable]: 0, [surge]: 0, [ready]: 5 });
const onDelete = deploymentFacts({ strategy: { type: 'OnDelete' } });
const labelled = deploymentFacts(
  {},
  { identity: { ...deploymentFacts().identity, labels: { a: '1', b: '2' } } },
);
const [web, log] = ['web', 'log'].map((name, index) => ({ name, image: `${name}:1`, init: false, index }));
const containers = (...resources: object[]): Facts =>
  deploymentFacts({
    containers: [web, log].flatMap((each, index) =>
      each === undefined ? [] : [{ ...each, ...resources[index] }],
    ),
  });
const limited = { resources: { limits: { cpu: '1' }, requests: {} } };
const asked = { resources: { limits: {}, requests: { cpu: '2' } } };
const going = (finalizers?: string[]): Facts => {
  const { identity } = deploymentFacts();
  const since = '2026-03-01T11:55:00.000Z';
  return deploymentFacts(
    {},
    { identity: { ...identity, termination: { since, due: since, ...(finalizers && { finalizers }) } } },
  );
};
const gone = (held: string): string =>
  `Deployment/web has been on its way out for 5 minutes${held}: what is done to it now goes with it, and deleting it again does nothing.`;
const images = (...all: [container: string, image: string][]): Action => ({
  ...setImageTo('web:1'),
  images: all.map(([container, image]) => ({ container, image })),
});
const twice: Action = {
  ...patchOf('Deployment', {}),
  fields: [5, 6].map((value) => ({ path: ready, value })),
};

test.each<[string, Action, Facts, string[]]>([
  ['a field is named twice', twice, deploymentFacts(), [`The field ${ready} is named twice.`]],
  [
    'all fields are so already',
    patchOf('Deployment', { [ready]: 5, [surge]: 1 }),
    deploymentFacts({}, fieldsWith({ [ready]: 5, [surge]: 1 })),
    [`Deployment/web already has ${ready} 5, ${surge} 1.`],
  ],
  ['one field is so', patchOf('Deployment', { [ready]: 5, [surge]: 2 }), deploymentFacts({}, still), []],
  ['fields are not known', patchOf('Deployment', { [ready]: 0 }), deploymentFacts(), []],
  ['another field of what is updated by OnDelete', patchOf('Deployment', { [ready]: 5 }), onDelete, []],
  [
    'no pod could be replaced',
    patchOf('Deployment', { [unavailable]: 0 }),
    deploymentFacts({}, fieldsWith({ [unavailable]: 1, [surge]: 0 })),
    ['maxUnavailable and maxSurge would both be 0: no pod could be replaced.'],
  ],
  [
    'no pod could be replaced, by one field of two',
    patchOf('Deployment', { [surge]: 0, [ready]: 6 }),
    deploymentFacts({}, fieldsWith({ [unavailable]: 0, [surge]: 1 })),
    ['maxUnavailable and maxSurge would both be 0: no pod could be replaced.'],
  ],
  [
    'another field of what stands still',
    patchOf('Deployment', { [ready]: 6 }),
    deploymentFacts({}, still),
    [],
  ],
  [
    'one side of a DaemonSet is not known',
    patchOf('DaemonSet', { 'spec.updateStrategy.rollingUpdate.maxUnavailable': 2 }),
    deploymentFacts(),
    [],
  ],
  [
    'nobody knows how long a pod must be ready',
    patchOf('Deployment', { 'spec.progressDeadlineSeconds': 600 }),
    deploymentFacts(),
    [],
  ],
  [
    'a maximum is below the minimum',
    patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': 1 }),
    autoscalerFacts(),
    ['minReplicas 2 would be above maxReplicas 1.'],
  ],
  [
    'a maximum is the minimum',
    patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': 2 }),
    autoscalerFacts(),
    [],
  ],

  [
    'a label that is not there, one that is so',
    labelWith({ a: '1', c: '3' }, undefined, false),
    labelled,
    [],
  ],
  [
    'a label that is another',
    labelWith({ a: '9', c: '3' }, undefined, false),
    labelled,
    ['Deployment/web has another a already; --overwrite replaces it.'],
  ],
  ['a label that is there, one that is not, to be removed', labelWith({ a: null, c: null }), labelled, []],

  [
    'all images run already',
    images(['web', 'web:1'], ['log', 'log:1']),
    containers(),
    ['Deployment/web already runs web:1, log:1.'],
  ],
  ['another container runs the image', images(['log', 'web:1']), containers(), []],

  ['a limit without a request', setResourcesTo({ limits: { cpu: '1' } }), containers(), []],
  ['a request without a limit', setResourcesTo({ requests: { cpu: '1' } }), containers(), []],
  [
    'a limit below the live request',
    setResourcesTo({ limits: { cpu: '1' } }),
    containers(asked),
    ['web of Deployment/web would request 2 of cpu (live) above its limit of 1 (asked for).'],
  ],
  [
    'limits of one are so, of another they are not known',
    setResourcesTo({ limits: { cpu: '1' } }, ['web', 'log']),
    containers(limited),
    [],
  ],
  [
    'limits of both are so',
    setResourcesTo({ limits: { cpu: '1' } }, ['web', 'log']),
    containers(limited, limited),
    ['Deployment/web already has these limits and requests.'],
  ],

  ['as many replicas as expected', { ...scaleTo(5), currentReplicas: 3 }, deploymentFacts(), []],

  [
    'something else of it is not known than its autoscaler',
    autoscaleTo({ max: 6 }),
    deploymentFacts({}, { unknown: [{ fact: 'services', reason: 'No.' }] }),
    [],
  ],
  ['an autoscaler with no range', autoscaleTo({ min: 6, max: 6 }), deploymentFacts({}, autoscalerOf()), []],
  [
    'an autoscaler with more than its range',
    autoscaleTo({ min: 7, max: 6 }),
    deploymentFacts({}, autoscalerOf()),
    ['HorizontalPodAutoscaler/web keeps at least 7 replicas, more than 6: give --min too.'],
  ],
  ['another minimum', autoscaleTo({ min: 1, max: 6 }), deploymentFacts({}, autoscalerOf()), []],
  ['another target', autoscaleTo({ max: 6, cpu: 70 }), deploymentFacts({}, autoscalerOf()), []],
  [
    'an autoscaler of other metrics that is so',
    autoscaleTo({ max: 6 }),
    deploymentFacts({}, { autoscaler: { name: 'web', min: 2, max: 6, uid: 'uid-of-hpa' } }),
    ['HorizontalPodAutoscaler/web already keeps 2 to 6 replicas.'],
  ],

  [
    'a revision that runs already, of which no change is known',
    undoOf('Deployment', 2),
    deploymentFacts({ revisions: [{ revision: 2, source: 'ReplicaSet/web-b', asLive: true }] }),
    [
      'Deployment/web already runs the template of revision 2: nothing would change. No other revision of its history is known to be any better.',
    ],
  ],

  ['an object on its way out', scaleTo(5), going(), [gone('')]],
  ['one that nothing holds', scaleTo(5), going([]), [gone('')]],
  ['one that is held', scaleTo(5), going(['a/hold']), [gone(', and waits for the finalizer a/hold')]],
  ['one that two hold', scaleTo(5), going(['a', 'b']), [gone(', and waits for the finalizers a and b')]],
])('%s', (_name, action, facts, sentences) => {
  const found = obstaclesTo(kindOf(action.verb), { action, facts });
  expect(found.map(({ sentence }) => sentence)).toEqual(sentences);
});

test.each<[Action, Facts]>([
  [scaleTo(5), nodeFacts()],
  [restartOf(), nodeFacts()],
  [undoOf(), nodeFacts()],
  [setImageTo('web:2'), podFacts()],
  [setEnvTo({ A: '1' }), podFacts()],
  [setResourcesTo({ limits: { cpu: '1' } }), podFacts()],
  [deletePodIn(), deploymentFacts()],
  [drainNode(), deploymentFacts()],
  [runJobAgain(), deploymentFacts()],
])('of facts of something else nothing is said: %o', (action, facts) => {
  expect(obstaclesTo(kindOf(action.verb), { action, facts })).toEqual([]);
});

test.each<[string, Action, Facts]>([
  ['Deployment/web in shop: metadata.deletionTimestamp', scaleTo(5), going()],
  [
    'Namespace/shop: metadata.deletionTimestamp',
    scaleTo(5),
    deploymentFacts({}, { namespace: { name: 'shop', labels: {}, terminating: true } }),
  ],
])('an obstacle says where it was read: %s', (source, action, facts) => {
  expect(obstaclesTo(kindOf(action.verb), { action, facts })).toMatchObject([
    { rule: 'being-deleted', source },
  ]);
});
