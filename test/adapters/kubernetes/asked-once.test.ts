import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { createCluster, type KubernetesCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import type { Action } from '../../../src/domain/action.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../../src/simulator/cluster.ts';
import { deployment, namespace } from '../../../src/simulator/workloads.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import { noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { unfenced } from '../../support/unfenced.ts';
import { unhurried } from '../../support/unhurried.ts';

let simulated: SimulatedCluster;
let cluster: KubernetesCluster;
const lines: string[] = [];
const signal = new AbortController().signal;

/** What was asked about the workload itself since the last time. */
const about = (name: string) => lines.splice(0).filter((line) => line.endsWith(`/deployments/${name}`));

const targetOf = (name: string) => ({ kind: 'Deployment', namespace: 'shop', name }) as const;
const get = (name: string) => `GET /apis/apps/v1/namespaces/shop/deployments/${name}`;

beforeAll(async () => {
  simulated = await createSimulatedCluster({
    onRequest: ({ method, path }) => lines.push(`${method} ${path}`),
  });
  cluster = createCluster({
    ...{ name: 'test', connection: plainConnection(simulated.url), log: silentLog },
    ...unhurried,
  });
  simulated.apply(namespace('shop'));
});
afterAll(async () => {
  await cluster.close();
  await simulated.stop();
});

/** The restart of a workload of its own, as the gate plans it. */
async function planned(name: string) {
  simulated.apply(deployment({ name, namespace: 'shop', image: 'registry.example/web:1', replicas: 1 }));
  const action: Action = { verb: 'rollout restart', target: targetOf(name) };
  const [seen] = await cluster.gather([action], signal);
  if (seen?.kind !== 'facts') throw new Error('it is not there');
  const { facts, snapshot } = seen;
  const input = { action, facts, snapshot: snapshot.object, remediationId: randomUUID(), stamp: noon };
  const made = planExecution(input);
  const [call] = made.kind === 'refused' ? [] : made.plan.calls;
  if (made.kind === 'refused' || call === undefined) throw new Error('there is no call');
  lines.splice(0);
  const { fieldManager } = made.plan;
  return { plan: made.plan, send: () => cluster.apply(call, fieldManager, signal, unfenced) };
}

test('a look after a change reads the object once', async () => {
  const { send, plan } = await planned('after');
  await send();
  lines.splice(0);
  expect(await cluster.observe(targetOf('after'), signal, plan)).toMatchObject({ kind: 'workload' });
  expect(about('after')).toEqual([get('after')]);
});

test('what is told of an object beside a look at it is read with that', async () => {
  await planned('told');
  const action: Action = { verb: 'rollout restart', target: targetOf('told') };
  const looking = cluster.gather([action], signal, 'shared');
  const { pods } = await cluster.evidence(targetOf('told'), signal);
  await looking;
  expect(pods).toHaveLength(1);
  // Once, but on a machine that stands still for a second between them.
  expect(about('told').length).toBeLessThan(3);
});
