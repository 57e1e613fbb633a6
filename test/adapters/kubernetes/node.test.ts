import { describe, expect, it } from 'vitest';
import { node } from '../../../src/adapters/kubernetes/client/objects.ts';
import { budget } from '../../../src/adapters/kubernetes/facts/dependents/objects.ts';
import { nodePodOf } from '../../../src/adapters/kubernetes/facts/node/node-pod.ts';
import { surveyOf } from '../../../src/adapters/kubernetes/facts/node/survey.ts';
import { unplaceable } from '../../../src/adapters/kubernetes/facts/placement/fits-nowhere.ts';
import { placedPod } from '../../../src/adapters/kubernetes/facts/placement/scheduling/placed-pod.ts';
import {
  longestStay,
  toleration,
} from '../../../src/adapters/kubernetes/facts/placement/scheduling/tolerations.ts';

const byEviction = {
  by: 'eviction',
  ...{ ignoreDaemonSets: true, deleteEmptyDirData: false, force: false },
} as const;

const meta = (name: string, rest: object = {}) => ({
  name,
  namespace: 'shop',
  uid: `uid-of-${name}`,
  resourceVersion: '1',
  ...rest,
});
const owned = (kind: string, name: string) => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: `uid-of-${name}`, controller: true }],
});
const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };

interface Wish {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
}

const podOf = (name: string, { metadata = {}, spec = {}, status = ready }: Wish = {}) =>
  placedPod.parse({
    metadata: meta(name, metadata),
    spec: { nodeName: 'worker-1', containers: [{}], ...spec },
    status,
  });
const asking = (cpu: string, memory = '0', rest: object = {}) => ({
  containers: [{ resources: { requests: { cpu, memory } } }],
  ...rest,
});

const nodeOf = (
  name: string,
  parts: { labels?: object; spec?: object; room?: object; up?: boolean } = {},
) => {
  const { labels = {}, spec = {}, room = { cpu: '2', memory: '4Gi', pods: '10' }, up = true } = parts;
  const conditions = [{ type: 'Ready', status: up ? 'True' : 'False' }];
  return node.parse({ metadata: { ...meta(name), labels }, spec, status: { allocatable: room, conditions } });
};

describe('tolerations', () => {
  const taint = { key: 'broken', value: 'disk', effect: 'NoExecute' };
  const other = { key: 'other', effect: 'NoExecute' };
  const stay = (tolerations: object[], taints: { key: string; value?: string; effect: string }[] = [taint]) =>
    longestStay(
      tolerations.map((each) => toleration.parse(each)),
      taints,
    );
  it.each<[string, object[], unknown]>([
    ['none', [], undefined],
    ['the same', [{ key: 'broken', operator: 'Equal', value: 'disk', effect: 'NoExecute' }], 'for ever'],
    ['without an operator', [{ key: 'broken', value: 'disk' }], 'for ever'],
    ['another value', [{ key: 'broken', value: 'fan' }], undefined],
    ['another effect', [{ key: 'broken', operator: 'Exists', effect: 'NoSchedule' }], undefined],
    ['any value', [{ key: 'broken', operator: 'Exists' }], 'for ever'],
    ['anything', [{ operator: 'Exists' }], 'for ever'],
    ['for a time', [{ key: 'broken', operator: 'Exists', tolerationSeconds: 30 }], 30],
    ['for no time', [{ key: 'broken', operator: 'Exists', tolerationSeconds: -1 }], 0],
    ['by an operator that is not known', [{ key: 'broken', operator: 'Gt', value: '1' }], undefined],
    [
      'the first that fits counts',
      [
        { operator: 'Exists', tolerationSeconds: 5 },
        { key: 'broken', operator: 'Exists' },
      ],
      5,
    ],
  ])('%s', (_name, tolerations, expected) => {
    expect(stay(tolerations)).toBe(expected);
  });
  it('all taints must be tolerated, and the shortest time counts', () => {
    const one = { key: 'broken', operator: 'Exists', tolerationSeconds: 60 };
    expect(stay([one], [taint, other])).toBeUndefined();
    expect(stay([one, { key: 'other', operator: 'Exists', tolerationSeconds: 9 }], [taint, other])).toBe(9);
    expect(stay([], [])).toBeUndefined();
  });
});

