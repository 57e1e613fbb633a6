import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connectFromKubeconfig } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { Action, ActionOf } from '../../src/domain/action.ts';
import type { Facts } from '../../src/domain/facts/facts.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import type { DeclarativeSpec } from '../../src/domain/spec.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import type { Tier } from '../../src/domain/tier.ts';
import { evaluate } from '../../src/stages/evaluate/evaluate.ts';
import { type ClusterWorld, createStage } from '../contract/cluster-world.ts';
import {
  autoscaler,
  container,
  deployment,
  disruptionBudget,
  ingress,
  resourceQuota,
  service,
} from '../contract/manifests.ts';
import { until } from '../contract/rest.ts';
import { noon, specId } from '../fixtures/facts.ts';
import { silentLog } from '../fixtures/log.ts';
import { unhurried } from '../support/unhurried.ts';
import { identityOf } from './credentials.ts';
import { forgetful } from './forgetful.ts';
import { kubectl } from './oracle.ts';
import { createPreparations } from './preparations.ts';

let world: ClusterWorld;
const stage = createStage(() => world);
const preparations = createPreparations(stage);

beforeAll(async () => {
  const { kubeconfigPath } = identityOf(inject('controlPlane').identities, 'admin');
  const connection = await connectFromKubeconfig({ kubeconfig: kubeconfigPath });
  const cluster = createCluster({ name: 'real', connection, log: silentLog, ...unhurried });
  world = { cluster, connection, teardown: () => connection.close() };
});

afterAll(async () => {
  await preparations.undo();
  await world?.teardown();
});

const restart = (namespace: string): Action => ({
  verb: 'rollout restart',
  target: { kind: 'Deployment', namespace, name: 'web' },
});
const scaleTo =
  (replicas: number, kind: 'Deployment' | 'StatefulSet' = 'Deployment') =>
  (namespace: string): Action => ({ verb: 'scale', target: { kind, namespace, name: 'web' }, replicas });

const recreate = { spec: { strategy: { type: 'Recreate' } } };
const web = (replicas: number, wish: Parameters<typeof deployment>[0] = {}) =>
  deployment({ replicas, ...wish });

const withPods = (replicas: number, pod: JsonObject) => {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container()], ...pod } };
  return web(replicas, { spec: { template } });
};

const podQuota = (pods: number, spec: JsonObject = {}) =>
  resourceQuota('team', { hard: { pods: String(pods) }, ...spec });

interface Setup {
  readonly name: string;
  readonly objects: readonly JsonObject[];
  readonly prepare?: (namespace: string) => Promise<void>;
  readonly action?: (namespace: string) => Action | Promise<Action>;
  readonly production?: true;
  /** False where the pods never become ready. */
  readonly settles?: false;
  readonly tier: Tier;
  readonly score: number;
  /** How one of its sentences begins. */
  readonly says: string;
}

