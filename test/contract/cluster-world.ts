import { z } from 'zod';
import type { Connection } from '../../src/adapters/kubernetes/client/connection.ts';
import type { KubernetesCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { Action, Target } from '../../src/domain/action.ts';
import type { Facts, PodFact, WorkloadSubject } from '../../src/domain/facts/facts.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import type { Observation } from '../../src/domain/verdict.ts';
import { planExecution } from '../../src/stages/execute/plan.ts';
import type { Applied } from '../../src/workflow/applied.ts';
import type { Gathered } from '../../src/workflow/ports.ts';
import { hangGuard } from '../support/hang-guard.ts';
import { unfenced } from '../support/unfenced.ts';
import { freshName, type Rest, restOver, until } from './rest.ts';

/** A server to test on. */
export interface ClusterWorld {
  readonly cluster: KubernetesCluster;
  /** As the administrator: for the tests' own requests. */
  readonly connection: Connection;
  /** The same server as an account without any rights; absent where the server knows no accounts. */
  readonly powerless?: KubernetesCluster;
  teardown(): Promise<void>;
}

type WorkloadObservation = Extract<Observation, { kind: 'workload' }>;
export type WorkloadName = Extract<Target, { kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' }>;

export const pathOf = ({ kind, namespace, name }: WorkloadName) =>
  `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;

/** What the tests do with a world, in their own words. */
export interface Stage {
  readonly world: () => ClusterWorld;
  readonly rest: () => Rest;
  /** Creates a namespace of its own, with these objects in it. */
  namespace(...objects: JsonObject[]): Promise<string>;
  create(namespace: string, object: JsonObject): Promise<void>;
  patch(path: string, body: JsonObject): Promise<void>;
  raw(path: string): Promise<z.infer<typeof object>>;
  gather(action: Action): Promise<Gathered>;
  facts(action: Action): Promise<Facts>;
  workloadFacts(action: Action): Promise<WorkloadSubject>;
  plan(action: Action): Promise<Plan>;
  apply(plan: Plan): Promise<Applied>;
  observe(target: WorkloadName): Promise<WorkloadObservation>;
  /** Waits until a workload has rolled out and all its pods are ready. */
  settled(target: WorkloadName): Promise<WorkloadObservation>;
}

const object = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    generation: z.number().optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.looseObject({}).optional(),
});

/** Long enough for the slowest machine; no test depends on its running out. */
export const patience = () => AbortSignal.timeout(hangGuard);

export function createStage(world: () => ClusterWorld): Stage {
  const stage: Stage = {
    world,
    rest: () => restOver(world().connection),
    async namespace(...objects) {
      const name = freshName('contract');
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { team: 'shop' } } };
      await stage.rest().send(object, 'POST', '/api/v1/namespaces', body);
      for (const each of objects) await stage.create(name, each);
      return name;
    },
    async create(namespace, each) {
      const { apiVersion, kind } = z.object({ apiVersion: z.string(), kind: z.string() }).parse(each);
      const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      await stage.rest().send(object, 'POST', `${root}/namespaces/${namespace}/${pluralOf(kind)}`, each);
    },
    async patch(path, body) {
      await stage.rest().send(object, 'PATCH', path, body, 'application/merge-patch+json');
    },
    raw: (path) => stage.rest().send(object, 'GET', path),
    async gather(action) {
      const [look] = await world().cluster.gather([action], patience());
      if (look === undefined) throw new Error('There was no answer.');
      return look;
    },
    async facts(action) {
      const gathered = await stage.gather(action);
      if (gathered.kind !== 'facts') throw new Error(gathered.reason);
      return gathered.facts;
    },
    async workloadFacts(action) {
      const { subject } = await stage.facts(action);
      if (subject.kind !== 'workload') throw new Error(`Not a workload: ${subject.kind}`);
      return subject;
    },
    async plan(action) {
      const gathered = await stage.gather(action);
      if (gathered.kind !== 'facts') throw new Error(gathered.reason);
      const { facts, snapshot } = gathered;
      const stamp = new Date().toISOString();
      const planned = planExecution({
        action,
        facts,
        snapshot: snapshot.object,
        remediationId: freshName('r'),
        stamp,
      });
      if (planned.kind === 'refused') throw new Error(planned.reason);
      return planned.plan;
    },
    apply: ({ calls: [call], fieldManager }) => {
      if (call === undefined) throw new Error('The plan has no call.');
      return world().cluster.apply(call, fieldManager, patience(), unfenced);
    },
    async observe(target) {
      const seen = await world().cluster.observe(target, patience());
      if (seen.kind !== 'workload') throw new Error(`Not a workload: ${seen.kind}`);
      return seen;
    },
    settled: (target) => until(() => stage.observe(target), isSettled),
  };
  return stage;
}

const pluralOf = (kind: string) => `${kind.toLowerCase()}${kind.endsWith('s') ? 'es' : 's'}`;

function isSettled(seen: WorkloadObservation): boolean {
  const { desired, updated, ready, available, total, pods } = seen;
  const numbers = [updated, ready, available, total, pods.length].every((number) => number === desired);
  return seen.observedGeneration >= seen.generation && numbers && pods.every(isFine);
}

function isFine(pod: PodFact): boolean {
  return pod.ready && !pod.deleting;
}