describe('a pod on a node', () => {
  const sets = new Set(['shop/agent']);
  it.each<[string, Wish, object]>([
    [
      'of a Deployment',
      {
        metadata: {
          labels: { 'pod-template-hash': 'abc' },
          ...owned('ReplicaSet', 'web-abc'),
        },
      },
      { owner: 'Deployment/web' },
    ],
    ['of a ReplicaSet of its own', { metadata: owned('ReplicaSet', 'web') }, { owner: 'ReplicaSet/web' }],
    ['of a DaemonSet', { metadata: owned('DaemonSet', 'agent') }, { traits: ['daemon'] }],
    ['of a DaemonSet that is gone', { metadata: owned('DaemonSet', 'old') }, { traits: ['orphan'] }],
    [
      'of the kubelet',
      { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' }, ...owned('Node', 'worker-1') } },
      { traits: ['mirror'] },
    ],
    [
      'with volumes',
      {
        spec: {
          volumes: [
            { emptyDir: {} },
            { hostPath: { path: '/' } },
            { persistentVolumeClaim: { claimName: 'a' } },
            { configMap: {} },
          ],
        },
      },
      { traits: ['emptyDir', 'hostPath', 'claim'] },
    ],
    ['that has ended', { status: { ...ready, phase: 'Succeeded' } }, { ready: false, traits: ['ended'] }],
    ['that has not started', { status: { phase: 'Pending' } }, { ready: false, traits: ['pending'] }],
    [
      'that may be evicted',
      { metadata: { annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' } } },
      {},
    ],
    [
      'that may not',
      { metadata: { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } } },
      { veto: 'karpenter.sh/do-not-disrupt=true' },
    ],
    [
      'that would rather not',
      { metadata: { annotations: { 'descheduler.alpha.kubernetes.io/prefer-no-eviction': '' } } },
      { veto: 'descheduler.alpha.kubernetes.io/prefer-no-eviction=' },
    ],
  ])('%s', (_name, wish, expected) => {
    const { owner, ...found } = nodePodOf(podOf('web-0', wish), [], sets);
    const plain = { namespace: 'shop', name: 'web-0', uid: 'uid-of-web-0', ready: true };
    const { owner: wanted, ...rest } = { owner, ...expected };
    expect(found).toEqual({ ...plain, ...rest });
    expect(owner).toBe(wanted);
  });

  it('of a DaemonSet that may be gone counts as one that is there', () => {
    const pod = podOf('agent-x', { metadata: owned('DaemonSet', 'old') });
    expect(nodePodOf(pod, [], undefined).traits).toEqual(['daemon']);
  });
});

describe('a place elsewhere', () => {
  const labels = { 'topology.kubernetes.io/zone': 'a', disk: 'ssd' };
  const affinity = (operator: string, values: string[] = []) => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator, values }] }],
        },
      },
    },
  });
  const noLabels = 'no other node that takes pods has the labels it asks for';
  const taints = [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }];

  it.each<[string, object, ReturnType<typeof nodeOf>[], string | undefined]>([
    ['there is room', asking('1', '1Gi'), [nodeOf('b')], undefined],
    [
      'no processor time',
      asking('3'),
      [nodeOf('b')],
      'no other node has room for 3000m CPU; the most that is free is 2000m CPU on b',
    ],
    [
      'no memory',
      asking('1', '8Gi'),
      [nodeOf('b')],
      'no other node has room for 1000m CPU and 8192Mi memory; the most that is free is 4096Mi memory on b',
    ],
    [
      'no pod more',
      {},
      [nodeOf('b', { room: { cpu: '2', memory: '4Gi', pods: '0' } })],
      'no other node has room for one more pod; the most that is free is 0 pods on b',
    ],
    [
      'a node of which nothing is known',
      {},
      [nodeOf('b', { room: {} })],
      'no other node has room for one more pod; the most that is free is 0 pods on b',
    ],
    ['no other node', {}, [], noLabels],
    [
      'the others are cordoned or down',
      {},
      [nodeOf('b', { spec: { unschedulable: true } }), nodeOf('c', { up: false })],
      noLabels,
    ],
    ['its node selector', { nodeSelector: { disk: 'ssd' } }, [nodeOf('b')], noLabels],
    ['its node selector, met', { nodeSelector: { disk: 'ssd' } }, [nodeOf('b', { labels })], undefined],
    ['its affinity', affinity('In', ['ssd']), [nodeOf('b')], noLabels],
    ['its affinity, met', affinity('In', ['hdd', 'ssd']), [nodeOf('b', { labels })], undefined],
    ['NotIn', affinity('NotIn', ['ssd']), [nodeOf('b', { labels })], noLabels],
    ['Exists', affinity('Exists'), [nodeOf('b', { labels })], undefined],
    ['DoesNotExist', affinity('DoesNotExist'), [nodeOf('b', { labels })], noLabels],
    ['Gt', affinity('Gt', ['3']), [nodeOf('b', { labels: { disk: '4' } })], undefined],
    ['Lt', affinity('Lt', ['3']), [nodeOf('b', { labels: { disk: '4' } })], noLabels],
    ['an operator that is not known', affinity('Like', ['ssd']), [nodeOf('b', { labels })], noLabels],
    ['taints', {}, [nodeOf('b', { spec: { taints } })], 'it does not tolerate the taints of the other nodes'],
    [
      'taints that it tolerates',
      { tolerations: [{ key: 'dedicated', value: 'gpu' }] },
      [nodeOf('b', { spec: { taints } })],
      undefined,
    ],
    [
      'a taint that only asks',
      {},
      [nodeOf('b', { spec: { taints: [{ key: 'a', effect: 'PreferNoSchedule' }] } })],
      undefined,
    ],
    [
      'its init container needs most',
      asking('1', '0', { initContainers: [{ resources: { requests: { cpu: '3' } } }] }),
      [nodeOf('b')],
      'no other node has room for 3000m CPU; the most that is free is 2000m CPU on b',
    ],
    [
      'its sidecar and its overhead count with its containers',
      asking('1', '0', {
        initContainers: [{ restartPolicy: 'Always', resources: { requests: { cpu: '1' } } }],
        overhead: { cpu: '250m' },
      }),
      [nodeOf('b')],
      'no other node has room for 2250m CPU; the most that is free is 2000m CPU on b',
    ],
  ])('%s', (_name, spec, others, reason) => {
    const found = unplaceable([podOf('web-0', { spec })], others, []);
    expect(found.get('uid-of-web-0')).toBe(reason);
  });

  it('what runs there already has its room, what has ended has none', () => {
    const running = podOf('other', { spec: asking('1500m', '0', { nodeName: 'b' }) });
    const done = podOf('done', {
      spec: asking('1500m', '0', { nodeName: 'b' }),
      status: { phase: 'Succeeded' },
    });
    const moving = [podOf('web-0', { spec: asking('1') })];
    expect(unplaceable(moving, [nodeOf('b')], [done]).size).toBe(0);
    expect(unplaceable(moving, [nodeOf('b')], [running, done]).size).toBe(1);
  });

  it('the largest are placed first, each where there is still room', () => {
    const pods = [
      podOf('small', { spec: asking('1', '1Gi') }),
      podOf('large', { spec: asking('1', '3Gi') }),
      podOf('medium', { spec: asking('1', '2Gi') }),
      podOf('late', { spec: asking('1', '1Gi') }),
    ];
    expect([...unplaceable(pods, [nodeOf('b'), nodeOf('c')], []).keys()]).toEqual([]);
    expect([...unplaceable(pods, [nodeOf('b')], []).keys()]).toEqual(['uid-of-medium', 'uid-of-small']);
  });
});

