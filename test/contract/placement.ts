import { test } from 'vitest';
import { z } from 'zod';
import type { Action } from '../../src/domain/action.ts';
import type { Places } from '../../src/domain/facts/places.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import type { Stage } from './cluster-world.ts';
import { daemonSet, deployment } from './manifests.ts';
import { type OwnNodes, ownNodes } from './own-nodes.ts';
import { freshName, until } from './rest.ts';

const anything = z.looseObject({});
const pods = z.object({
  items: z.array(
    z.object({
      spec: z.object({ nodeName: z.string().optional() }),
      status: z.object({
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() }))
          .default([]),
      }),
    }),
  ),
});

const labels = { app: 'web' };
const app = { name: 'app', image: 'web:1' };

interface Wish {
  readonly replicas?: number;
  readonly pod?: JsonObject;
}

const web = ({ spec }: OwnNodes, { replicas = 1, pod = {} }: Wish): JsonObject =>
  deployment({
    replicas,
    spec: { template: { metadata: { labels }, spec: { ...spec, containers: [app], ...pod } } },
  });

const onPort = { containers: [{ ...app, ports: [{ containerPort: 80, hostPort: 18_080 }] }] };
const alone = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } },
      ],
    },
  },
};
const spread = {
  topologySpreadConstraints: [
    {
      ...{ topologyKey: 'kubernetes.io/hostname', maxSkew: 1, minDomains: 2 },
      ...{ whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: labels } },
    },
  ],
};
const large = { containers: [{ ...app, resources: { requests: { cpu: '3' } } }] };
const mounting = {
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
};

/**
 * Where new pods find a place, and that the scheduler agrees: what is called stuck is pending after the same change made by
 * hand, and what is not is on a node.
 */
