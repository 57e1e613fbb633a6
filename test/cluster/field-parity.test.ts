import { afterAll, describe, inject, test } from 'vitest';
import { z } from 'zod';
import { printAction } from '../../src/actions/print.ts';
import { connectFromKubeconfig } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { type Action, action as actionSchema } from '../../src/domain/action.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { createStage } from '../contract/cluster-world.ts';
import { autoscaler, daemonSet, deployment, statefulSet } from '../contract/manifests.ts';
import { silentLog } from '../fixtures/log.ts';
import { unhurried } from '../support/unhurried.ts';
import { kubectl } from './oracle.ts';

const connection = await connectFromKubeconfig({ kubeconfig: inject('controlPlane').kubeconfigPath });
const cluster = createCluster({ name: 'real', connection, log: silentLog, ...unhurried });
afterAll(() => connection.close());
const stage = createStage(() => ({ cluster, connection, teardown: () => connection.close() }));

const pod = {
  metadata: { labels: { app: 'web' } },
  spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: 'web:1' }] },
};
const job: JsonObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'web' },
  spec: { suspend: true, template: pod },
};
const cronJob: JsonObject = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'web' },
  spec: { schedule: '0 3 * * *', suspend: true, jobTemplate: { spec: { template: pod } } },
};
const barePod: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: pod.spec };
const containers = (fields: JsonObject): JsonObject => ({
  template: {
    metadata: { labels: { app: 'web' } },
    spec: {
      containers: [
        { name: 'app', image: 'web:1', ...fields },
        { name: 'proxy', image: 'proxy:1' },
      ],
      initContainers: [{ name: 'init', image: 'init:1' }],
    },
  },
});
const env = [
  { name: 'LEVEL', value: 'info' },
  { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  { name: 'GONE', value: 'x' },
];
const resources = { limits: { cpu: '500m', memory: '128Mi' }, requests: { cpu: '100m' } };
const scaled = { minReplicas: 1, maxReplicas: 4 };

/** What is done to the object `web` of a namespace, as we say it; kubectl gets the command that we print. */
interface Case {
  readonly name: string;
  readonly objects: readonly JsonObject[];
  readonly action: object;
  /** The object that is compared; the target if absent. */
  readonly compared?: string;
}

const texts = {
  set: [
    { key: 'tier', value: 'back' },
    { key: 'example.com/team', value: 'shop' },
  ],
  remove: ['gone'],
};
const before = { tier: 'front', gone: 'x', kept: 'y' };
const labelled = (object: JsonObject): JsonObject => ({
  ...object,
  metadata: { name: 'web', labels: before, annotations: before },
});
const manifests: Readonly<Record<string, JsonObject>> = {
  Deployment: deployment(),
  StatefulSet: statefulSet(),
  DaemonSet: daemonSet(),
  Pod: barePod,
  Job: job,
  CronJob: cronJob,
};
const workloads = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
const templated = { Deployment: deployment, StatefulSet: statefulSet, DaemonSet: daemonSet } as const;

const cases: Case[] = [
  ...Object.entries(manifests).flatMap(([kind, manifest]) =>
    (['label', 'annotate'] as const).map((verb) => ({
      name: `${verb} of a ${kind}`,
      objects: [labelled(manifest)],
      action: { verb, target: { kind }, ...texts, overwrite: true },
    })),
  ),
  {
    name: 'label where there are none',
    objects: [deployment()],
    action: { verb: 'label', target: { kind: 'Deployment' }, set: texts.set, remove: [], overwrite: false },
  },
  ...workloads.flatMap((kind) => [
    {
      name: `set env of all containers of a ${kind}`,
      objects: [templated[kind]({ spec: containers({ env }) })],
      action: {
        verb: 'set env',
        target: { kind },
        set: [
          { name: 'LEVEL', value: 'debug' },
          { name: 'POD', value: 'literal' },
          { name: 'EMPTY', value: '' },
          { name: 'QUOTED', value: 'two words = one "value"' },
        ],
        remove: ['GONE'],
      },
    },
    {
      name: `set env of one container of a ${kind}`,
      objects: [templated[kind]({ spec: containers({ env }) })],
      action: {
        verb: 'set env',
        target: { kind },
        set: [{ name: 'NEW', value: '1' }],
        remove: [],
        containers: ['proxy'],
      },
    },
    {
      name: `set resources of a ${kind}`,
      objects: [templated[kind]({ spec: containers({ resources }) })],
      action: {
        verb: 'set resources',
        target: { kind },
        limits: { cpu: '1.5', memory: '0.5Gi' },
        requests: { memory: '65536Ki' },
        containers: ['app'],
      },
    },
    {
      name: `set resources to zero of a ${kind}`,
      objects: [templated[kind]({ spec: containers({ resources }) })],
      action: {
        verb: 'set resources',
        target: { kind },
        limits: { cpu: '0' },
        requests: { cpu: '0' },
        containers: ['app'],
      },
    },
    {
      name: `set resources of all containers of a ${kind}`,
      objects: [templated[kind]({ spec: containers({}) })],
      action: { verb: 'set resources', target: { kind }, limits: { cpu: '200m' }, requests: {} },
    },
  ]),
  {
    name: 'autoscale a Deployment',
    objects: [deployment()],
    action: { verb: 'autoscale', target: { kind: 'Deployment' }, min: 2, max: 5, cpu: 60 },
    compared: 'hpa/web',
  },
  {
    name: 'autoscale a StatefulSet with nothing but a maximum',
    objects: [statefulSet()],
    action: { verb: 'autoscale', target: { kind: 'StatefulSet' }, max: 5 },
    compared: 'hpa/web',
  },
  ...(
    [
      ['Deployment', { 'spec.strategy.rollingUpdate.maxSurge': '50%', 'spec.minReadySeconds': 3 }],
      ['StatefulSet', { 'spec.updateStrategy.rollingUpdate.partition': 1, 'spec.revisionHistoryLimit': 3 }],
      ['DaemonSet', { 'spec.updateStrategy.rollingUpdate.maxUnavailable': '50%' }],
      ['CronJob', { 'spec.concurrencyPolicy': 'Forbid', 'spec.startingDeadlineSeconds': 60 }],
      ['Job', { 'spec.parallelism': 3, 'spec.backoffLimit': 2, 'spec.ttlSecondsAfterFinished': 600 }],
    ] as const
  ).map(([kind, values]) => ({
    name: `patch of a ${kind}`,
    objects: [manifests[kind] ?? {}],
    action: {
      verb: 'patch',
      target: { kind },
      fields: Object.entries(values).map(([path, value]) => ({ path, value })),
    },
  })),
  {
    name: 'patch of a HorizontalPodAutoscaler',
    objects: [deployment(), autoscaler('web', scaled)],
    action: {
      verb: 'patch',
      target: { kind: 'HorizontalPodAutoscaler' },
      fields: [{ path: 'spec.maxReplicas', value: 7 }],
    },
  },
];

const target = z.looseObject({ target: z.looseObject({ kind: z.string() }) });

function actionIn(namespace: string, partial: object): Action {
  const { target: place, ...rest } = target.parse(partial);
  return actionSchema.parse({ ...rest, target: { ...place, namespace, name: 'web' } });
}

const live = z.object({
  metadata: z.object({
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.looseObject({ nodeName: z.unknown().optional(), tolerations: z.unknown().optional() }),
});

/** What people write in an object: without the server's own metadata, what controllers note, and where a pod landed. */
async function written(object: string, namespace: string) {
  const { metadata, spec } = live.parse(
    JSON.parse(await kubectl(['get', object, '-n', namespace, '-o', 'json'])),
  );
  const {
    'topology.kubernetes.io/zone': _zone,
    'topology.kubernetes.io/region': _region,
    ...labels
  } = metadata.labels ?? {};
  const { nodeName: _node, tolerations: _tolerations, ...wanted } = spec;
  const {
    'deployment.kubernetes.io/revision': _revision,
    'deprecated.daemonset.template.generation': _generation,
    ...annotations
  } = metadata.annotations ?? {};
  return JSON.parse(
    JSON.stringify({ labels, annotations, spec: wanted }).replaceAll(namespace, 'here'),
    (key, value) =>
      key === 'controller-uid' || key === 'batch.kubernetes.io/controller-uid' ? 'uid' : value,
  );
}

describe.concurrent('beside the real kubectl', () => {
  test.for(cases)('$name leaves the same object', async ({ objects, action, compared }, { expect }) => {
    const [theirs, ours] = [await stage.namespace(...objects), await stage.namespace(...objects)];
    const command = printAction(actionIn(theirs, action));
    await kubectl(words(command));
    const own = actionIn(ours, action);
    const plan = await stage.plan(own);
    expect(await stage.apply(plan)).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
    const object = compared ?? `${own.target.kind.toLowerCase()}/web`;
    expect(await written(object, ours)).toEqual(await written(object, theirs));
  });
});

/** The words of a printed command, as a shell would part them; `kubectl` itself left out. */
function words(command: string): string[] {
  const found = command.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g);
  return [...found].map(([, single, double, bare]) => single ?? double ?? bare ?? '').slice(1);
}
