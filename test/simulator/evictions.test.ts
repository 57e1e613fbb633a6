import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { isTerminating } from '../../src/simulator/controllers/ownership.ts';
import type { JsonObject } from '../../src/simulator/json.ts';
import { listAt, textAt } from '../../src/simulator/tree.ts';
import { deployment, disruptionBudget, namespace, node } from '../../src/simulator/workloads.ts';
import { createClient, until } from './api-client.ts';
import { createStage } from './stage.ts';

let server: SimulatedCluster;
let api: ReturnType<typeof createClient>;

beforeAll(async () => {
  server = await createSimulatedCluster({ speed: 20 });
  api = createClient(server.url);
});
afterAll(() => server.stop());

let count = 0;
const web = { name: 'web', image: 'web:1' };

/** A namespace with so many ready pods, and their names. */
async function running(
  replicas: number,
  ...budgets: JsonObject[]
): Promise<{ path: string; names: string[] }> {
  count += 1;
  const name = `shop-${count}`;
  server.apply(namespace(name));
  server.apply(deployment({ ...web, namespace: name, replicas }));
  for (const each of budgets)
    server.apply({ ...each, metadata: { name: textAt(each, 'metadata', 'name') ?? '', namespace: name } });
  const path = `/api/v1/namespaces/${name}/pods`;
  const ready = (pod: JsonObject) =>
    listAt(pod, 'status', 'conditions').some((each) => each['type'] === 'Ready' && each['status'] === 'True');
  const { body } = await until(
    () => api.get(path),
    (answer) => listAt(answer.body, 'items').filter(ready).length === replicas,
  );
  for (const each of budgets)
    await until(
      () =>
        api.get(
          `/apis/policy/v1/namespaces/${name}/poddisruptionbudgets/${textAt(each, 'metadata', 'name')}`,
        ),
      (answer) => JSON.stringify(answer.body).includes(`"currentHealthy":${replicas}`),
    );
  return { path, names: listAt(body, 'items').map((pod) => textAt(pod, 'metadata', 'name') ?? '') };
}

const eviction = (name: string, deleteOptions: JsonObject = {}) => ({
  apiVersion: 'policy/v1',
  kind: 'Eviction',
  metadata: { name },
  deleteOptions,
});

describe('an eviction', () => {
  test('takes from the budget at once, and is refused when nothing is left', async () => {
    const { path, names } = await running(3, disruptionBudget('web', '', 2));
    const [first = '', second = ''] = names;
    const dry = () => api.post(`${path}/${first}/eviction?dryRun=All`, eviction(first));
    expect((await dry()).status).toBe(201);
    expect((await dry()).status, 'a dry run takes nothing').toBe(201);
    expect(await api.post(`${path}/${first}/eviction`, eviction(first))).toMatchObject({
      status: 201,
      body: { kind: 'Status', status: 'Success' },
    });
    expect(await api.post(`${path}/${second}/eviction`, eviction(second))).toMatchObject({
      status: 429,
      body: {
        reason: 'TooManyRequests',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        details: {
          causes: [
            {
              reason: 'DisruptionBudget',
              message: expect.stringMatching(/^The disruption budget web needs 2/),
            },
          ],
        },
      },
    });
  });

  test('of a pod under two budgets is refused for ever', async () => {
    const { path, names } = await running(1, disruptionBudget('web', '', 0), {
      ...disruptionBudget('web', '', 0),
      metadata: { name: 'second' },
    });
    const [name = ''] = names;
    expect(await api.post(`${path}/${name}/eviction`, eviction(name))).toMatchObject({
      status: 500,
      body: {
        message:
          'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      },
    });
  });

  test('of another pod of that name, of none, and by another name', async () => {
    const { path, names } = await running(1);
    const [name = ''] = names;
    const other = eviction(name, { preconditions: { uid: 'other' } });
    expect(await api.post(`${path}/${name}/eviction`, other)).toMatchObject({
      status: 409,
      body: { reason: 'Conflict' },
    });
    expect((await api.post(`${path}/none/eviction`, eviction('none'))).status).toBe(404);
    expect((await api.post(`${path}/${name}/eviction`, eviction('none'))).status).toBe(400);
  });
});

describe('a NoExecute taint', () => {
  const tainted = (name: string) => ({
    ...node(name, '10.0.0.21', 'worker', 'zone-a'),
    spec: { taints: [{ key: 'broken', effect: 'NoExecute' }] },
  });
  const pod = (name: string, tolerations: JsonObject[]) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop' },
    spec: {
      nodeName: 'worker-1',
      terminationGracePeriodSeconds: 1,
      tolerations,
      containers: [{ name: 'app', image: 'web:1' }],
    },
  });

  test('drives away who does not tolerate it, and who does so for a time when that is over', () => {
    const stage = createStage();
    stage.apply(pod('plain', []));
    stage.apply(pod('patient', [{ operator: 'Exists', tolerationSeconds: 60 }]));
    stage.apply(pod('settled', [{ key: 'broken', operator: 'Exists' }]));
    stage.pass(5);
    const left = () =>
      stage
        .list('Pod')
        .filter((each) => !isTerminating(each))
        .map((each) => textAt(each, 'metadata', 'name'))
        .toSorted();
    expect(left()).toEqual(['patient', 'plain', 'settled']);
    stage.apply(tainted('worker-1'));
    stage.pass(5);
    expect(left()).toEqual(['patient', 'settled']);
    stage.pass(60);
    expect(left()).toEqual(['settled']);
  });
});