export function placementContract(stage: Stage): void {
  const own = () => ownNodes(stage.rest);
  const listed = (namespace: string) =>
    stage.rest().send(pods, 'GET', `/api/v1/namespaces/${namespace}/pods`);
  const unscheduled = ({ items }: z.infer<typeof pods>) =>
    items.filter(({ status }) =>
      status.conditions.some(
        ({ type, status: held, reason }) =>
          type === 'PodScheduled' && held === 'False' && reason === 'Unschedulable',
      ),
    );
  const placesOf = async (action: Action): Promise<Places | undefined> => {
    const facts = await stage.facts(action);
    if (facts.unknown.length > 0) throw new Error(JSON.stringify(facts.unknown));
    return facts.places;
  };
  const targetIn = (namespace: string) => ({ kind: 'Deployment', namespace, name: 'web' }) as const;
  /** As a restart would, without what keeps Firebreak from it. */
  const touch = (namespace: string) =>
    stage.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/web`, {
      spec: { template: { metadata: { annotations: { touched: 'true' } } } },
    });
  const patchNode = (name: string, body: JsonObject) => stage.patch(`/api/v1/nodes/${name}`, body);
  const volume = async (namespace: string, mode: string, more: JsonObject = {}, marks: JsonObject = {}) => {
    const name = freshName('disk');
    const spec = {
      capacity: { storage: '1Gi' },
      ...{ accessModes: [mode], storageClassName: '', hostPath: { path: `/disks/${name}` } },
      ...{ persistentVolumeReclaimPolicy: 'Retain', ...more },
    };
    const disk = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name, labels: marks }, spec };
    await stage.rest().send(anything, 'POST', '/api/v1/persistentvolumes', disk);
    await stage.create(namespace, {
      ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' } },
      spec: {
        ...{ accessModes: [mode], storageClassName: '', volumeName: name },
        resources: { requests: { storage: '1Gi' } },
      },
    });
    const claim = z.looseObject({ status: z.object({ phase: z.string().optional() }).optional() });
    await until(
      () => stage.rest().send(claim, 'GET', `/api/v1/namespaces/${namespace}/persistentvolumeclaims/data`),
      ({ status }) => status?.phase === 'Bound',
    );
  };

  test.for<[string, JsonObject, string, RegExp]>([
    ['a host port', onPort, 'own', /^the host port 18080 is taken on every node/],
    ['anti-affinity to its own kind', alone, 'own', /\(podAntiAffinity\)$/],
    ['spread', spread, 'own', /topologySpreadConstraints: kubernetes\.io\/hostname, maxSkew 1/],
    [
      'processor time',
      large,
      'now',
      /^no node has room for 3000m CPU; the most that is free is 1000m CPU on own-/,
    ],
  ])('a surge that finds no place: %s', async ([, pod, by, reason], { expect }) => {
    const nodes = own();
    await nodes.add();
    const namespace = await stage.namespace(web(nodes, { pod }));
    const target = targetIn(namespace);
    await stage.settled(target);
    const stuck = { by, first: true, reason: expect.stringMatching(reason) };
    expect(await placesOf({ verb: 'rollout restart', target })).toEqual({ tried: 1, placed: 0, stuck });
    await touch(namespace);
    const seen = await until(
      () => listed(namespace),
      (found) => unscheduled(found).length > 0,
    );
    expect(seen.items).toHaveLength(2);
    // What the broken rollout has left is what an undo goes back to: it needs no place.
    const undone = await until(
      () => stage.facts({ verb: 'rollout undo', target }),
      ({ subject }) => subject.kind === 'workload' && subject.liveRevision === 2,
    );
    expect(undone.places).toEqual({ tried: 0, placed: 0 });
    await nodes.add();
    await stage.settled(target);
  });

  test('an ordinary restart with room, and what an undo of it needs', async ({ expect }) => {
    const nodes = own();
    await nodes.add();
    await nodes.add();
    const namespace = await stage.namespace(web(nodes, { replicas: 2, pod: spread }));
    const target = targetIn(namespace);
    await stage.settled(target);
    expect(await placesOf({ verb: 'rollout restart', target })).toEqual({ tried: 2, placed: 2 });
    await touch(namespace);
    await stage.settled(target);
    expect(await placesOf({ verb: 'rollout undo', target })).toEqual({ tried: 2, placed: 2 });
    expect(await placesOf({ verb: 'rollout pause', target })).toBeUndefined();
  });

  test('nodes that have closed since', async ({ expect }) => {
    const nodes = own();
    const name = await nodes.add();
    const namespace = await stage.namespace(web(nodes, {}));
    const target = targetIn(namespace);
    await stage.settled(target);
    await patchNode(name, {
      spec: {
        taints: [
          { key: nodes.key, value: 'x', effect: 'NoSchedule' },
          { key: 'disk', effect: 'NoSchedule' },
        ],
      },
    });
    expect(await placesOf({ verb: 'rollout restart', target })).toEqual({
      ...{ tried: 1, placed: 0 },
      stuck: { by: 'lasting', reason: 'it does not tolerate the taints of the nodes' },
    });
    expect(await placesOf({ verb: 'scale', target, replicas: 3 })).toMatchObject({ tried: 2, placed: 0 });
    await touch(namespace);
    await until(
      () => listed(namespace),
      (found) => unscheduled(found).length > 0,
    );
  });

  test('a volume for one pod, and one for one node', async ({ expect }) => {
    const nodes = own();
    const name = await nodes.add();
    const namespace = await stage.namespace();
    await volume(namespace, 'ReadWriteOncePod');
    await stage.create(namespace, web(nodes, { pod: mounting }));
    const target = targetIn(namespace);
    await stage.settled(target);
    expect(await placesOf({ verb: 'rollout restart', target })).toEqual({
      ...{ tried: 1, placed: 0 },
      stuck: {
        ...{ by: 'own', first: true, claim: 'data' },
        reason: expect.stringMatching(/^PersistentVolumeClaim\/data is for one pod .* Pod\/web-\S+ uses it$/),
      },
    });
    await touch(namespace);
    await until(
      () => listed(namespace),
      (found) => unscheduled(found).length > 0,
    );

    const elsewhere = await stage.namespace();
    await volume(elsewhere, 'ReadWriteOnce');
    await stage.create(elsewhere, web(nodes, { pod: mounting }));
    const shared = targetIn(elsewhere);
    await stage.settled(shared);
    const restart = { verb: 'rollout restart', target: shared } as const;
    expect(await placesOf(restart)).toEqual({ tried: 1, placed: 1 });
    await nodes.add();
    expect(await placesOf(restart)).toEqual({
      ...{ tried: 1, placed: 1 },
      claims: [{ name: 'data', nodes: [name] }],
    });
    await patchNode(name, { spec: { unschedulable: true } });
    expect(await placesOf(restart)).toMatchObject({ claims: [{ name: 'data', nodes: [name], never: true }] });
  });

  test('a volume that can only be reached from elsewhere', async ({ expect }) => {
    const nodes = own();
    const name = await nodes.add();
    await patchNode(name, { metadata: { labels: { 'topology.kubernetes.io/zone': 'north' } } });
    const namespace = await stage.namespace();
    const required = {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['south'] }] },
      ],
    };
    await volume(namespace, 'ReadWriteMany', { nodeAffinity: { required } });
    await stage.create(namespace, web(nodes, { replicas: 0, pod: mounting }));
    const target = targetIn(namespace);
    expect(await placesOf({ verb: 'scale', target, replicas: 1 })).toEqual({
      ...{ tried: 1, placed: 0 },
      stuck: {
        by: 'lasting',
        reason: 'its volumes cannot be reached from the nodes (PersistentVolumeClaim/data)',
      },
    });
    await stage.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/web`, { spec: { replicas: 1 } });
    await until(
      () => listed(namespace),
      (found) => unscheduled(found).length > 0,
    );
    await patchNode(name, { metadata: { labels: { 'topology.kubernetes.io/zone': 'south' } } });
    await stage.settled(target);
  });

  test('a scheduler of somebody else is not known', async ({ expect }) => {
    const namespace = await stage.namespace(
      deployment({
        replicas: 0,
        spec: { template: { metadata: { labels }, spec: { containers: [app], schedulerName: 'volcano' } } },
      }),
    );
    const facts = await stage.facts({ verb: 'scale', target: targetIn(namespace), replicas: 1 });
    expect(facts.places).toBeUndefined();
    expect(facts.unknown).toEqual([
      { fact: 'place of the pods', reason: 'the scheduler volcano decides by rules of its own' },
    ]);
  });

  test('the pods of a DaemonSet have a node each, a cordoned one too', async ({ expect }) => {
    const nodes = own();
    await patchNode(await nodes.add(), { spec: { unschedulable: true } });
    await nodes.add();
    const { spec } = nodes;
    const template = { metadata: { labels }, spec: { ...spec, ...onPort } };
    const namespace = await stage.namespace(daemonSet({ spec: { template } }));
    const target = { kind: 'DaemonSet', namespace, name: 'web' } as const;
    await until(
      () => stage.observe(target),
      ({ desired, ready }) => desired === 2 && ready === 2,
    );
    expect(await placesOf({ verb: 'rollout restart', target })).toEqual({ tried: 2, placed: 2 });
  });
}
