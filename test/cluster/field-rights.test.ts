import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connectFromKubeconfig } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { Action } from '../../src/domain/action.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { type ClusterWorld, createStage, type Stage } from '../contract/cluster-world.ts';
import { barePod, deployment } from '../contract/manifests.ts';
import { silentLog } from '../fixtures/log.ts';
import { hangGuard } from '../support/hang-guard.ts';
import { unhurried } from '../support/unhurried.ts';
import { writeKubeconfig } from './credentials.ts';
import { kubectl } from './oracle.ts';

const rbac = resolve(import.meta.dirname, '../../deploy/rbac.yaml');
let folder: string;
let world: ClusterWorld;
let stage: Stage;
let namespace: string;

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: 'web:1' }] } };
const batch = (kind: string, spec: JsonObject): JsonObject => ({
  apiVersion: 'batch/v1',
  kind,
  metadata: { name: 'web' },
  spec: { suspend: true, ...spec },
});
const objects = [
  deployment(),
  barePod('web'),
  batch('Job', { template }),
  batch('CronJob', { schedule: '0 3 * * *', jobTemplate: { spec: { template } } }),
];

/** The service account of deploy/rbac.yaml, with its own token, bound to one namespace. */
beforeAll(async () => {
  await kubectl(['apply', '-f', rbac]);
  const { kubeconfigPath: administrator, url, ca } = inject('controlPlane');
  const connection = await connectFromKubeconfig({ kubeconfig: administrator });
  folder = await mkdtemp(join(tmpdir(), 'firebreak-token-'));
  const kubeconfigPath = join(folder, 'kubeconfig.json');
  const token = (await kubectl(['create', 'token', 'firebreak', '-n', 'firebreak'])).trim();
  writeKubeconfig({ name: 'firebreak', token, kubeconfigPath }, { url, ca });
  const own = await connectFromKubeconfig({ kubeconfig: kubeconfigPath });
  const cluster = createCluster({ name: 'real', connection: own, log: silentLog, ...unhurried });
  world = {
    cluster,
    connection,
    teardown: async () => {
      await Promise.all([connection.close(), own.close()]);
    },
  };
  stage = createStage(() => world);
  namespace = await stage.namespace(...objects);
  const binding = ['firebreak', '-n', namespace, '--clusterrole=firebreak-act'];
  await kubectl(['create', 'rolebinding', ...binding, '--serviceaccount=firebreak:firebreak']);
});

afterAll(async () => {
  await world?.teardown();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

const at = <K extends string>(kind: K) => ({ kind, namespace, name: 'web' });
const texts = { set: [{ key: 'tier', value: 'front' }], remove: [], overwrite: false };

describe('the rights of deploy/rbac.yaml are enough', () => {
  test.each<[string, () => Action]>([
    ['label a pod', () => ({ verb: 'label', target: at('Pod'), ...texts })],
    ['annotate a Job', () => ({ verb: 'annotate', target: at('Job'), ...texts })],
    ['label a CronJob', () => ({ verb: 'label', target: at('CronJob'), ...texts })],
    [
      'patch a Job',
      () => ({ verb: 'patch', target: at('Job'), fields: [{ path: 'spec.backoffLimit', value: 2 }] }),
    ],
    [
      'set a variable',
      () => ({ verb: 'set env', target: at('Deployment'), set: [{ name: 'A', value: 'b' }], remove: [] }),
    ],
    ['make an autoscaler', () => ({ verb: 'autoscale', target: at('Deployment'), min: 2, max: 4 })],
    ['change an autoscaler', () => ({ verb: 'autoscale', target: at('Deployment'), max: 5 })],
  ])('to %s', async (_name, action) => {
    expect((await stage.facts(action())).unknown).toEqual([]);
    const plan = await stage.plan(action());
    expect(await stage.apply(plan)).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
    const ref = plan.calls[0]?.ref;
    if (ref?.resource !== 'horizontalpodautoscalers') return;
    const seen = await world.cluster.observe(
      at('HorizontalPodAutoscaler'),
      AbortSignal.timeout(hangGuard),
      plan,
    );
    expect(seen).toMatchObject({ kind: 'autoscaler', min: 2 });
  });

  test('but not to label a node, which is a decision of its own', async () => {
    const name = (await kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}'])).trim();
    const plan = await stage.plan({ verb: 'label', target: { kind: 'Node', name }, ...texts });
    expect(await stage.apply(plan)).toEqual({
      kind: 'refused',
      reason: 'Firebreak may not patch nodes (RBAC).',
    });
  });
});
