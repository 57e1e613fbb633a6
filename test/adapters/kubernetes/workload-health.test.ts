import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Connection, plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { createCluster, type KubernetesCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import { workloadHealth } from '../../../src/adapters/kubernetes/observe/workload-health.ts';
import type { JsonObject } from '../../../src/domain/text/json.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../../src/simulator/cluster.ts';
import { deployment, namespace } from '../../../src/simulator/workloads.ts';
import { silentLog } from '../../fixtures/log.ts';
import { untilFull } from '../../support/sandbox.ts';
import { unhurried } from '../../support/unhurried.ts';

let server: SimulatedCluster;
let connection: Connection;
let cluster: KubernetesCluster;
beforeAll(async () => {
  server = await createSimulatedCluster({ speed: 20 });
  connection = plainConnection(server.url);
  cluster = createCluster({ name: 'sandbox', connection, log: silentLog, ...unhurried });
});
afterAll(async () => {
  await cluster?.close();
  await server?.stop();
});

const web = (name: string, replicas: number, tag = '1.0.0') =>
  deployment({ name, namespace: 'shop', image: `registry.example/${name}:${tag}`, replicas });

test('those of which half of the pods or more are not ready, among all that want some', async () => {
  server.apply(namespace('shop'));
  for (const object of [web('good', 2), web('idle', 0)]) server.apply(object);
  await untilFull(server.url, 1);
  server.apply(web('down', 2, 'bad'));
  const signal = AbortSignal.timeout(60_000);
  const found = await cluster.workloadHealth(signal);
  expect(found?.unhealthy).toEqual([{ kind: 'Deployment', namespace: 'shop', name: 'down' }]);
  expect(found?.workloads).toBe(2);
});

test('where one kind may not be listed nothing is said', async () => {
  const closed = await createSimulatedCluster({ forbid: [{ verb: 'list', resource: 'daemonsets' }] });
  const outside = createCluster({
    ...{ name: 'sandbox', connection: plainConnection(closed.url), log: silentLog, ...unhurried },
  });
  expect(await outside.workloadHealth(AbortSignal.timeout(60_000))).toBeUndefined();
  await outside.close();
  await closed.stop();
});

test.each<[string, JsonObject, boolean]>([
  ['half of them', { replicas: 4, ready: 2 }, true],
  ['more than half', { replicas: 4, ready: 3 }, false],
  ['the only one', { replicas: 1, ready: 0 }, true],
  ['none of those that are not wanted', { replicas: 0, ready: 0 }, false],
])('%s', async (_name, { replicas, ready }, isUnhealthy) => {
  const item = {
    metadata: { name: 'a', namespace: 'n' },
    spec: { replicas },
    status: { readyReplicas: ready },
  };
  const reader = listing({ deployments: [item], statefulsets: [], daemonsets: [] });
  expect((await workloadHealth(reader))?.unhealthy).toHaveLength(isUnhealthy ? 1 : 0);
});

test('what was made a moment ago has no status yet', async () => {
  const metadata = { name: 'a', namespace: 'n' };
  const made = { metadata, spec: { replicas: 2 } };
  const reader = listing({ deployments: [made], statefulsets: [made], daemonsets: [{ metadata, spec: {} }] });
  expect(await workloadHealth(reader)).toMatchObject({
    workloads: 2,
    unhealthy: [{ kind: 'Deployment' }, { kind: 'StatefulSet' }],
  });
});

test('a long list is read to its end, page by page', async () => {
  const item = (name: string) => ({
    ...{
      metadata: { name, namespace: 'n' },
      spec: {},
      status: { numberReady: 0, desiredNumberScheduled: 3 },
    },
  });
  const reader = listing({
    deployments: [],
    statefulsets: [],
    daemonsets: [item('a'), item('b'), item('c')],
  });
  expect(await workloadHealth(reader)).toMatchObject({
    workloads: 3,
    unhealthy: [{ name: 'a' }, {}, { name: 'c' }],
  });
});

/** Pages of one. */
function listing(objects: Readonly<Record<string, readonly object[]>>): Parameters<typeof workloadHealth>[0] {
  const never = (): never => {
    throw new Error('only pages of lists are asked for');
  };
  return {
    ...{
      get: never,
      list: never,
      listSome: never,
      listMetadata: never,
      listIfServed: never,
      listFirstServed: never,
    },
    signal: new AbortController().signal,
    api: async ({ resource, query }) => {
      const all = objects[resource.resource] ?? [];
      const at = Number(query?.['continue'] ?? 0);
      const metadata = at + 1 < all.length ? { continue: String(at + 1) } : {};
      return { kind: 'ok', status: 200, body: { items: all.slice(at, at + 1), metadata }, warnings: [] };
    },
  };
}
