import { describe, expect, test } from 'vitest';
import { refusalOf, statusOf, trimmed, warningsOf } from '../../../src/adapters/kubernetes/client/answer.ts';
import { sameValue, valueAt } from '../../../src/adapters/kubernetes/client/json-pointer.ts';
import { pod } from '../../../src/adapters/kubernetes/client/objects.ts';
import { describeRight, pathOf, resourceOf } from '../../../src/adapters/kubernetes/client/resource.ts';
import { distance } from '../../../src/adapters/kubernetes/facts/absence/distance.ts';
import { podFactOf, selectorText } from '../../../src/adapters/kubernetes/facts/pod.ts';
import {
  daemonSetStrategy,
  deploymentStrategy,
  statefulSetStrategy,
} from '../../../src/adapters/kubernetes/facts/strategy.ts';

describe('how many pods a rollout may take away at once', () => {
  const rolling = (maxUnavailable: number | string, maxSurge: number | string, partition = 0) => ({
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable, maxSurge, partition },
  });
  test.each([
    { name: 'the default of 3', wanted: undefined, of: 3, unavailable: 0, surge: 1 },
    { name: 'the default of 4', wanted: undefined, of: 4, unavailable: 1, surge: 1 },
    { name: 'the default of 10', wanted: undefined, of: 10, unavailable: 2, surge: 3 },
    { name: 'both come to nothing', wanted: rolling('10%', 0), of: 3, unavailable: 1, surge: 0 },
    { name: 'plain numbers', wanted: rolling(2, 1), of: 5, unavailable: 2, surge: 1 },
    { name: 'nobody wanted', wanted: undefined, of: 0, unavailable: 1, surge: 0 },
  ])('of a Deployment: $name', ({ wanted, of, unavailable, surge }) => {
    const expected = { type: 'RollingUpdate', maxUnavailable: unavailable, maxSurge: surge, partition: 0 };
    expect(deploymentStrategy(wanted, of)).toEqual(expected);
  });

  test('of the others', () => {
    expect(deploymentStrategy({ type: 'Recreate' }, 3)).toEqual({ type: 'Recreate' });
    expect(statefulSetStrategy({ type: 'OnDelete' }, 3)).toEqual({ type: 'OnDelete' });
    expect(daemonSetStrategy({ type: 'OnDelete' }, 3)).toEqual({ type: 'OnDelete' });
    const one = { type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 0, partition: 0 };
    expect(statefulSetStrategy(undefined, 3)).toEqual(one);
    expect(statefulSetStrategy(rolling('40%', 0, 2), 6)).toEqual({ ...one, maxUnavailable: 2, partition: 2 });
    expect(daemonSetStrategy(undefined, 3)).toEqual(one);
    expect(daemonSetStrategy(rolling('10%', 0), 15)).toEqual({ ...one, maxUnavailable: 2 });
    expect(daemonSetStrategy(rolling(0, '10%'), 15)).toEqual({ ...one, maxUnavailable: 0, maxSurge: 2 });
  });
});

describe('a pod', () => {
  const containerStatuses = [
    {
      name: 'app',
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
    },
    { name: 'proxy', restartCount: 1, state: { running: {} } },
  ];
  const initContainerStatuses = [
    { name: 'init', restartCount: 0, state: { terminated: { reason: 'Completed', exitCode: 0 } } },
  ];
  const raw = {
    metadata: {
      name: 'web-1',
      uid: 'u',
      resourceVersion: '1',
      labels: { 'pod-template-hash': 'abc' },
      deletionTimestamp: 'now',
    },
    spec: { nodeName: 'node-0' },
    status: {
      phase: 'Running',
      containerStatuses,
      initContainerStatuses,
      conditions: [{ type: 'Ready', status: 'False' }],
    },
  };

  test('counts restarts of all containers and names the first trouble', () => {
    expect(podFactOf(pod.parse(raw))).toEqual({
      ...{
        name: 'web-1',
        uid: 'u',
        ready: false,
        restarts: 5,
        containers: [
          { name: 'app', role: 'main', restarts: 4, waiting: 'CrashLoopBackOff', terminated: 'OOMKilled' },
          { name: 'proxy', role: 'main', restarts: 1 },
        ],
        waiting: 'CrashLoopBackOff',
        terminated: 'OOMKilled',
      },
      ...{ hash: 'abc', deleting: true, node: 'node-0' },
    });
  });

  test('that is starting waits for nothing in particular', () => {
    const starting = [{ name: 'app', restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } }];
    const fact = podFactOf(pod.parse({ ...raw, status: { phase: 'Pending', containerStatuses: starting } }));
    expect(fact).not.toHaveProperty('waiting');
    expect(fact).not.toHaveProperty('terminated');
  });

  test('just created has no status at all', () => {
    const bare = { metadata: { name: 'p', uid: 'u', resourceVersion: '1' }, spec: {} };
    expect(podFactOf(pod.parse(bare))).toEqual({
      name: 'p',
      uid: 'u',
      ready: false,
      restarts: 0,
      deleting: false,
    });
  });
});

