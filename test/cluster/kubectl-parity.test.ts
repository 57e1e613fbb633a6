import { afterAll, describe, inject, test } from 'vitest';
import { z } from 'zod';
import { connectFromKubeconfig } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { Action } from '../../src/domain/action.ts';
import { describeTarget } from '../../src/domain/action.ts';
import type { WorkloadName } from '../contract/cluster-world.ts';
import { createStage } from '../contract/cluster-world.ts';
import { daemonSet, deployment, statefulSet } from '../contract/manifests.ts';
import { until } from '../contract/rest.ts';
import { silentLog } from '../fixtures/log.ts';
import { unhurried } from '../support/unhurried.ts';
import { identityOf } from './credentials.ts';
import { kubectl } from './oracle.ts';

const connection = await connectFromKubeconfig({ kubeconfig: inject('controlPlane').kubeconfigPath });
const cluster = createCluster({ name: 'real', connection, log: silentLog, ...unhurried });
afterAll(() => connection.close());
const stage = createStage(() => ({ cluster, connection, teardown: () => connection.close() }));

const workloads = [
  { kind: 'Deployment', manifest: deployment() },
  { kind: 'StatefulSet', manifest: statefulSet() },
  { kind: 'DaemonSet', manifest: daemonSet() },
] as const;

const templated = z.object({ spec: z.object({ template: z.unknown() }) });

async function live(target: WorkloadName): Promise<unknown> {
  const printed = await kubectl(['get', object(target), '-n', target.namespace, '-o', 'json']);
  return templated.parse(JSON.parse(printed)).spec.template;
}

const object = ({ kind, name }: WorkloadName) => `${kind.toLowerCase()}/${name}`;

/** Two of the same, one for kubectl and one for us, each in a namespace of its own, both rolled out. */
async function twins({ kind, manifest }: (typeof workloads)[number]): Promise<[WorkloadName, WorkloadName]> {
  const born = async (): Promise<WorkloadName> => {
    const target = { kind, namespace: await stage.namespace(manifest), name: 'web' };
    await kubectl(['rollout', 'status', object(target), '-n', target.namespace, '--timeout=300s']);
    return target;
  };
  return [await born(), await born()];
}

async function execute(action: Action): Promise<void> {
  const plan = await until(
    () => stage.plan(action).catch(() => undefined),
    (drawn) => drawn !== undefined,
  );
  if (plan === undefined) throw new Error(`No plan for ${describeTarget(action.target)}.`);
  const applied = await stage.apply(plan);
  if (applied.kind === 'refused') throw new Error(applied.reason);
}

