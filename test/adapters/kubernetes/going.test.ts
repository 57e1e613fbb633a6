import { describe, expect, it } from 'vitest';
import { anyObject, node, pod } from '../../../src/adapters/kubernetes/client/objects.ts';
import { soleWorkloads } from '../../../src/adapters/kubernetes/facts/dependents/holding.ts';
import { endpointSlice } from '../../../src/adapters/kubernetes/facts/dependents/objects.ts';
import { readyEndpoints } from '../../../src/adapters/kubernetes/facts/dependents/selecting.ts';
import { nodeSubjectOf, unreadyOf } from '../../../src/adapters/kubernetes/facts/node/subject.ts';
import { terminationOf } from '../../../src/adapters/kubernetes/facts/termination.ts';
import { readyBut } from '../../../src/adapters/kubernetes/facts/workload.ts';

const meta = (name: string, rest: object = {}) => ({
  name,
  uid: `uid-${name}`,
  resourceVersion: '1',
  ...rest,
});
const deletion = { deletionTimestamp: '2026-03-01T12:00:30Z', deletionGracePeriodSeconds: 30 };
const web = (name: string, rest: object = {}) =>
  pod.parse({
    metadata: meta(name, {
      namespace: 'shop',
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'u', controller: true },
      ],
      ...rest,
    }),
    spec: { nodeName: 'worker-1' },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });

describe('an object that is being deleted', () => {
  const going = (rest: object) => terminationOf(anyObject.parse({ metadata: meta('x', rest) }).metadata);
  it('was asked to go before its grace period', () => {
    expect(going(deletion)).toEqual({
      termination: { since: '2026-03-01T12:00:00.000Z', due: '2026-03-01T12:00:30.000Z' },
    });
  });
  it('names what it waits for', () => {
    const finalizers = ['b.example/two', 'a.example/one'];
    expect(going({ ...deletion, finalizers }).termination?.finalizers).toEqual([
      'a.example/one',
      'b.example/two',
    ]);
  });
  it('only then', () => expect(going({ finalizers: ['a.example/one'] })).toEqual({}));
});

describe('pods that are told to end are no capacity', () => {
  const pods = [web('web-0'), web('web-1', deletion)];
  it('of a StatefulSet, whose status counts them', () => {
    expect(readyBut({ kind: 'StatefulSet', ready: 2 }, pods)).toBe(1);
    expect(readyBut({ kind: 'DaemonSet', ready: 2 }, pods)).toBe(1);
    expect(readyBut({ kind: 'Deployment', ready: 1 }, pods)).toBe(1);
  });
  it('of a node', () => {
    const worker = node.parse({ metadata: meta('worker-1') });
    expect(nodeSubjectOf(worker, pods, []).pods).toBe(1);
    expect(soleWorkloads([web('web-1', deletion)], 'worker-1')).toEqual([]);
  });
  it('of a Service that publishes addresses that are not ready', () => {
    const slice = endpointSlice.parse({
      metadata: meta('web-x', { labels: { 'kubernetes.io/service-name': 'web' } }),
      endpoints: [
        { addresses: ['10.0.0.1'], conditions: { ready: true }, targetRef: { uid: 'one' } },
        {
          addresses: ['10.0.0.2'],
          conditions: { ready: true, terminating: true },
          targetRef: { uid: 'two' },
        },
      ],
    });
    expect([...readyEndpoints([slice], 'web')]).toEqual(['one']);
  });
});

describe('a node that is not ready', () => {
  const since = '2026-03-01T11:48:00Z';
  const unready = (status: string | undefined, ...keys: string[]) =>
    unreadyOf(
      node.parse({
        metadata: meta('worker-1'),
        spec: { taints: keys.map((key) => ({ key, effect: 'NoExecute' })) },
        status: {
          conditions: status === undefined ? [] : [{ type: 'Ready', status, lastTransitionTime: since }],
        },
      }),
    ).unready;
  const known = { name: 'worker-1', since: '2026-03-01T11:48:00.000Z' };
  it('says so itself, or is not heard from', () => {
    expect(unready('True')).toBeUndefined();
    expect(unready('False', 'node.kubernetes.io/not-ready')).toEqual({ ...known, reported: true });
    expect(unready('Unknown', 'node.kubernetes.io/unreachable')).toEqual({ ...known, reported: false });
    expect(unready('False', 'node.kubernetes.io/unreachable')).toEqual({ ...known, reported: false });
    expect(unready(undefined)).toEqual({ name: 'worker-1', reported: false });
  });
  it('is known to be off where somebody has said so', () => {
    expect(unready('Unknown', 'node.kubernetes.io/out-of-service')).toMatchObject({ outOfService: true });
  });
});
