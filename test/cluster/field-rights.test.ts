import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connectFromKubeconfig } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { Action } from '../../src/domain/action.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { type ClusterWorld, createStage, type Stage } from '../contract/cluster-world.ts';
import { barePod, daemonSet, deployment, statefulSet } from '../contract/manifests.ts';
import { ownNodes } from '../contract/own-nodes.ts';
import { silentLog } from '../fixtures/log.ts';
import { hangGuard } from '../support/hang-guard.ts';
import { unfenced } from '../support/unfenced.ts';
import { unhurried } from '../support/unhurried.ts';
import { writeKubeconfig } from './credentials.ts';
import { applyShared, kubectl } from './oracle.ts';

const deploy = resolve(import.meta.dirname, '../../deploy');
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
  statefulSet(),
  daemonSet(),
  barePod('web'),
  batch('Job', { template }),
  batch('CronJob', { schedule: '0 3 * * *', jobTemplate: { spec: { template } } }),
];

/** The service account of deploy/base/rbac.yaml, with its own token, bound to one namespace. */
beforeAll(async () => {
  await applyShared(`${deploy}/base/rbac.yaml`, `${deploy}/base/admission-policy.yaml`);
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

const at = <K extends string>(kind: K, name = 'web') => ({ kind, namespace, name });
async function podOfWeb(): Promise<string> {
  const names = await kubectl(['get', 'pods', '-n', namespace, '-l', 'app=web', '-o', 'name']);
  const found = names
    .split('\n')
    .find((name) => name.startsWith('pod/web-') && name.length > 'pod/web-0'.length);
  if (found === undefined) throw new Error(`no pod of Deployment/web among ${names}`);
  return found.replace('pod/', '');
}

/** Pods that run on nodes of one's own. */
const guestOf = (spec: JsonObject): JsonObject => ({
  template: {
    metadata: { labels: { app: 'guest' } },
    spec: { ...spec, terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image: 'web:1' }] },
  },
});

const texts = { set: [{ key: 'tier', value: 'front' }], remove: [], overwrite: false };

describe('the rights of deploy/base/rbac.yaml, within deploy/base/admission-policy.yaml, are enough', () => {
  test.each<[string, () => Action | Promise<Action>]>([
    ['restart', () => ({ verb: 'rollout restart', target: at('Deployment') })],
    ['restart a StatefulSet', () => ({ verb: 'rollout restart', target: at('StatefulSet') })],
    ['restart a DaemonSet', () => ({ verb: 'rollout restart', target: at('DaemonSet') })],
    [
      'set an image',
      () => ({
        verb: 'set image',
        target: at('Deployment'),
        images: [{ container: 'app', image: 'web:2' }],
      }),
    ],
    [
      'set resources',
      () => ({ verb: 'set resources', target: at('Deployment'), limits: { cpu: '2' }, requests: {} }),
    ],
    ['pause', () => ({ verb: 'rollout pause', target: at('Deployment') })],
    ['resume', () => ({ verb: 'rollout resume', target: at('Deployment') })],
    ['undo', () => ({ verb: 'rollout undo', target: at('Deployment') })],
    [
      'set an image of a StatefulSet',
      () => ({
        verb: 'set image',
        target: at('StatefulSet'),
        images: [{ container: 'app', image: 'web:2' }],
      }),
    ],
    ['undo a StatefulSet', () => ({ verb: 'rollout undo', target: at('StatefulSet') })],
    ['scale', () => ({ verb: 'scale', target: at('Deployment'), replicas: 3 })],
    ['scale a StatefulSet', () => ({ verb: 'scale', target: at('StatefulSet'), replicas: 1 })],
    ['label a Deployment', () => ({ verb: 'label', target: at('Deployment'), ...texts })],
    [
      'patch a Deployment',
      () => ({
        verb: 'patch',
        target: at('Deployment'),
        fields: [
          { path: 'spec.minReadySeconds', value: 1 },
          { path: 'spec.progressDeadlineSeconds', value: 700 },
          { path: 'spec.revisionHistoryLimit', value: 9 },
          { path: 'spec.strategy.rollingUpdate.maxSurge', value: 1 },
        ],
      }),
    ],
    [
      'patch a StatefulSet',
      () => ({
        verb: 'patch',
        target: at('StatefulSet'),
        fields: [{ path: 'spec.updateStrategy.rollingUpdate.partition', value: 1 }],
      }),
    ],
    [
      'patch a CronJob',
      () => ({
        verb: 'patch',
        target: at('CronJob'),
        fields: [{ path: 'spec.concurrencyPolicy', value: 'Forbid' }],
      }),
    ],
    ['resume a CronJob', () => ({ verb: 'resume', target: at('CronJob') })],
    ['suspend a CronJob', () => ({ verb: 'suspend', target: at('CronJob') })],
    ['run a CronJob now', () => ({ verb: 'create job', target: at('CronJob'), job: 'by-hand' })],
    ['delete a Job', () => ({ verb: 'delete job', target: at('Job', 'by-hand') })],
    ['delete a pod', async () => ({ verb: 'delete pod', target: at('Pod', await podOfWeb()) })],
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
  ])('to %s', async (_name, choose) => {
    const action = await choose();
    expect((await stage.facts(action)).unknown).toEqual([]);
    const plan = await stage.plan(action);
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

  test('and with the role for nodes to close, taint, drain and open one', async () => {
    const role = ['clusterrolebinding', 'firebreak-nodes'];
    const account = '--serviceaccount=firebreak:firebreak';
    await kubectl(['create', ...role, '--clusterrole=firebreak-nodes', account]);
    try {
      await nodeActions();
    } finally {
      await kubectl(['delete', ...role]);
    }
  });

  async function nodeActions(): Promise<void> {
    const nodes = ownNodes(stage.rest);
    const name = await nodes.add();
    await stage.create(namespace, deployment({ name: 'guest', replicas: 1, spec: guestOf(nodes.spec) }));
    await stage.settled({ kind: 'Deployment', namespace, name: 'guest' });
    const target = { kind: 'Node', name } as const;
    const flags = { ignoreDaemonSets: true, deleteEmptyDirData: false, force: true };
    const dedicated = { key: 'dedicated', value: 'web', effect: 'NoSchedule' } as const;
    const actions: readonly Action[] = [
      { verb: 'taint', target, add: [dedicated], remove: [], overwrite: false },
      { verb: 'taint', target, add: [], remove: [{ key: 'dedicated' }], overwrite: false },
      // Last of the taints: the control plane sets one of its own for a node that is closed.
      { verb: 'cordon', target },
      { verb: 'drain', target, ...flags },
      { verb: 'uncordon', target },
      { verb: 'label', target, ...texts },
      { verb: 'annotate', target, ...texts },
    ];
    for (const action of actions) {
      const { calls, fieldManager } = await stage.plan(action);
      for (const call of calls) {
        const answer = await world.cluster.apply(
          call,
          fieldManager,
          AbortSignal.timeout(hangGuard),
          unfenced,
        );
        expect({ verb: action.verb, answer }).toMatchObject({ answer: { kind: 'applied' } });
      }
    }
  }
});
