import { expect } from 'vitest';
import { kindOf } from '../../../src/actions/action-kinds.ts';
import { needsOf } from '../../../src/actions/needs.ts';
import { node } from '../../../src/adapters/kubernetes/client/objects.ts';
import type { PlaceCensus } from '../../../src/adapters/kubernetes/facts/placement/census.ts';
import { newPodOf } from '../../../src/adapters/kubernetes/facts/placement/new-pod.ts';
import { tried } from '../../../src/adapters/kubernetes/facts/placement/places.ts';
import { placedPod } from '../../../src/adapters/kubernetes/facts/placement/scheduling/placed-pod.ts';
import {
  storageClass,
  volume,
  volumeClaim,
} from '../../../src/adapters/kubernetes/facts/placement/scheduling/storage.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts, WorkloadSubject } from '../../../src/domain/facts/facts.ts';
import type { Places } from '../../../src/domain/facts/places.ts';
import { deploymentFacts, podFact, restartOf } from '../../fixtures/facts.ts';

export type Strategy = WorkloadSubject['strategy'];
export const rolling = (maxSurge: number, maxUnavailable: number): Strategy => ({
  type: 'RollingUpdate',
  ...{ maxSurge, maxUnavailable, partition: 0 },
});

const meta = (name: string, rest: object = {}) => ({
  ...{ name, namespace: 'shop', uid: `uid-of-${name}`, resourceVersion: '1' },
  ...rest,
});
const up = [{ type: 'Ready', status: 'True' }];

interface NodeWish {
  readonly labels?: object;
  readonly spec?: object;
  readonly cpu?: string;
  readonly ready?: boolean;
}
export const nodeOf = (name: string, { labels = {}, spec = {}, cpu = '4', ready = true }: NodeWish = {}) =>
  node.parse({
    metadata: { ...meta(name), labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: {
      allocatable: { cpu, memory: '8Gi', pods: '10' },
      conditions: ready ? up : [{ type: 'Ready', status: 'Unknown' }],
    },
  });
export const zone = (name: string) => ({ labels: { 'topology.kubernetes.io/zone': name } });

export const podOn = (name: string, nodeName: string | undefined, spec: object, rest: object = {}) =>
  placedPod.parse({
    metadata: meta(name, { labels: { app: 'web', 'pod-template-hash': 'old' }, ...rest }),
    spec: { ...(nodeName === undefined ? {} : { nodeName }), ...spec },
    status: { phase: nodeName === undefined ? 'Pending' : 'Running', conditions: nodeName ? up : [] },
  });

export const bare = { containers: [{}] };
export const asking = (cpu: string) => ({ containers: [{ resources: { requests: { cpu } } }] });
export const onPort = { containers: [{ ports: [{ containerPort: 80, hostPort: 8080 }] }] };
export const hostNetwork = { hostNetwork: true, containers: [{ ports: [{ containerPort: 9100 }] }] };
const selecting = { labelSelector: { matchLabels: { app: 'web' } } };
export const aloneBy = (topologyKey: string) => ({
  ...bare,
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, ...selecting }],
    },
  },
});
export const besideBy = (topologyKey: string, app: string) => ({
  ...bare,
  affinity: {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey, labelSelector: { matchLabels: { app } } },
      ],
    },
  },
});
export const spreadBy = (topologyKey: string, more: object = {}) => ({
  ...bare,
  topologySpreadConstraints: [
    { topologyKey, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', ...selecting, ...more },
  ],
});
export const mounting = (claimName: string) => ({
  ...bare,
  volumes: [{ persistentVolumeClaim: { claimName } }],
});
export const hostname = 'kubernetes.io/hostname';

export const claim = (modes: string[], spec: object = { volumeName: 'disk' }, status = 'Bound') =>
  volumeClaim.parse({
    metadata: meta('data'),
    spec: { accessModes: modes, ...spec },
    status: { phase: status },
  });
export const diskOn = (spec: object = {}, labels: object = {}) =>
  volume.parse({ metadata: { ...meta('disk'), labels }, spec });
export const only = (...names: string[]) => ({
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: hostname, operator: 'In', values: names }] }],
    },
  },
});

export interface World {
  /** Of the template and of the pods that run. */
  readonly spec: object;
  readonly nodes: readonly ReturnType<typeof node.parse>[];
  /** The nodes of the target's pods. */
  readonly at?: readonly string[];
  readonly others?: readonly ReturnType<typeof podOn>[];
  readonly strategy?: Strategy;
  readonly action?: Action;
  readonly claims?: readonly ReturnType<typeof claim>[];
  readonly volumes?: readonly ReturnType<typeof diskOn>[];
  readonly hashes?: readonly string[];
}

export function placesIn(world: World): Places | undefined {
  const { spec, nodes, at = [], others = [], strategy = rolling(1, 0), action = restartOf() } = world;
  const own = at.map((name, index) =>
    podOn(`web-${index}`, name, spec, {
      labels: { app: 'web', 'pod-template-hash': world.hashes?.[index] ?? 'old' },
    }),
  );
  const pods = own.map(({ metadata }, index) =>
    podFact(metadata.name, { node: at[index] ?? '', hash: world.hashes?.[index] ?? 'old' }),
  );
  const revisions = [
    { revision: 2, source: 'ReplicaSet web-old', template: { spec: spec as never, metadata: {} } },
    { revision: 3, source: 'ReplicaSet web-bad' },
  ];
  const facts = deploymentFacts({ desired: at.length, pods, strategy, revisions });
  const raw = { spec: { template: { metadata: { labels: { app: 'web' } }, spec } } };
  const census: PlaceCensus = {
    nodes,
    pods: [...own, ...others],
    namespaces: new Map(),
    unread: new Set(),
    storage: {
      claims: new Map((world.claims ?? []).map((each) => ['shop/data', each])),
      volumes: new Map((world.volumes ?? []).map((each) => ['disk', each])),
      classes: new Map([
        ['later', storageClass.parse({ metadata: meta('later'), volumeBindingMode: 'WaitForFirstConsumer' })],
      ]),
      complete: true,
    },
  };
  return placesOf(action, facts, raw, census);
}

export function placesOf(
  action: Action,
  facts: Facts,
  raw: unknown,
  census: PlaceCensus,
): Places | undefined {
  const change = {
    ...{ target: action.target, subject: facts.subject, raw, running: undefined, namespace: 'shop' },
    ...{ needs: needsOf(action), effect: kindOf(action.verb).effect({ action, facts }) },
  };
  const pod = newPodOf(change);
  return pod === undefined ? undefined : tried(change, pod, census);
}

export const stuck = (reason: string | RegExp, by: string, rest: object = {}) => ({
  placed: 0,
  stuck: { reason: typeof reason === 'string' ? reason : expect.stringMatching(reason), by, ...rest },
});
export const fits = (count: number) => ({ tried: count, placed: count });
export const first = { first: true };