describe('a survey', () => {
  const web = (name: string, wish: Wish = {}) =>
    podOf(name, { metadata: { labels: { app: 'web' }, ...owned('StatefulSet', 'web') }, ...wish });
  const elsewhere = web('web-2', { spec: { nodeName: 'b' } });
  const going = web('web-3', {
    metadata: {
      labels: { app: 'web' },
      deletionTimestamp: '2026-03-01T12:00:00Z',
      ...owned('StatefulSet', 'web'),
    },
  });
  const over = (spec: object, status: object = {}) =>
    budget.parse({
      metadata: meta('web'),
      spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
      status,
    });
  const survey = (budgets: ReturnType<typeof over>[]) =>
    surveyOf(byEviction, nodeOf('worker-1'), {
      pods: [web('web-1'), web('web-0'), elsewhere, going],
      nodes: [nodeOf('worker-1'), nodeOf('b')],
      budgets,
      daemonSets: new Set(),
    });

  it('counts a budget over all its pods, whatever its status says', () => {
    const { tenants, owners, budgets } = survey([
      over({ maxUnavailable: 1 }, { currentHealthy: 9, expectedPods: 4 }),
    ]);
    expect(tenants?.map(({ name, budgets: names }) => [name, names])).toEqual([
      ['web-0', ['web']],
      ['web-1', ['web']],
      ['web-3', ['web']],
    ]);
    expect(owners).toEqual([{ namespace: 'shop', owner: 'StatefulSet/web', ready: 3 }]);
    expect(budgets).toEqual([{ namespace: 'shop', name: 'web', healthy: 3, desired: 3, expected: 4 }]);
  });

  it('a budget that its controller has not seen is taken of the pods that there are', () => {
    expect(
      survey([over({ minAvailable: '50%', unhealthyPodEvictionPolicy: 'AlwaysAllow' })]).budgets,
    ).toEqual([{ namespace: 'shop', name: 'web', healthy: 3, desired: 2, expected: 3, alwaysUnready: true }]);
  });

  it('a budget that cannot be worked out allows none, whatever the pods are like', () => {
    const message = 'strimzipodsets.core.strimzi.io does not implement the scale subresource';
    const conditions = [{ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message }];
    const zero = { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, disruptionsAllowed: 0 };
    expect(survey([over({ maxUnavailable: 1 }, { ...zero, conditions })]).budgets).toEqual([
      {
        ...{ namespace: 'shop', name: 'web', healthy: 3, desired: 2, expected: 3 },
        stuck: { why: 'sync failed', message },
      },
    ]);
  });

  it('a budget allows no more than its status says', () => {
    const status = { currentHealthy: 3, desiredHealthy: 2, expectedPods: 3, disruptionsAllowed: 0 };
    expect(survey([over({ maxUnavailable: 1 }, status)]).budgets).toMatchObject([{ healthy: 3, allowed: 0 }]);
  });

  it('a budget of another namespace, or without a selector, is over none of them', () => {
    const foreign = over({ minAvailable: 1 });
    const { metadata } = foreign;
    const away = { ...foreign, metadata: { ...metadata, namespace: 'other' } };
    expect(survey([away, over({ minAvailable: 1, selector: null })])).toMatchObject({ budgets: [] });
  });

  it('knows who tolerates the taint of the action', () => {
    const staying = web('web-0', { spec: { tolerations: [{ operator: 'Exists' }] } });
    const departure = { by: 'taints', taints: [{ key: 'broken', effect: 'NoExecute' }] } as const;
    const { tenants } = surveyOf(departure, nodeOf('worker-1'), {
      ...{ pods: [staying, web('web-1')], nodes: [], budgets: [], daemonSets: new Set<string>() },
    });
    expect(tenants?.map(({ tolerates, noPlace }) => [tolerates, noPlace])).toEqual([
      ['for ever', undefined],
      [undefined, 'no other node that takes pods has the labels it asks for'],
    ]);
  });

  it('says nothing of pods that could not be listed', () => {
    const nothing = { pods: undefined, nodes: undefined, budgets: undefined, daemonSets: undefined };
    expect(surveyOf(byEviction, nodeOf('worker-1'), nothing)).toEqual({});
  });
});