const argo = { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' } };
const noRollback = 'A restart cannot be taken back';

const deploymentIn = (namespace: string) => ({ kind: 'Deployment', namespace, name: 'web' }) as const;
const label = { set: [{ key: 'tier', value: 'front' }], remove: [], overwrite: false };

/** Three replicas of which each asks for a tenth of a processor and may use half of one. */
const asking = () => {
  const resources = { requests: { cpu: '100m' }, limits: { cpu: '500m' } };
  return withPods(3, { containers: [{ ...container(), resources }] });
};

async function quarantine(namespace: string): Promise<Action> {
  const { pods } = await stage.settled(deploymentIn(namespace));
  const target = { kind: 'Pod', namespace, name: pods[0]?.name ?? '' } as const;
  const set = [{ key: 'app', value: 'quarantine' }];
  return { verb: 'label', target, set, remove: [], overwrite: true };
}

const resourcesTo =
  (amounts: Pick<ActionOf<'set resources'>, 'limits' | 'requests'>) =>
  (namespace: string): Action => ({ verb: 'set resources', target: deploymentIn(namespace), ...amounts });

/** Placed by a label that no node has: its pods wait, and say what they wait for. */
const disk = 'firebreak.example/disk';
const placed = withPods(1, { nodeSelector: { [disk]: 'ssd' } });

async function labelOfNode(): Promise<Action> {
  const name = (await kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}'])).trim();
  const set = [{ key: disk, value: 'hdd' }];
  return { verb: 'label', target: { kind: 'Node', name }, set, remove: [], overwrite: true };
}

/** From what an SRE would wave through to what nobody may do. */
const setups: readonly Setup[] = [
  {
    name: 'a label of a Deployment',
    objects: [web(3)],
    action: (namespace) => ({ verb: 'label', target: deploymentIn(namespace), ...label }),
    ...{ tier: 'auto', score: 2, says: 'Rollback: Put the labels of Deployment/web' },
  },
  {
    name: 'a higher limit for 3 replicas',
    objects: [asking()],
    action: resourcesTo({ limits: { cpu: '1' }, requests: {} }),
    ...{ tier: 'auto', score: 4, says: '3 pods are replaced.' },
  },
  { name: '3 replicas, no budget', objects: [web(3)], tier: 'auto', score: 8, says: noRollback },
  {
    name: '3 replicas behind an Ingress: nobody outside notices',
    objects: [web(3), service('web'), ingress('web', 'shop.example')],
    ...{ tier: 'auto', score: 8, says: '3 pods are replaced.' },
  },
  {
    name: 'a budget with room',
    objects: [web(3), disruptionBudget('web', { maxUnavailable: 1 })],
    ...{ tier: 'auto', score: 8, says: noRollback },
  },
  {
    name: 'a quota for pods with a deadline, which these have not',
    objects: [podQuota(0, { scopes: ['Terminating'] }), web(3)],
    ...{ tier: 'auto', score: 8, says: noRollback },
  },
  {
    name: 'a vertical autoscaler that evicts',
    objects: [web(3)],
    prepare: preparations.resized,
    ...{ tier: 'auto', score: 9, says: 'VerticalPodAutoscaler/web (Recreate) evicts pods' },
  },
  {
    name: 'a budget that is spent',
    objects: [web(3), disruptionBudget('web', { minAvailable: '100%' })],
    ...{ tier: 'human', score: 11, says: 'PodDisruptionBudget/web is spent (3 healthy, 3 wanted)' },
  },
  {
    name: 'an autoscaler at its limit',
    objects: [web(3), autoscaler('web', { minReplicas: 1, maxReplicas: 3 })],
    ...{ tier: 'human', score: 11, says: 'Deployment/web is at the limit of its autoscaler (3 replicas)' },
  },
  {
    name: 'owned by Argo CD',
    objects: [web(3, { metadata: argo })],
    action: scaleTo(5),
    ...{ tier: 'human', score: 11, says: 'Argo CD (shop) owns this object' },
  },
  {
    name: 'applied by Terraform',
    objects: [],
    prepare: preparations.appliedByTerraform,
    action: scaleTo(5),
    ...{ tier: 'human', score: 11, says: 'Terraform has written fields of this object (as Terraform)' },
  },
  {
    name: 'controlled by an operator',
    objects: [],
    prepare: preparations.madeByOperator,
    action: scaleTo(5),
    ...{ tier: 'human', score: 11, says: 'Revision/web-00001 (serving.knative.dev/v1) controls this object' },
  },
  {
    name: 'an autoscaler without metrics',
    objects: [web(3), autoscaler('web', { minReplicas: 1, maxReplicas: 6 })],
    action: scaleTo(4),
    ...{
      tier: 'human',
      score: 11,
      says: 'HorizontalPodAutoscaler/web (1 to 6) has no metrics now (FailedGetResourceMetric)',
    },
  },
  {
    name: 'held at a number by KEDA',
    objects: [web(3)],
    prepare: preparations.pausedByKeda,
    action: scaleTo(4),
    ...{ tier: 'human', score: 11, says: 'ScaledObject/web is paused at 2 replicas' },
  },
  {
    name: 'a quota without room for the surge',
    objects: [podQuota(3), web(3)],
    ...{
      tier: 'human',
      score: 11,
      says: 'ResourceQuota/team has room for 0 more pods (pods: 3 of 3), 1 is needed.',
    },
  },
  {
    name: 'a quota for pods that ask for nothing, as these do',
    objects: [podQuota(3, { scopes: ['BestEffort'] }), web(3)],
    ...{ tier: 'human', score: 11, says: 'ResourceQuota/team has room for 0 more pods (pods: 3 of 3)' },
  },
  {
    name: 'no readinessProbe',
    objects: [withPods(3, { containers: [{ name: 'app', image: 'web:1' }] })],
    ...{ tier: 'human', score: 11, says: 'Nothing checks whether the container app is ready' },
  },
  {
    name: 'a quota without room for larger pods',
    objects: [{ ...podQuota(9), spec: { hard: { 'requests.cpu': '400m' } } }, asking()],
    action: resourcesTo({ limits: {}, requests: { cpu: '200m' } }),
    ...{
      tier: 'human',
      score: 11,
      says: 'ResourceQuota/team has room for 0 more pods (requests.cpu: 300m of 400m), 3 are needed.',
    },
  },
  {
    name: 'a variable',
    objects: [web(3)],
    action: (namespace) => ({
      verb: 'set env',
      target: deploymentIn(namespace),
      set: [{ name: 'LEVEL', value: 'debug' }],
      remove: [],
    }),
    ...{ tier: 'human', score: 11, says: 'It changes how the code of Deployment/web runs.' },
  },
  {
    name: 'one pod of three in quarantine',
    objects: [web(3), service('web')],
    action: quarantine,
    ...{ tier: 'human', score: 11, says: 'Service/web would no longer pick Pod/web-' },
  },
  {
    name: 'a label of a node by which pods are placed',
    objects: [placed],
    action: labelOfNode,
    settles: false,
    ...{ tier: 'human', score: 11, says: 'Deployment/web in contract-' },
  },
  {
    name: 'somebody else has just changed it',
    objects: [web(3)],
    prepare: preparations.somebodyElse,
    ...{ tier: 'human', score: 11, says: 'kubectl-patch changed spec.template' },
  },
  {
    name: 'one of the pods is the leader',
    objects: [web(3)],
    prepare: preparations.leaderIn,
    ...{ tier: 'human', score: 17, says: 'Pod/web-' },
  },
  {
    name: 'an autoscaler whose maximum is below what there is',
    objects: [asking()],
    action: (namespace) => ({ verb: 'autoscale', target: deploymentIn(namespace), max: 1 }),
    ...{ tier: 'human', score: 18, says: '1 of 3 ready pods left at the worst moment.' },
  },
  {
    name: 'a single replica behind an Ingress: its successor starts first',
    objects: [web(1), service('web'), ingress('web', 'shop.example')],
    ...{ tier: 'human', score: 21, says: 'Deployment/web has a single replica' },
  },
  {
    name: 'a webhook that keeps its endpoints',
    objects: [web(3), service('web')],
    prepare: preparations.webhookBehind,
    ...{
      tier: 'human',
      score: 32,
      says: 'The API server depends on these pods (ValidatingWebhookConfiguration/',
    },
  },
  {
    name: 'critical for the cluster',
    objects: [withPods(3, { priorityClassName: 'system-cluster-critical' })],
    ...{ tier: 'human', score: 37, says: 'The pods have the priority system-cluster-critical' },
  },
  {
    name: 'Recreate, nobody calls it',
    objects: [web(2, recreate)],
    ...{
      tier: 'human',
      score: 42,
      says: 'Recreate stops all pods before new ones start: 0 of 2 ready pods left',
    },
  },
  {
    name: 'Recreate behind a Service',
    objects: [web(2, recreate), service('web')],
    ...{ tier: 'human', score: 47, says: 'Service/web would have 0 of 2 ready endpoints left' },
  },
  {
    name: 'the only pod behind an Ingress in quarantine',
    objects: [web(1), service('web'), ingress('web', 'shop.example')],
    action: quarantine,
    ...{ tier: 'human', score: 50, says: 'Service/web would have 0 of 1 ready endpoint left' },
  },
  {
    name: 'Recreate behind an Ingress',
    objects: [web(2, recreate), service('web'), ingress('web', 'shop.example')],
    ...{ tier: 'dual', score: 51, says: 'Users outside see it: 1 entry point (shop.example)' },
  },
  {
    name: 'Recreate behind a VirtualService',
    objects: [web(2, recreate), service('web')],
    prepare: preparations.meshed,
    ...{ tier: 'dual', score: 51, says: 'Users outside see it: 1 entry point (mesh.example)' },
  },
  {
    name: 'claims that are deleted with their pods',
    objects: [forgetful],
    action: scaleTo(1, 'StatefulSet'),
    settles: false,
    ...{ tier: 'dual', score: 61, says: 'Scaling from 2 to 1 deletes 1 volume claim (whenScaled: Delete)' },
  },
  {
    name: 'Recreate behind an Ingress in production',
    objects: [web(2, recreate), service('web'), ingress('web', 'shop.example')],
    production: true,
    ...{ tier: 'dual', score: 76, says: 'Users outside see it: 1 entry point (shop.example)' },
  },
  {
    name: 'the last endpoint behind a webhook',
    objects: [web(1, recreate), service('web')],
    prepare: preparations.webhookBehind,
    ...{ tier: 'blocked', score: 100, says: 'The pods serve ValidatingWebhookConfiguration/' },
  },
  {
    name: 'the last pod that converts a kind',
    objects: [web(1, recreate), service('web')],
    prepare: preparations.conversionBehind,
    ...{ tier: 'blocked', score: 100, says: 'The pods convert CustomResourceDefinition/widgets.' },
  },
];

/** Sets it up, and judges it again and again until the controllers have caught up and the sentence is there. */
async function judged(setup: Setup): Promise<DeclarativeSpec> {
  const namespace = await stage.namespace(...setup.objects);
  await setup.prepare?.(namespace);
  if (setup.settles !== false) await stage.settled({ kind: 'Deployment', namespace, name: 'web' });
  const action = await (setup.action ?? restart)(namespace);
  const production = setup.production ? [namespace] : [];
  const rules = policy.parse({ version: 1, namespaces: { production } });
  return until(
    async () => evaluate({ id: specId, now: noon, action, facts: await stage.facts(action), policy: rules }),
    ({ score, lineItems }) =>
      score === setup.score && lineItems.some(({ sentence }) => sentence.startsWith(setup.says)),
  );
}

describe('on a real control plane, from harmless to never', () => {
  test.concurrent.each(setups)('$tier $score: $name', async (setup) => {
    const { tier, score, lineItems, blockedReason } = await judged(setup);
    expect({ tier, score }).toEqual({ tier: setup.tier, score: setup.score });
    // Nothing was unknown, and every line names where it was read.
    expect(lineItems.filter(({ rule }) => rule === 'unknown-facts')).toEqual([]);
    expect(lineItems.filter(({ source }) => source === '')).toEqual([]);
    expect(blockedReason === null).toBe(tier !== 'blocked');
  });

  test('the table goes from the lowest score to the highest', () => {
    const scores = setups.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  });

  test('a node is judged by the workloads that run nowhere else', async () => {
    const namespace = await stage.namespace(web(1));
    const { pods } = await stage.settled({ kind: 'Deployment', namespace, name: 'web' });
    const action: Action = { verb: 'cordon', target: { kind: 'Node', name: pods[0]?.node ?? '' } };
    const facts = await stage.facts(action);
    const { neighbourhood } = facts;
    if (neighbourhood === undefined) throw new Error('nothing was read around it');
    const alone = { kind: 'Deployment', namespace, name: 'web', pods: 1 };
    expect(neighbourhood.soleWorkloads).toContainEqual(alone);
    const without = { ...facts, neighbourhood: { ...neighbourhood, soleWorkloads: [] } };
    const rules = policy.parse({ version: 1 });
    const judge = (seen: Facts) => evaluate({ id: specId, now: noon, action, facts: seen, policy: rules });
    expect(judge(facts).score).toBeGreaterThan(judge(without).score);
    const said = judge(facts).lineItems.find(({ rule }) => rule === 'sole-workloads');
    expect(said?.sentence).toMatch(/^\d+ workloads? (has all its|have all their) ready pods on this node: /);
  });
});
