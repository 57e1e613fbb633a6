import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { createCluster, type KubernetesCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import type { Action } from '../../../src/domain/action.ts';
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
const template = (app: string) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'web', image: 'registry.example/web:1' }] },
});
const namespace = 'default';

interface Case {
  readonly name: string;
  readonly resource: 'deployments' | 'cronjobs';
  readonly action: (name: string) => Action;
  /** A merge patch that takes back what the action did. */
  readonly back: JsonObject;
}

const deployment = (name: string) => ({ kind: 'Deployment', namespace, name }) as const;
const cases: Case[] = [
  {
    name: 'scale',
    resource: 'deployments',
    action: (name) => ({ verb: 'scale', target: deployment(name), replicas: 3 }),
    back: { spec: { replicas: 2 } },
  },
  {
    name: 'set-image',
    resource: 'deployments',
    action: (name) => ({
      verb: 'set image',
      target: deployment(name),
      images: [{ container: 'web', image: 'registry.example/web:2' }],
    }),
    back: { spec: { template: template('set-image') } },
  },
  {
    name: 'pause',
    resource: 'deployments',
    action: (name) => ({ verb: 'rollout pause', target: deployment(name) }),
    back: { spec: { paused: null } },
  },
  {
    name: 'suspend',
    resource: 'cronjobs',
    action: (name) => ({ verb: 'suspend', target: { kind: 'CronJob', namespace, name } }),
    back: { spec: { suspend: false } },
  },
];

function objectFor({ name, resource }: Case): JsonObject {
  if (resource === 'deployments')
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: template(name) },
    };
  const pod = { spec: { ...template(name).spec, restartPolicy: 'Never' } };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace },
    spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: pod } } },
  };
}

const groups = { deployments: 'apps/v1', cronjobs: 'batch/v1' } as const;

async function putBack({ name, resource, back }: Case): Promise<void> {
  const url = `${simulated.url}/apis/${groups[resource]}/namespaces/${namespace}/${resource}/${name}`;
  const headers = { 'content-type': 'application/merge-patch+json' };
  const answer = await fetch(url, { method: 'PATCH', headers, body: JSON.stringify(back) });
  expect(answer.status).toBe(200);
}

test.each(cases)('$name that was carried out and taken back is not carried out again', async (each) => {
  simulated.apply(objectFor(each));
  const action = each.action(each.name);
  const [seen] = await cluster.gather([action], signal);
  if (seen?.kind !== 'facts') throw new Error('it is not there');
  const { facts, snapshot } = seen;
  const input = { action, facts, snapshot: snapshot.object, remediationId: randomUUID(), stamp: noon };
  const planned = planExecution(input);
  if (planned.kind === 'refused') throw new Error(planned.reason);
  const [call] = planned.plan.calls;
  if (call === undefined) throw new Error('a plan without a call');
  const send = () => cluster.apply(call, planned.plan.fieldManager, signal, unfenced);
  expect(await send()).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
  expect(await send()).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
  await putBack(each);
  expect(await send()).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('has changed since this was planned'),
  });
});
