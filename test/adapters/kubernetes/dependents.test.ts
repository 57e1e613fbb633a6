import { describe, expect, it } from 'vitest';
import { writesOf } from '../../../src/actions/needs.ts';
import { anyObject, pod } from '../../../src/adapters/kubernetes/client/objects.ts';
import { budgetsOver } from '../../../src/adapters/kubernetes/facts/dependents/budgets.ts';
import { customDefinition } from '../../../src/adapters/kubernetes/facts/dependents/custom-objects.ts';
import { dependenciesOn } from '../../../src/adapters/kubernetes/facts/dependents/dependencies.ts';
import { leasesOf, soleWorkloads } from '../../../src/adapters/kubernetes/facts/dependents/holding.ts';
import { lastChange } from '../../../src/adapters/kubernetes/facts/dependents/last-change.ts';
import {
  apiService,
  budget,
  endpointSlice,
  lease,
  type Own,
  podShape,
  service,
  webhooks,
} from '../../../src/adapters/kubernetes/facts/dependents/objects.ts';
import { servicesOver } from '../../../src/adapters/kubernetes/facts/dependents/selecting.ts';
import { spreadOf } from '../../../src/adapters/kubernetes/facts/dependents/spread.ts';
import { matches } from '../../../src/domain/selector.ts';
import {
  cordonNode,
  deletePodIn,
  deploymentFacts,
  podFact,
  podFacts,
  restartOf,
  scaleTo,
} from '../../fixtures/facts.ts';

const meta = (name: string, rest: object = {}) => ({
  metadata: { name, namespace: 'shop', uid: `uid-of-${name}`, resourceVersion: '1', ...rest },
});
const born = '2026-03-01T12:00:00Z';
const spec = (containers: object[] = [{}]): Own['spec'] =>
  podShape.parse({ metadata: { creationTimestamp: born, managedFields: [] }, spec: { containers } }).spec;
const own: Own = {
  labels: { app: 'web' },
  spec: spec(),
  asRun: spec(),
  history: { creationTimestamp: born, managedFields: [] },
  pods: [{ name: 'web-0', uid: 'one' }],
  claimTemplates: [],
};