describe.concurrent('beside the real kubectl', () => {
  test.for(workloads)(
    'a new image and its undo leave the same template on a $kind',
    async (workload, { expect }) => {
      const [theirs, ours] = await twins(workload);
      const place = ['-n', theirs.namespace];
      await kubectl(['set', 'image', object(theirs), 'app=web:2', ...place]);
      await execute({ verb: 'set image', target: ours, images: [{ container: 'app', image: 'web:2' }] });
      expect(await live(ours)).toEqual(await live(theirs));

      await kubectl(['rollout', 'status', object(theirs), '--timeout=300s', ...place]);
      await kubectl(['rollout', 'status', object(ours), '--timeout=300s', '-n', ours.namespace]);
      await kubectl(['rollout', 'undo', object(theirs), ...place]);
      await execute({ verb: 'rollout undo', target: ours });
      expect(await live(ours)).toEqual(await live(theirs));

      const history = async ({ namespace }: WorkloadName) =>
        kubectl(['rollout', 'history', object(ours), '-n', namespace]);
      await stage.settled(theirs);
      await stage.settled(ours);
      expect(await history(ours)).toBe(await history(theirs));
    },
  );

  test.for(workloads)(
    'kubectl agrees that a restarted $kind has rolled out',
    async (workload, { expect }) => {
      const [, ours] = await twins(workload);
      await execute({ verb: 'rollout restart', target: ours });
      await stage.settled(ours);
      // One second is enough only for what has already finished.
      const status = await kubectl(['rollout', 'status', object(ours), '--timeout=1s', '-n', ours.namespace]);
      expect(status).toMatch(/successfully rolled out|roll out complete|rolling update complete/);
    },
  );

  test('a Role of one namespace is enough to act there, and what it does not show is named', async ({
    expect,
  }) => {
    const { kubeconfigPath } = identityOf(inject('controlPlane').identities, 'firebreak');
    const [, target] = await twins(workloads[0]);
    await kubectl(
      ['apply', '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: rights(target.namespace) }),
    );
    const own = await connectFromKubeconfig({ kubeconfig: kubeconfigPath });
    const limited = createStage(() => ({
      cluster: createCluster({ name: 'real', connection: own, log: silentLog, ...unhurried }),
      connection,
      teardown: () => own.close(),
    }));
    const facts = await limited.facts({ verb: 'rollout restart', target });
    // These belong to the whole cluster; a Role cannot grant them.
    const hidden = [
      'API services',
      'custom resource definitions',
      'mutating webhooks',
      'nodes',
      'pods on the nodes',
      'validating webhooks',
      'virtual services',
      'zones of the nodes',
    ];
    expect(facts.unknown.map(({ fact }) => fact)).toEqual(hidden);
    const action: Action = { verb: 'scale', target: { ...target, kind: 'Deployment' }, replicas: 3 };
    expect(await limited.apply(await limited.plan(action))).toMatchObject({ kind: 'applied' });
    const restart = await limited.plan({ verb: 'rollout restart', target });
    expect(await limited.apply(restart)).toMatchObject({ kind: 'applied' });
    await limited.settled(target);
    const { pods } = await limited.observe(target);
    const pod = { kind: 'Pod', namespace: target.namespace, name: pods[0]?.name ?? '' } as const;
    const denied = await limited.apply(await limited.plan({ verb: 'delete pod', target: pod }));
    expect(denied).toEqual({
      kind: 'refused',
      reason: `Firebreak may not delete pods in namespace ${target.namespace} (RBAC).`,
    });
    await own.close();
  });
});

/** Reading, and acting on Deployments but not on their pods. */
function rights(namespace: string): object[] {
  const read = ['get', 'list'];
  const rules = [
    { apiGroups: [''], resources: ['pods', 'events', 'services', 'resourcequotas'], verbs: read },
    { apiGroups: ['apps'], resources: ['deployments', 'replicasets', 'controllerrevisions'], verbs: read },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: read },
    { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: read },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: read },
    {
      apiGroups: ['gateway.networking.k8s.io'],
      resources: ['httproutes', 'grpcroutes', 'tlsroutes'],
      verbs: read,
    },
    { apiGroups: ['serving.knative.dev'], resources: ['routes'], verbs: read },
    { apiGroups: ['keda.sh'], resources: ['scaledobjects'], verbs: read },
    { apiGroups: ['autoscaling.k8s.io'], resources: ['verticalpodautoscalers'], verbs: read },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: read },
    { apiGroups: ['apps'], resources: ['deployments', 'deployments/scale'], verbs: ['patch'] },
  ];
  const api = 'rbac.authorization.k8s.io/v1';
  const subjects = [{ kind: 'User', name: 'firebreak', apiGroup: 'rbac.authorization.k8s.io' }];
  const ref = (kind: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name: namespace });
  const metadata = { name: namespace, namespace };
  const seeNamespace = {
    apiGroups: [''],
    resources: ['namespaces'],
    resourceNames: [namespace],
    verbs: ['get'],
  };
  return [
    { apiVersion: api, kind: 'Role', metadata, rules: [...rules, seeNamespace] },
    { apiVersion: api, kind: 'RoleBinding', metadata, subjects, roleRef: ref('Role') },
  ];
}