describe('what the API server refuses', () => {
  const web = resourceOf('Deployment', { namespace: 'shop', name: 'web' });
  const said = (message: string, details?: object) => {
    const status = statusOf({ kind: 'Status', reason: 'Invalid', message, details });
    if (status === undefined) throw new Error('no Status');
    return status;
  };

  test.each([
    {
      name: 'RBAC',
      code: 403,
      status: said(
        'deployments.apps "web" is forbidden: User "f" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
      ),
      sentence: 'Firebreak may not patch deployments.apps in namespace shop (RBAC).',
    },
    {
      name: 'admission',
      code: 403,
      status: said('pods "x" is forbidden: exceeded quota: q'),
      sentence:
        'The API server refuses to patch Deployment web in namespace shop (403 Invalid): pods "x" is forbidden: exceeded quota: q',
    },
    {
      name: 'a missing object',
      code: 404,
      status: said('deployments.apps "web" not found'),
      sentence: 'There is no Deployment web in namespace shop.',
    },
    {
      name: 'a failed guard',
      code: 422,
      status: said('the server rejected our request due to an error in our request', {}),
      sentence: 'Deployment web in namespace shop is no longer as it was when this was planned.',
    },
  ])('$name', ({ code, status, sentence }) => {
    expect(refusalOf(code, 'PATCH', web, status)).toMatchObject({
      kind: 'refusal',
      sentence,
      guardFailed: code === 422,
    });
  });

  test('a validation error is no failed guard', () => {
    const status = said('invalid', {
      name: 'web',
      kind: 'Deployment',
      causes: [{ field: 'spec.replicas', message: 'must be positive' }],
    });
    expect(refusalOf(422, 'PATCH', web, status)).toMatchObject({
      guardFailed: false,
      sentence: expect.stringContaining('spec.replicas: must be positive'),
    });
  });

  test.each([
    {
      name: 'a quoted object',
      message:
        '"" is invalid: patch: Invalid value: "{\\"env\\":[{\\"value\\":\\"hush\\"}]}": strict decoding error: unknown field "spec.x"',
      keeps: 'strict decoding error: unknown field "spec.x"',
    },
    {
      name: 'a Go map',
      message: 'Invalid value: map[string]string{"a":"hush"}: field is immutable',
      keeps: 'field is immutable',
    },
    {
      name: 'a Go struct',
      message: 'Invalid value: {"matchLabels":{"app":"hush"}}: field is immutable',
      keeps: 'field is immutable',
    },
  ])('its message is told without $name', ({ message, keeps }) => {
    expect(trimmed(said(message))).toContain(keeps);
    expect(trimmed(said(message))).not.toContain('hush');
  });

  test('a value that is plain text stays, and so does the rule it breaks', () => {
    const words = `Invalid value: "Not A Name": must be a label (regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`;
    expect(trimmed(said(words))).toBe(words);
  });

  test('a page of a proxy is no Status', () => {
    expect(statusOf('<html>')).toBeUndefined();
    expect(statusOf({ error: 'not found' })).toBeUndefined();
  });
});

test('warnings are taken from their headers', () => {
  expect(warningsOf(undefined)).toEqual([]);
  expect(warningsOf('299 - "child pods are \\"preserved\\"", 299 - "and more"')).toEqual([
    'child pods are "preserved"',
    'and more',
  ]);
  expect(warningsOf(['299 - "a"', '299 - "b"'])).toEqual(['a', 'b']);
});

test('addresses', () => {
  expect(pathOf(resourceOf('Deployment', { namespace: 'shop', name: 'web' }))).toBe(
    '/apis/apps/v1/namespaces/shop/deployments/web',
  );
  expect(pathOf({ ...resourceOf('StatefulSet', { namespace: 'a', name: 'b' }), subresource: 'scale' })).toBe(
    '/apis/apps/v1/namespaces/a/statefulsets/b/scale',
  );
  expect(pathOf(resourceOf('Node', { name: 'n1' }))).toBe('/api/v1/nodes/n1');
  expect(pathOf(resourceOf('Pod', { namespace: '../x' }))).toBe('/api/v1/namespaces/..%2Fx/pods');
  expect(describeRight({ ...resourceOf('Deployment', { namespace: 'a' }), subresource: 'scale' })).toBe(
    'deployments.apps/scale in namespace a',
  );
});

test('selectors', () => {
  const matchExpressions = [
    { key: 'tier', operator: 'In', values: ['a', 'b'] },
    { key: 'env', operator: 'NotIn', values: ['x'] },
    { key: 'live', operator: 'Exists', values: [] },
    { key: 'old', operator: 'DoesNotExist', values: [] },
  ];
  expect(selectorText({ matchLabels: { app: 'web' }, matchExpressions })).toBe(
    'app=web,tier in (a,b),env notin (x),live,!old',
  );
});

test('JSON pointers', () => {
  const object = { metadata: { annotations: { 'a/b~c': 'x' } }, list: [{ name: 'app' }] };
  expect(valueAt(object, '/metadata/annotations/a~1b~0c')).toBe('x');
  expect(valueAt(object, '/list/0/name')).toBe('app');
  expect(valueAt(object, '/list/x/name')).toBeUndefined();
  expect(valueAt(object, '/metadata/toString')).toBeUndefined();
  expect(sameValue(undefined, null)).toBe(true);
  expect(sameValue({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
  expect(sameValue(0, null)).toBe(false);
});

test.each([
  ['web', 'web', 0],
  ['web', 'wbe', 2],
  ['web', 'webs', 1],
  ['', 'abc', 3],
])('the distance from "%s" to "%s" is %d', (from, to, expected) => {
  expect(distance(from, to)).toBe(expected);
});