describe('a label selector', () => {
  const cases: [string, object, boolean][] = [
    ['empty matches everything', {}, true],
    ['equal', { matchLabels: { app: 'web' } }, true],
    ['another value', { matchLabels: { app: 'db' } }, false],
    ['In', { matchExpressions: [{ key: 'app', operator: 'In', values: ['db', 'web'] }] }, true],
    [
      'NotIn of a label that is not there',
      { matchExpressions: [{ key: 'x', operator: 'NotIn', values: ['y'] }] },
      true,
    ],
    ['NotIn', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
    ['Exists', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
    ['DoesNotExist', { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
  ];
  it.each(cases)('%s', (_name, selector, expected) => {
    const parsed = budget.parse({ ...meta('b'), spec: { selector } }).spec.selector;
    expect(parsed != null && matches(parsed, { app: 'web' })).toBe(expected);
  });
});

describe('a budget', () => {
  const over = (limit: object, status: object, selector: unknown = {}) =>
    budgetsOver([budget.parse({ ...meta('b'), spec: { selector, ...limit }, status })], { app: 'web' });
  const five = { currentHealthy: 5, expectedPods: 5 };
  it.each([
    ['minAvailable', { minAvailable: 4 }, five, 4, 1],
    ['minAvailable in percent, rounded up', { minAvailable: '50%' }, five, 3, 2],
    ['maxUnavailable in percent, rounded up', { maxUnavailable: '30%' }, five, 3, 2],
    ['spent', { minAvailable: 5 }, five, 5, 0],
    ['overspent', { maxUnavailable: 1 }, { currentHealthy: 3, expectedPods: 5 }, 4, 0],
  ])('%s', (_name, limit, status, desired, allowed) => {
    expect(over(limit, status)).toEqual([{ name: 'b', healthy: status.currentHealthy, desired, allowed }]);
  });
  it('without a selector is over no pod', () => {
    expect(over({ minAvailable: 1 }, five, null)).toEqual([]);
  });

  const syncFailed = {
    ...{ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed' },
    message: 'strimzipodsets.core.strimzi.io does not implement the scale subresource',
  };
  it.each<[string, object, object, object]>([
    [
      'what its status allows, where that is fewer',
      {},
      { disruptionsAllowed: 1 },
      { desired: 3, allowed: 1 },
    ],
    ['never more than its own numbers leave', {}, { disruptionsAllowed: 4 }, { desired: 3, allowed: 2 }],
    [
      'as many as its controller wants healthy, where those are more',
      {},
      { desiredHealthy: 5, disruptionsAllowed: 2 },
      { desired: 5, allowed: 0 },
    ],
    [
      'none that cannot be worked out',
      {},
      { observedGeneration: 1, expectedPods: 0, currentHealthy: 0, conditions: [syncFailed] },
      { allowed: 0, stuck: { why: 'sync failed', message: syncFailed.message } },
    ],
    [
      'none that was worked out before and cannot be any more',
      {},
      { observedGeneration: 1, disruptionsAllowed: 2, conditions: [syncFailed] },
      { allowed: 0, stuck: { why: 'sync failed' } },
    ],
    [
      'none that its controller has not looked at since it was changed',
      { generation: 2 },
      { observedGeneration: 1, disruptionsAllowed: 2 },
      { allowed: 0, stuck: { why: 'not looked at' } },
    ],
    [
      'none of a number below zero',
      {},
      { disruptionsAllowed: -1 },
      { allowed: 0, stuck: { why: 'overfull' } },
    ],
    [
      'what it allows although no more pods are healthy than have to be',
      {},
      {
        disruptionsAllowed: 2,
        conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
      },
      { allowed: 2 },
    ],
  ])('allows %s', (_name, metadata, status, expected) => {
    const given = { ...meta('b', metadata), spec: { selector: {}, maxUnavailable: 2 } };
    const found = budgetsOver([budget.parse({ ...given, status: { ...five, ...status } })], { app: 'web' });
    expect(found).toMatchObject([expected]);
    if (!('stuck' in expected)) expect(found[0]).not.toHaveProperty('stuck');
  });
});

describe('a Service', () => {
  const slice = endpointSlice.parse({
    ...meta('web-x', { labels: { 'kubernetes.io/service-name': 'web' } }),
    endpoints: [
      { addresses: ['10.0.0.1'], conditions: { ready: true }, targetRef: { uid: 'one' } },
      { addresses: ['10.0.0.2'], conditions: {}, targetRef: { uid: 'two' } },
      { addresses: ['10.0.0.3'], conditions: { ready: false }, targetRef: { uid: 'three' } },
    ],
  });
  const ipv6 = endpointSlice.parse({
    ...meta('web-y', { labels: { 'kubernetes.io/service-name': 'web' } }),
    endpoints: [{ addresses: ['fd00::1'], conditions: { ready: true }, targetRef: { uid: 'one' } }],
  });
  it('counts its ready endpoints once, and those of the target', () => {
    const web = service.parse({ ...meta('web'), spec: { selector: { app: 'web' } } });
    const manual = service.parse({ ...meta('manual'), spec: {} });
    const other = service.parse({ ...meta('other'), spec: { selector: { app: 'web', tier: 'x' } } });
    expect(servicesOver([web, manual, other], [slice, ipv6], own)).toEqual([
      { name: 'web', ready: 2, own: 1 },
    ]);
  });
});

const services = [{ name: 'web', ready: 1, own: 1 }];

it('webhooks, aggregated APIs and conversions depend on a Service by namespace and name', () => {
  const configuration = webhooks.parse({
    ...meta('policy'),
    webhooks: [
      { clientConfig: { service: { namespace: 'shop', name: 'web' } } },
      { clientConfig: { service: { namespace: 'shop', name: 'web' } }, failurePolicy: 'Ignore' },
      { clientConfig: { service: { namespace: 'other', name: 'web' } } },
      { clientConfig: { url: 'https://policy.example' } },
    ],
  });
  const metrics = apiService.parse({
    ...meta('v1.metrics'),
    spec: { service: { namespace: 'shop', name: 'web' } },
  });
  const local = apiService.parse({ ...meta('v1.apps'), spec: {} });
  const configurations = [{ kind: 'ValidatingWebhookConfiguration', configuration }];
  const conversion = {
    strategy: 'Webhook',
    webhook: { clientConfig: { service: { namespace: 'shop', name: 'web' } } },
  };
  const defined = (name: string, versions: string[], rest: object = { conversion }) =>
    customDefinition.parse({
      ...meta(name),
      spec: { versions: versions.map((version) => ({ name: version, schema: {} })), ...rest },
    });
  const conversions = [
    defined('two', ['v1', 'v2']),
    defined('one', ['v1']),
    defined('by-hand', ['v1', 'v2'], { conversion: { strategy: 'None' } }),
    defined('plain', ['v1', 'v2'], {}),
  ];
  const extensions = { configurations, apiServices: [metrics, local], conversions };
  expect(dependenciesOn(extensions, services, 'shop')).toEqual([
    { source: 'APIService/v1.metrics', failurePolicy: 'Fail', service: 'web' },
    { source: 'CustomResourceDefinition/two', failurePolicy: 'Fail', service: 'web' },
    { source: 'ValidatingWebhookConfiguration/policy', failurePolicy: 'Fail', service: 'web' },
    { source: 'ValidatingWebhookConfiguration/policy', failurePolicy: 'Ignore', service: 'web' },
  ]);
});

it('a lease belongs to the pod that signed it, not to one whose name begins the same', () => {
  const held = (name: string, holderIdentity: string | null) =>
    lease.parse({ ...meta(name), spec: { holderIdentity } });
  const all = [held('c', 'web-0_uuid'), held('b', 'web-0'), held('a', 'web-01_uuid'), held('d', null)];
  expect(leasesOf(all, own.pods)).toEqual([
    { name: 'b', pod: 'web-0' },
    { name: 'c', pod: 'web-0' },
  ]);
});

describe('the last change', () => {
  const entry = (manager: string, time: string | null, field: string) => ({
    ...{ manager, time },
    fieldsV1: { 'f:spec': { [`f:${field}`]: {} } },
  });
  const history = {
    creationTimestamp: born,
    managedFields: [
      entry('kubectl-create', born, 'template'),
      entry('alice', '2026-03-01T12:10:00Z', 'template'),
      entry('bob', '2026-03-01T12:20:00Z', 'replicas'),
      entry('horizontal-pod-autoscaler', null, 'replicas'),
    ],
  };
  it('is that of the field which the action writes', () => {
    const restart = lastChange(writesOf(restartOf()), history);
    expect(restart).toEqual({ manager: 'alice', field: 'spec.template', at: '2026-03-01T12:10:00Z' });
    expect(lastChange(writesOf(scaleTo(2)), history)).toMatchObject({
      manager: 'bob',
      field: 'spec.replicas',
    });
  });
  it('is none where nothing was changed since it was made, or nothing is written', () => {
    expect(lastChange(writesOf(cordonNode), history)).toBeUndefined();
    expect(lastChange(writesOf(deletePodIn()), history)).toBeUndefined();
    const untouched = { ...history, managedFields: history.managedFields.slice(0, 1) };
    expect(lastChange(writesOf(restartOf()), untouched)).toBeUndefined();
  });
});

describe('the spread of ready pods', () => {
  const node = (name: string, zone?: string) =>
    anyObject.parse(
      meta(name, zone === undefined ? {} : { labels: { 'topology.kubernetes.io/zone': zone } }),
    );
  const zoned = [node('n1', 'a'), node('n2', 'a'), node('n3', 'b')];
  const on = (...nodes: (string | undefined)[]) => {
    const pods = nodes.map((each, index) =>
      podFact(`web-${index}`, each === undefined ? {} : { node: each }),
    );
    return deploymentFacts({ pods }).subject;
  };
  it.each([
    ['apart', on('n1', 'n3'), zoned, { pods: 2, nodes: 2, zones: 2, ofNodes: 3, ofZones: 2 }],
    ['in one zone', on('n1', 'n2'), zoned, { pods: 2, nodes: 2, zones: 1, ofNodes: 3, ofZones: 2 }],
    ['on one node', on('n3', 'n3', 'n3'), zoned, { pods: 3, nodes: 1, zones: 1, ofNodes: 3, ofZones: 2 }],
    ['without zones', on('n1'), [node('n1')], { pods: 1, nodes: 1, zones: 0, ofNodes: 1, ofZones: 0 }],
    ['waiting for a node', on(undefined), zoned, undefined],
    ['of a single pod', podFacts().subject, zoned, undefined],
    ['over nodes that may not be listed', on('n1'), undefined, undefined],
  ])('%s', (_name, subject, nodes, spread) => {
    expect(spreadOf(subject, nodes)).toEqual(spread === undefined ? {} : { spread });
  });

  it('counts only what is ready', () => {
    const pods = [podFact('a', { node: 'n1' }), podFact('b', { node: 'n3', ready: false })];
    const { spread } = spreadOf(deploymentFacts({ pods }).subject, zoned);
    expect(spread).toMatchObject({ pods: 1, nodes: 1, zones: 1 });
  });
});

it('a workload is alone on a node when all its ready pods are there', () => {
  const on = (node: string, kind: string, name: string, ready = true, labels = {}) =>
    pod.parse({
      ...meta(`${name}-${node}`, {
        labels,
        ownerReferences: [{ apiVersion: 'v1', kind, name, uid: 'u', controller: true }],
      }),
      spec: { nodeName: node },
      status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
    });
  const hash = { 'pod-template-hash': 'abc' };
  const pods = [
    on('n1', 'ReplicaSet', 'web-abc', true, hash),
    on('n2', 'ReplicaSet', 'web-abc', false, hash),
    on('n1', 'StatefulSet', 'db'),
    on('n2', 'StatefulSet', 'db'),
    on('n1', 'DaemonSet', 'agent'),
    on('n1', 'Node', 'static'),
  ];
  expect(soleWorkloads(pods, 'n1')).toEqual([
    { kind: 'Deployment', namespace: 'shop', name: 'web', pods: 1 },
  ]);
});
