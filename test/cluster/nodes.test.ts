import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, inject, test } from 'vitest';
import { z } from 'zod';
import { printAction } from '../../src/actions/print.ts';
import { connectFromKubeconfig } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { Action, ActionOf } from '../../src/domain/action.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import type { Tier } from '../../src/domain/tier.ts';
import { evaluate } from '../../src/stages/evaluate/evaluate.ts';
import { createStage } from '../contract/cluster-world.ts';
import { daemonSet, deployment, disruptionBudget, ingress, service } from '../contract/manifests.ts';
import { carryOut, type OwnNodes, ownNodes } from '../contract/own-nodes.ts';
import { until } from '../contract/rest.ts';
import { drainNode, noon, specId, taintNode } from '../fixtures/facts.ts';
import { silentLog } from '../fixtures/log.ts';
import { hangGuard } from '../support/hang-guard.ts';
import { unhurried } from '../support/unhurried.ts';
import { writeKubeconfig } from './credentials.ts';
import { applyShared, freshNamespace, kubectl, kubectlAs } from './oracle.ts';

const rbac = resolve(import.meta.dirname, '../../deploy/base/rbac.yaml');
const connection = await connectFromKubeconfig({ kubeconfig: inject('controlPlane').kubeconfigPath });
const cluster = createCluster({ name: 'real', connection, log: silentLog, ...unhurried });
afterAll(() => connection.close());
const stage = createStage(() => ({ cluster, connection, teardown: () => connection.close() }));

const on = ({ spec }: OwnNodes, name: string, more: JsonObject = {}): JsonObject => ({
  template: {
    metadata: { labels: { app: name } },
    spec: { ...spec, containers: [{ name: 'app', image: 'web:1' }], ...more },
  },
});
const workload = (nodes: OwnNodes, name: string, replicas: number, more: JsonObject = {}) =>
  deployment({ name, replicas, spec: on(nodes, name, more) });
const scratch = { volumes: [{ name: 'scratch', emptyDir: {} }] };

/** A pod without a controller. Its owner alone would bring it back. */
const lonely = ({ spec }: OwnNodes): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'lonely' },
  spec: { ...spec, containers: [{ name: 'app', image: 'web:1' }] },
});

const pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        namespace: z.string(),
        name: z.string(),
        ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
      }),
      status: z.object({ phase: z.string() }),
    }),
  ),
});

/** What stands on a node, by owner: names of pods are by chance. */
async function tenantsOf(node: string): Promise<string[]> {
  const printed = await kubectl([
    'get',
    'pods',
    '-A',
    `--field-selector=spec.nodeName=${node}`,
    '-o',
    'json',
  ]);
  return pods
    .parse(JSON.parse(printed))
    .items.map(({ metadata: { ownerReferences, name } }) => ownerReferences[0]?.kind ?? name)
    .toSorted();
}

/** One node with one of everything on it; resolves when all of it runs. */
async function furnished(): Promise<{ name: string; nodes: OwnNodes; namespace: string }> {
  const nodes = ownNodes(stage.rest);
  const name = await nodes.add();
  const namespace = await stage.namespace(
    workload(nodes, 'web', 2),
    workload(nodes, 'cache', 1, scratch),
    daemonSet({ name: 'agent', spec: on(nodes, 'agent') }),
    lonely(nodes),
  );
  await until(
    () => tenantsOf(name),
    (found) => found.length === 5,
  );
  for (const each of ['web', 'cache']) await stage.settled({ kind: 'Deployment', namespace, name: each });
  await until(
    () => cluster.observe({ kind: 'Pod', namespace, name: 'lonely' }, AbortSignal.timeout(hangGuard)),
    (seen) => seen.kind === 'pod' && seen.pod.ready,
  );
  return { name, nodes, namespace };
}

/** kubectl prints the object in a form that it takes itself, but for the kind: `kubectl taint nodes NAME`. */
const typed = (action: Action): string[] =>
  printAction(action)
    .split(' ')
    .slice(1)
    .flatMap((word) => (word.startsWith('node/') ? ['nodes', word.slice('node/'.length)] : [word]));

