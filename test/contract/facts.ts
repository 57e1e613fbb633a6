import { test } from 'vitest';
import type { Action } from '../../src/domain/action.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { unfenced } from '../support/unfenced.ts';
import type { Stage } from './cluster-world.ts';
import { patience } from './cluster-world.ts';
import {
  autoscaler,
  barePod,
  container,
  daemonSet,
  deployment,
  disruptionBudget,
  ingress,
  lease,
  resourceQuota,
  service,
  statefulSet,
} from './manifests.ts';
import { freshName, until } from './rest.ts';

/**
 * Has the control plane count the pods of budgets again. Of several budgets for one pod it counts only one anew when
 * the pod changes, and it chooses that one by chance (pkg/controller/disruption, getPdbForPod).
 */
async function countAnew(stage: Stage, namespace: string, budgets: readonly string[]): Promise<void> {
  const metadata = { annotations: { asked: freshName('asked') } };
  for (const name of budgets)
    await stage.patch(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${name}`, { metadata });
}

/** What `gather` tells of each kind, of what is missing and of what may not be read. */
export function factsContract(stage: Stage): void {
  test('a Deployment: numbers, strategy, containers, pods, namespace, owner by GitOps, autoscaler', async ({
    expect,
  }) => {
    const tracking = { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' };
    const namespace = await stage.namespace(
      deployment({ replicas: 3, metadata: { annotations: tracking } }),
      autoscaler('web', { minReplicas: 2, maxReplicas: 6 }),
    );
    const target = { kind: 'Deployment', namespace, name: 'web' } as const;
    await stage.settled(target);
    const gathered = await stage.gather({ verb: 'rollout restart', target });
    if (gathered.kind !== 'facts') throw new Error(gathered.reason);
    expect(gathered.facts).toMatchObject({
      identity: { apiVersion: 'apps/v1', annotations: {} },
      subject: {
        kind: 'workload',
        ...{
          desired: 3,
          ready: 3,
          updated: 3,
          available: 3,
          paused: false,
          rollingOut: false,
          claimTemplates: 0,
        },
        // 25 % of 3: unavailable rounded down, surge rounded up.
        strategy: { type: 'RollingUpdate', maxUnavailable: 0, maxSurge: 1, partition: 0 },
        containers: [{ name: 'app', image: 'web:1', init: false, index: 0 }],
        unproven: [],
        liveRevision: 1,
        revisions: [{ revision: 1 }],
      },
      namespace: { name: namespace, labels: { team: 'shop' } },
      gitOps: { manager: 'argo-cd', name: 'shop' },
      autoscaler: { name: 'web', min: 2, max: 6 },
      unknown: [],
    });
    const { subject, identity } = gathered.facts;
    if (subject.kind !== 'workload') throw new Error(subject.kind);
    expect(subject.pods).toHaveLength(3);
    expect(new Set(subject.pods.map(({ hash }) => hash)).size).toBe(1);
    for (const pod of subject.pods) expect(pod).toMatchObject({ ready: true, restarts: 0, deleting: false });
    const live = await stage.raw(`/apis/apps/v1/namespaces/${namespace}/deployments/web`);
    expect(identity.uid).toBe(live.metadata.uid);
    expect(gathered.snapshot).toMatchObject({
      uid: live.metadata.uid,
      object: { kind: 'Deployment', spec: live.spec },
    });
  });

  test('a Deployment: what depends on it and what holds it', async ({ expect }) => {
    const namespace = await stage.namespace(
      deployment({ replicas: 3 }),
      service('web', 'NodePort'),
      service('other'),
      ingress('web', 'shop.example'),
      ingress('other', 'other.example'),
      disruptionBudget('web', { minAvailable: '50%' }),
      disruptionBudget('all', { maxUnavailable: 0, selector: {} }),
      disruptionBudget('other', { minAvailable: 1 }),
    );
    const target = { kind: 'Deployment', namespace, name: 'web' } as const;
    const { pods } = await stage.settled(target);
    // Other tests add nodes of their own at the same time.
    const some = expect.any(Number);
    const leader = pods[0]?.name ?? '';
    await stage.create(namespace, lease('web-leader', leader));
    const action: Action = { verb: 'rollout restart', target };
    const seen = await until(
      async () => {
        await countAnew(stage, namespace, ['all', 'web']);
        return (await stage.facts(action)).neighbourhood;
      },
      (dependents) =>
        dependents?.services[0]?.ready === 3 && dependents.budgets.every(({ healthy }) => healthy === 3),
    );
    expect(seen).toEqual({
      budgets: [
        { name: 'all', healthy: 3, desired: 3, allowed: 0 },
        // 50 % of 3, rounded up.
        { name: 'web', healthy: 3, desired: 2, allowed: 1 },
      ],
      services: [{ name: 'web', exposed: 'NodePort', ready: 3, own: 3 }],
      hosts: [{ host: 'shop.example', service: 'web', source: 'Ingress/web' }],
      dependencies: [],
      quotas: [],
      claims: [],
      leases: [{ name: 'web-leader', pod: leader }],
      soleWorkloads: [],
      spread: { pods: 3, nodes: some, zones: some, ofNodes: some, ofZones: some },
    });
  });

  test('quotas: those whose scopes hold for the pods', async ({ expect }) => {
    const scoped = (name: string, spec: JsonObject) => resourceQuota(name, { hard: { pods: '5' }, ...spec });
    const classes = (values: string[]) => ({
      scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'NotIn', values }] },
    });
    const namespace = await stage.namespace(
      scoped('best-effort', { scopes: ['BestEffort'] }),
      scoped('not-best-effort', { scopes: ['NotBestEffort'] }),
      scoped('terminating', { scopes: ['Terminating'] }),
      scoped('not-high', classes(['high'])),
      deployment({ replicas: 3 }),
    );
    const target = { kind: 'Deployment', namespace, name: 'web' } as const;
    await stage.settled(target);
    const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`;
    // What a controller of the real server finds out by itself.
    const counted = { status: { hard: { pods: '5' }, used: { pods: '3' } } };
    for (const name of ['best-effort', 'not-high']) await stage.patch(`${quotas}/${name}/status`, counted);
    const { neighbourhood } = await until(
      () => stage.facts({ verb: 'rollout restart', target }),
      ({ neighbourhood: dependents }) =>
        dependents?.quotas.length === 2 && dependents.quotas.every(({ podsLeft }) => podsLeft === 2),
    );
    const left = { resource: 'pods', used: '3', hard: '5', podsLeft: 2 };
    expect(neighbourhood?.quotas).toEqual([
      { name: 'best-effort', ...left },
      { name: 'not-high', ...left },
    ]);
  });

  test('a node: the workloads that run nowhere else', async ({ expect }) => {
    const namespace = await stage.namespace(deployment({ replicas: 1 }));
    const { pods } = await stage.settled({ kind: 'Deployment', namespace, name: 'web' });
    const { neighbourhood } = await stage.facts({
      verb: 'cordon',
      target: { kind: 'Node', name: pods[0]?.node ?? '' },
    });
    const here = { kind: 'Deployment', namespace, name: 'web', pods: 1 };
    expect(neighbourhood?.soleWorkloads).toContainEqual(here);
  });

  test('a StatefulSet: partition, claims, revisions by ControllerRevision', async ({ expect }) => {
    const spec = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } };
    const namespace = await stage.namespace(statefulSet({ name: 'db', spec }));
    const target = { kind: 'StatefulSet', namespace, name: 'db' } as const;
    await stage.settled(target);
    const subject = await stage.workloadFacts({ verb: 'rollout restart', target });
    expect(subject).toMatchObject({
      ...{ desired: 2, ready: 2, updated: 2, rollingOut: false, liveRevision: 1 },
      strategy: { type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 0, partition: 1 },
      revisions: [{ revision: 1, source: expect.stringMatching(/^ControllerRevision db-/) }],
    });
    expect(subject.pods.map(({ name }) => name).toSorted()).toEqual(['db-0', 'db-1']);
  });

  test('a DaemonSet: its numbers are those of the nodes', async ({ expect }) => {
    const namespace = await stage.namespace(daemonSet({ name: 'agent' }));
    const target = { kind: 'DaemonSet', namespace, name: 'agent' } as const;
    const settled = await until(
      () => stage.settled(target),
      ({ desired }) => desired > 0,
    );
    const subject = await stage.workloadFacts({ verb: 'rollout restart', target });
    expect(subject).toMatchObject({
      ...{ desired: settled.desired, ready: settled.desired, rollingOut: false, liveRevision: 1 },
      strategy: { type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 0 },
    });
    const nodes = subject.pods.map(({ node }) => node);
    expect(new Set(nodes).size).toBe(settled.desired);
  });

  test('containers whose readiness nothing checks', async ({ expect }) => {
    const unprobed = (name: string, rest: JsonObject = {}) => {
      const containers = [
        { name: 'app', image: 'web:1' },
        { ...container(), name: 'proxy' },
      ];
      const template = { metadata: { labels: { app: name } }, spec: { containers } };
      return deployment({ name, spec: { template, ...rest } });
    };
    const namespace = await stage.namespace(unprobed('web'), unprobed('slow', { minReadySeconds: 1 }));
    const unproven = async (name: string) => {
      const target = { kind: 'Deployment', namespace, name } as const;
      return (await stage.workloadFacts({ verb: 'rollout restart', target })).unproven;
    };
    expect(await unproven('web')).toEqual(['app']);
    expect(await unproven('slow')).toEqual([]);
  });

  test('Warning events about a target and its pods', async ({ expect }) => {
    const spec = { nodeSelector: { nowhere: 'here' }, containers: [container()] };
    const template = { metadata: { labels: { app: 'web' } }, spec };
    const namespace = await stage.namespace(deployment({ replicas: 1, spec: { template } }));
    const target = { kind: 'Deployment', namespace, name: 'web' } as const;
    const { warnings, unknown } = await until(
      () => stage.facts({ verb: 'rollout restart', target }),
      (facts) => facts.warnings?.length !== 0,
    );
    expect(unknown).toEqual([]);
    expect(warnings).toEqual([
      { reason: 'FailedScheduling', count: expect.any(Number), last: expect.stringMatching(/^\d{4}-.*Z$/) },
    ]);
  });

  test('a pod: the controller that would replace it, with its numbers', async ({ expect }) => {
    const namespace = await stage.namespace(deployment(), barePod('lonely'));
    const { pods } = await stage.settled({ kind: 'Deployment', namespace, name: 'web' });
    const name = pods[0]?.name ?? '';
    const owned = await stage.facts({ verb: 'delete pod', target: { kind: 'Pod', namespace, name } });
    const controller = { kind: 'Deployment', name: 'web', desired: 2, ready: 2 };
    expect(owned.subject).toMatchObject({
      kind: 'pod',
      mirror: false,
      controller,
      pod: { name, ready: true },
    });
    const bare = await stage.facts({
      verb: 'delete pod',
      target: { kind: 'Pod', namespace, name: 'lonely' },
    });
    expect(bare.subject).toMatchObject({ kind: 'pod' });
    expect(bare.subject).not.toHaveProperty('controller');
  });

  test('a node that is not there', async ({ expect }) => {
    const missing = await stage.gather({
      verb: 'cordon',
      target: { kind: 'Node', name: 'no-such-node-at-all' },
    });
    expect(missing).toEqual({ kind: 'absent', reason: 'There is no Node no-such-node-at-all.', alike: [] });
  });

  test('what is missing is named, with the nearest name that exists', async ({ expect }) => {
    const namespace = await stage.namespace(deployment());
    const restart = (place: string, name: string): Action => ({
      verb: 'rollout restart',
      target: { kind: 'Deployment', namespace: place, name },
    });
    expect(await stage.gather(restart(namespace, 'wbe'))).toEqual({
      kind: 'absent',
      reason: `There is no Deployment wbe in namespace ${namespace}; the nearest name is web.`,
      alike: [{ kind: 'Deployment', namespace, name: 'web' }],
    });
    expect(await stage.gather(restart(namespace, 'checkout'))).toEqual({
      kind: 'absent',
      reason: `There is no Deployment checkout in namespace ${namespace}.`,
      alike: [],
    });
    expect(await stage.gather(restart('there-is-no-such-namespace-here', 'web'))).toMatchObject({
      kind: 'absent',
      reason: 'There is no namespace there-is-no-such-namespace-here.',
    });
    expect(await stage.gather(restart(`${namespace}x`, 'web'))).toMatchObject({
      kind: 'absent',
      reason: `There is no namespace ${namespace}x; the nearest name is ${namespace}.`,
      alike: expect.arrayContaining([{ kind: 'Deployment', namespace, name: 'web' }]),
    });
  });

  test('a target that RBAC withholds is denied, with the verb and the resource', async ({ expect, skip }) => {
    const { powerless } = stage.world();
    if (powerless === undefined) return skip('This server knows no accounts.');
    const namespace = await stage.namespace(deployment());
    const action: Action = {
      verb: 'rollout restart',
      target: { kind: 'Deployment', namespace, name: 'web' },
    };
    expect(await powerless.gather([action], patience())).toEqual([
      {
        kind: 'denied',
        reason: `Firebreak may not get deployments.apps in namespace ${namespace} (RBAC).`,
      },
    ]);
    const plan = await stage.plan(action);
    const reason = `Firebreak may not patch deployments.apps in namespace ${namespace} (RBAC).`;
    expect(await powerless.dryRun(plan, patience())).toEqual({ kind: 'refused', sentence: reason });
    const [call] = plan.calls;
    if (call === undefined) throw new Error('no call');
    expect(await powerless.apply(call, plan.fieldManager, patience(), unfenced)).toEqual({
      kind: 'refused',
      reason,
    });
  });
}
