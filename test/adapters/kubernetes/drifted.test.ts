import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { createCluster, type KubernetesCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import type { JsonObject } from '../../../src/domain/text/json.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../../src/simulator/cluster.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import { noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { unfenced } from '../../support/unfenced.ts';
import { unhurried } from '../../support/unhurried.ts';

let simulated: SimulatedCluster;
let cluster: KubernetesCluster;
beforeAll(async () => {
  simulated = await createSimulatedCluster({ speed: 20 });
  cluster = createCluster({
    name: 'test',
    connection: plainConnection(simulated.url),
    log: silentLog,
    ...unhurried,
  });
});
afterAll(async () => {
  await cluster.close();
  await simulated.stop();
});

const signal = new AbortController().signal;
const namespace = 'default';

const web = (name: string): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [{ name: 'web', image: 'registry.example/web:1', env: [{ name: 'A', value: '1' }] }],
      },
    },
  },
});

async function applied(action: Action): Promise<Plan> {
  const [seen] = await cluster.gather([action], signal);
  if (seen?.kind !== 'facts') throw new Error(seen?.kind);
  const { facts, snapshot } = seen;
  const input = { action, facts, snapshot: snapshot.object, remediationId: randomUUID(), stamp: noon };
  const planned = planExecution(input);
  if (planned.kind === 'refused') throw new Error(planned.reason);
  for (const call of planned.plan.calls)
    expect(await cluster.apply(call, planned.plan.fieldManager, signal, unfenced)).toMatchObject({
      kind: 'applied',
    });
  return planned.plan;
}

async function patch(name: string, manager: string, body: JsonObject, subresource = ''): Promise<void> {
  const url = `${simulated.url}/apis/apps/v1/namespaces/${namespace}/deployments/${name}${subresource}?fieldManager=${manager}`;
  const answer = await fetch(url, {
    method: 'PATCH',
    headers: { 'content-type': 'application/strategic-merge-patch+json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

const target = (name: string) => ({ kind: 'Deployment', namespace, name }) as const;
const image = (tag: string): JsonObject => ({
  spec: { template: { spec: { containers: [{ name: 'web', image: `registry.example/web:${tag}` }] } } },
});
const setImage = (name: string): Action => ({
  verb: 'set image',
  target: target(name),
  images: [{ container: 'web', image: 'registry.example/web:2' }],
});

test('what is as it was written has not drifted, whatever else is written beside it', async () => {
  simulated.apply(web('steady'));
  const plan = await applied(setImage('steady'));
  await patch('steady', 'kubectl-edit', {
    metadata: { annotations: { note: 'mine' } },
    spec: { replicas: 4 },
  });
  expect(await cluster.drifted(plan, signal)).toEqual([]);
});

test('an image that is put back, by whom and when', async () => {
  simulated.apply(web('healed'));
  const plan = await applied(setImage('healed'));
  await patch('healed', 'argocd-controller', image('1'));
  expect(await cluster.drifted(plan, signal)).toEqual([
    {
      object: 'Deployment healed in namespace default',
      place: expect.stringMatching(/^deployments default healed\/spec\/template/),
      field: 'containers[web].image',
      verified: 'registry.example/web:2',
      now: 'registry.example/web:1',
      by: { manager: 'argocd-controller', at: expect.any(String) },
      isBack: true,
    },
  ]);
});

test('another image is no undoing', async () => {
  simulated.apply(web('other'));
  const plan = await applied(setImage('other'));
  await patch('other', 'kubectl-set', image('3'));
  expect(await cluster.drifted(plan, signal)).toMatchObject([
    { now: 'registry.example/web:3', by: { manager: 'kubectl-set' }, isBack: false },
  ]);
});

test('replicas through the scale door say so', async () => {
  simulated.apply(web('scaled'));
  const plan = await applied({ verb: 'scale', target: target('scaled'), replicas: 3 });
  await patch('scaled', 'kube-controller-manager', { spec: { replicas: 6 } }, '/scale');
  expect(await cluster.drifted(plan, signal)).toMatchObject([
    {
      field: 'spec.replicas',
      verified: '3',
      now: '6',
      by: { manager: 'kube-controller-manager', subresource: 'scale' },
    },
  ]);
});

test('the values of variables of others are not told', async () => {
  simulated.apply(web('env'));
  const plan = await applied({
    verb: 'set env',
    target: target('env'),
    set: [{ name: 'A', value: '2' }],
    remove: [],
  });
  await patch('env', 'kubectl-edit', {
    spec: { template: { spec: { containers: [{ name: 'web', env: [{ name: 'A', value: 'hunter2' }] }] } } },
  });
  const drifted = await cluster.drifted(plan, signal);
  expect(drifted).toMatchObject([{ by: { manager: 'kubectl-edit' } }]);
  expect(JSON.stringify(drifted)).not.toContain('hunter2');
});

test('an object that is gone, or another one of its name', async () => {
  simulated.apply(web('gone'));
  const plan = await applied(setImage('gone'));
  const url = `${simulated.url}/apis/apps/v1/namespaces/${namespace}/deployments/gone`;
  await fetch(url, { method: 'DELETE' });
  expect(await cluster.drifted(plan, signal)).toMatchObject([{ now: 'deleted' }]);
  const made = await fetch(`${url.replace(/\/gone$/, '')}?fieldManager=argocd-controller`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(web('gone')),
  });
  expect(made.status).toBe(201);
  expect(await cluster.drifted(plan, signal)).toMatchObject([
    {
      field: 'the object itself',
      now: 'deleted and made anew',
      by: { manager: 'argocd-controller' },
      uid: expect.any(String),
    },
  ]);
});