describe.concurrent('beside the real kubectl', () => {
  const flags = [
    { ignoreDaemonSets: false, deleteEmptyDirData: true, force: true },
    { ignoreDaemonSets: true, deleteEmptyDirData: false, force: true },
    { ignoreDaemonSets: true, deleteEmptyDirData: true, force: false },
    { ignoreDaemonSets: true, deleteEmptyDirData: true, force: true },
  ] as const;

  test.for(flags)(
    'a drain with %o is refused or leaves the node as kubectl does',
    async (given, { expect }) => {
      const [theirs, ours] = await Promise.all([furnished(), furnished()]);
      await Promise.all([theirs.nodes.add(), ours.nodes.add()]);
      const action = drainNode({ target: { kind: 'Node', name: ours.name }, ...given });
      const spec = evaluate({
        ...{ id: specId, now: noon, action, policy: policy.parse({ version: 1 }) },
        facts: await stage.facts(action),
      });
      const command = typed({ ...action, target: { kind: 'Node', name: theirs.name } });
      const { code, stderr } = await kubectlAs('admin', [...command, '--timeout=300s']);
      expect(spec.tier === 'blocked', `${spec.blockedReason} / ${stderr}`).toBe(code !== 0);
      if (code !== 0) return;

      const { answers } = await carryOut(stage, await stage.plan(action));
      expect(answers.map(({ kind }) => kind)).toEqual(answers.map(() => 'applied'));
      await until(
        () => tenantsOf(ours.name),
        (found) => found.length === 1,
      );
      expect(await tenantsOf(ours.name)).toEqual(await tenantsOf(theirs.name));
      const { unschedulable } = await ours.nodes.read(ours.name);
      expect(unschedulable).toBe((await theirs.nodes.read(theirs.name)).unschedulable);
    },
  );

  test('taints are listed as kubectl lists them, step by step', async ({ expect }) => {
    const nodes = ownNodes(stage.rest);
    const [theirs, ours] = [await nodes.add(), await nodes.add()];
    const steps: Partial<ActionOf<'taint'>>[] = [
      { add: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] },
      {
        add: [
          { key: 'a', effect: 'NoExecute' },
          { key: 'a', value: '1', effect: 'PreferNoSchedule' },
        ],
      },
      { add: [{ key: 'dedicated', value: 'cpu', effect: 'NoSchedule' }], overwrite: true },
      { add: [{ key: 'b', effect: 'NoSchedule' }], remove: [{ key: 'dedicated', effect: 'NoSchedule' }] },
      { remove: [{ key: 'a' }] },
      { remove: [{ key: 'b', effect: 'NoSchedule' }] },
    ];
    for (const step of steps) {
      const action = taintNode({ target: { kind: 'Node', name: ours }, ...step });
      await kubectl(typed({ ...action, target: { kind: 'Node', name: theirs } }));
      expect(await stage.apply(await stage.plan(action))).toMatchObject({ kind: 'applied' });
      expect(await nodes.taints(ours), printAction(action)).toEqual(await nodes.taints(theirs));
    }
  });
});

interface Setup {
  readonly name: string;
  readonly objects: (nodes: OwnNodes, node: string) => readonly JsonObject[];
  /** How many pods of the node must be ready before it is judged. */
  readonly pods: number;
  readonly flags?: Partial<ActionOf<'drain'>>;
  readonly tier: Tier;
  /** How one of its sentences begins. */
  readonly says: string;
}

const setups: readonly Setup[] = [
  {
    name: 'nobody but a DaemonSet',
    objects: (nodes) => [daemonSet({ name: 'agent', spec: on(nodes, 'agent') })],
    pods: 1,
    ...{ tier: 'human', says: 'Rollback: Uncordon Node/' },
  },
  {
    name: 'all of a workload at once',
    objects: (nodes) => [workload(nodes, 'web', 3)],
    pods: 3,
    ...{
      tier: 'dual',
      says: '1 workload has no ready pod left until another is ready elsewhere: Deployment/web',
    },
  },
  {
    name: 'all of a workload, one at a time',
    objects: (nodes) => [workload(nodes, 'web', 3), disruptionBudget('web', { maxUnavailable: 1 })],
    pods: 3,
    ...{ tier: 'human', says: 'PodDisruptionBudget/web in ' },
  },
  {
    name: 'a budget that is spent until another pod is ready',
    objects: (nodes) => [
      workload(nodes, 'web', 2),
      workload(nodes, 'slow', 1, { containers: [{ name: 'app', image: 'web:never-ready' }] }),
      {
        ...disruptionBudget('both', {}),
        spec: {
          minAvailable: 2,
          selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'slow'] }] },
        },
      },
    ],
    pods: 2,
    ...{ tier: 'human', says: 'PodDisruptionBudget/both in ' },
  },
  {
    name: 'behind an Ingress',
    objects: (nodes) => [workload(nodes, 'web', 2), service('web'), ingress('web', 'shop.example')],
    pods: 2,
    ...{ tier: 'dual', says: 'Users outside see it: 1 entry point (shop.example)' },
  },
  {
    name: 'a budget that never allows an eviction',
    objects: (nodes) => [workload(nodes, 'web', 2), disruptionBudget('web', { minAvailable: '100%' })],
    pods: 2,
    ...{ tier: 'blocked', says: 'PodDisruptionBudget/web in ' },
  },
  {
    name: 'two budgets',
    objects: (nodes) => [
      workload(nodes, 'web', 2),
      disruptionBudget('web', { maxUnavailable: 1 }),
      { ...disruptionBudget('web', { maxUnavailable: 1 }), metadata: { name: 'second' } },
    ],
    pods: 2,
    ...{ tier: 'blocked', says: 'Pod/web-' },
  },
  {
    name: 'a bare pod',
    objects: (nodes) => [lonely(nodes)],
    pods: 1,
    ...{ tier: 'blocked', says: 'Pod/lonely in ' },
  },
  {
    name: 'a bare pod, by force',
    objects: (nodes) => [lonely(nodes)],
    pods: 1,
    flags: { force: true },
    ...{ tier: 'dual', says: 'Nothing brings Pod/lonely in ' },
  },
  {
    name: 'pods that fit nowhere else',
    objects: (nodes, node) => [
      workload(nodes, 'web', 1, { nodeSelector: { 'kubernetes.io/hostname': node } }),
    ],
    pods: 1,
    ...{ tier: 'dual', says: '1 pod would find no place on another node: Pod/web-' },
  },
];

