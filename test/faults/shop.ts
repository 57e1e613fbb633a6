import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { curedByAnnotation } from '../../src/simulator/kubelet/behaviour.ts';
import { numberAt, textAt, textsAt } from '../../src/simulator/tree.ts';
import {
  cronJob,
  deployment,
  disruptionBudget,
  namespace,
  statefulSet,
} from '../../src/simulator/workloads.ts';
import { inPool, ofContainer, poolNode } from '../fixtures/manifests.ts';
import { fullDeployments, listAt } from '../support/sandbox.ts';
import { alertToken } from './composition.ts';

/** What stands in the cluster of every test: a target for each of the roads that most of them go down. */
export const workloads: readonly JsonObject[] = [
  namespace('shop'),
  namespace('payments'),
  deployment({ name: 'web', namespace: 'shop', image: 'registry.example/web:1.0.0', replicas: 2 }),
  deployment({
    name: 'ledger',
    namespace: 'payments',
    image: 'registry.example/ledger:1.0.0',
    replicas: 2,
    strategy: 'Recreate',
  }),
  ...['checkout', 'cart', 'search', 'stock'].map((name) =>
    deployment({
      name,
      namespace: 'shop',
      image: `registry.example/${name}:1.0.0`,
      replicas: 1,
      behaviour: { [curedByAnnotation]: 'restart' },
    }),
  ),
];

/** A node that has to be emptied: a budget lets two of its three pods go at once. */
export const pool: readonly JsonObject[] = [
  poolNode('batch-1', '10.0.0.31'),
  poolNode('batch-2', '10.0.0.32'),
  inPool(
    deployment({ name: 'index', namespace: 'shop', image: 'registry.example/index:1.0.0', replicas: 6 }),
  ),
  disruptionBudget('index', 'shop', 4),
];

/** With the same container in each, so that one command can set the image of both. */
export const twins: readonly JsonObject[] = ['north', 'south'].map((name) =>
  ofContainer('app', deployment({ name, namespace: 'shop', image: 'registry.example/app:1.0.0' })),
);

/** Whose own schedule comes on 29 February only. */
export const report = cronJob({
  name: 'report',
  namespace: 'shop',
  image: 'registry.example/report:1.0.0',
  schedule: '0 0 29 2 *',
});

/** Replaces one pod after the other and waits for each: with the tag `bad` for ever, whatever comes afterwards. */
export const ordered = (tag: string): JsonObject =>
  ofContainer(
    'app',
    statefulSet({
      name: 'store',
      namespace: 'data',
      image: `registry.example/store:${tag}`,
      replicas: 2,
    }),
  );

/** Resolves when so many pods of the set are ready, of as many as it is to have. */
export async function orderedReady(cluster: string, ready: number): Promise<void> {
  for (;;) {
    const [set] = await listAt(cluster, '/apis/apps/v1/namespaces/data/statefulsets');
    const pods = await listAt(cluster, '/api/v1/namespaces/data/pods');
    if ((set?.status?.readyReplicas ?? 0) === ready && pods.length === 2) return;
    await sleep(50);
  }
}

/**
 * Resolves when the pod that cannot pull its image is there, which holds the rollout up. Before that one of two pods is
 * not ready either: the old one, on its way out, and what is judged then is another thing a moment later.
 */
export async function orderedStuck(cluster: string): Promise<void> {
  await orderedReady(cluster, 1);
  for (;;) {
    const pods = await listAt(cluster, '/api/v1/namespaces/data/pods');
    const reasons = pods.flatMap(({ status }) =>
      status?.containerStatuses?.map(({ state }) => state.waiting?.reason),
    );
    if (reasons.some((reason) => reason?.includes('ImagePull'))) return;
    await sleep(50);
  }
}

/** Resolves when the healthy ones of these workloads are up and the sick ones have a pod. */
export async function ready(cluster: string, objects: readonly JsonObject[]): Promise<void> {
  const deployments = objects.filter(({ kind }) => kind === 'Deployment');
  const healthy = deployments.filter((each) => !isSick(each)).length;
  const wanted = deployments
    .filter((each) => textAt(each, 'metadata', 'namespace') === 'shop')
    .reduce((sum, each) => sum + (numberAt(each, 'spec', 'replicas') ?? 1), 0);
  for (;;) {
    const up = await fullDeployments(cluster);
    const pods = await listAt(cluster, '/api/v1/namespaces/shop/pods');
    if (up === healthy && pods.length === wanted) return;
    await sleep(100);
  }
}

const isSick = (workload: JsonObject): boolean =>
  textsAt(workload, 'spec', 'template', 'metadata', 'annotations')[curedByAnnotation] !== undefined;

/** Alertmanager's word that pods of these workloads crash loop, as it is sent to the webhook. */
export async function fireAlerts(
  cluster: string,
  port: number,
  names: readonly string[],
  namespace = 'shop',
): Promise<number> {
  const pods = await listAt(cluster, `/api/v1/namespaces/${namespace}/pods`);
  const alerts = names.map((name) => ({
    status: 'firing',
    labels: {
      alertname: 'KubePodCrashLooping',
      namespace,
      pod: pods.find((pod) => pod.metadata.name.startsWith(`${name}-`))?.metadata.name ?? name,
    },
    annotations: { summary: `${name} is crash looping.` },
    startsAt: '2026-03-01T12:00:00.000Z',
    fingerprint: `crash-${namespace}-${name}`,
  }));
  const response = await fetch(`http://127.0.0.1:${port}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${alertToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ version: '4', status: 'firing', alerts }),
  });
  return response.status;
}