describe.concurrent('a node on a real control plane', () => {
  test.for(setups)('$tier: $name', async ({ objects, pods: wanted, flags, tier, says }, { expect }) => {
    const nodes = ownNodes(stage.rest);
    const name = await nodes.add();
    await stage.namespace(...objects(nodes, name));
    const action = drainNode({ target: { kind: 'Node', name }, ...flags });
    const facts = await until(
      () => stage.facts(action),
      ({ subject }) =>
        subject.kind === 'node' && (subject.tenants ?? []).filter(({ ready }) => ready).length === wanted,
    );
    await nodes.add();
    const spec = await until(
      async () =>
        evaluate({
          ...{ id: specId, now: noon, action, policy: policy.parse({ version: 1 }) },
          facts: await stage.facts(action),
        }),
      ({ tier: found, lineItems }) =>
        found === tier && lineItems.some(({ sentence }) => sentence.startsWith(says)),
    );
    expect(facts.unknown).toEqual([]);
    expect(spec.lineItems.filter(({ source }) => source === '')).toEqual([]);
  });
});

/** The adapter as an account of its own with these roles of deploy/base/rbac.yaml in the whole cluster, and no others. */
async function accountWith(...roles: string[]) {
  await applyShared(rbac);
  const namespace = await freshNamespace('account');
  await kubectl(['create', 'serviceaccount', 'limited', '-n', namespace]);
  for (const role of roles)
    await kubectl([
      ...['create', 'clusterrolebinding', `${namespace}-${role}`, `--clusterrole=${role}`],
      `--serviceaccount=${namespace}:limited`,
    ]);
  const folder = await mkdtemp(join(tmpdir(), 'firebreak-account-'));
  const kubeconfigPath = join(folder, 'kubeconfig.json');
  const token = (await kubectl(['create', 'token', 'limited', '-n', namespace])).trim();
  const { url, ca } = inject('controlPlane');
  writeKubeconfig({ name: 'firebreak', token, kubeconfigPath }, { url, ca });
  const own = await connectFromKubeconfig({ kubeconfig: kubeconfigPath });
  const limited = createCluster({ name: 'real', connection: own, log: silentLog, ...unhurried });
  return {
    stage: createStage(() => ({ cluster: limited, connection, teardown: () => own.close() })),
    close: async () => {
      await own.close();
      await rm(folder, { recursive: true });
      const bindings = roles.map((role) => `${namespace}-${role}`);
      await kubectl(['delete', 'clusterrolebinding', ...bindings]);
    },
  };
}

describe.concurrent('the rights of deploy/base/rbac.yaml', () => {
  test('are enough to drain and to taint, and to know everything about it', async ({ expect }) => {
    const { name, nodes, namespace } = await furnished();
    await nodes.add();
    const account = await accountWith('firebreak-read', 'firebreak-nodes');
    const target = { kind: 'Node', name } as const;
    const drain = drainNode({ target, deleteEmptyDirData: true, force: true });
    const taint = taintNode({ target, add: [{ key: 'off', effect: 'NoExecute' }] });
    for (const action of [taint, drain]) {
      expect((await account.stage.facts(action)).unknown).toEqual([]);
      const plan = await account.stage.plan(action);
      expect(await account.stage.world().cluster.dryRun(plan, AbortSignal.timeout(hangGuard))).toMatchObject({
        kind: 'accepted',
      });
    }
    const plan = await account.stage.plan(drain);
    const { answers } = await carryOut(account.stage, plan);
    expect(answers.map(({ kind }) => kind)).toEqual(answers.map(() => 'applied'));
    const seen = await until(
      () => account.stage.world().cluster.observe(target, AbortSignal.timeout(hangGuard), plan),
      (look) => look.kind === 'node' && look.left?.length === 1,
    );
    expect(seen).toMatchObject({ unschedulable: true, left: [{ namespace, daemon: true }] });
    await account.close();
  });

  test('without those for nodes the dry run names what is missing', async ({ expect }) => {
    const { name, namespace } = await furnished();
    const account = await accountWith('firebreak-read');
    const target = { kind: 'Node', name } as const;
    const plan = await account.stage.plan(drainNode({ target, deleteEmptyDirData: true, force: true }));
    const dryRun = (calls: typeof plan.calls) =>
      account.stage.world().cluster.dryRun({ ...plan, calls }, AbortSignal.timeout(hangGuard));
    expect(await dryRun(plan.calls)).toEqual({
      kind: 'refused',
      sentence: 'Firebreak may not patch nodes (RBAC).',
    });
    expect(await dryRun(plan.calls.slice(1))).toEqual({
      kind: 'refused',
      sentence: `Firebreak may not create pods/eviction in namespace ${namespace} (RBAC).`,
    });
    await account.close();
  });
});
