import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { z } from 'zod';
import { loadPlaybooks } from '../../src/config.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { deployment, statefulSet, type Workload } from '../../src/simulator/workloads.ts';
import type { Rest } from '../contract/rest.ts';
import { hangGuard } from '../support/hang-guard.ts';
import { failingJob, image, plainDaemonSet, pod } from './alert-manifests.ts';
import type { Play, Script } from './play.ts';

/*
 * What alerts say that is only half true, told to the whole Firebreak with the playbooks that it comes with: one table for the
 * simulated cluster and for the real control plane. What was written is counted by the generation of the objects.
 */

export interface AlertWorld {
  readonly play: Play;
  apply(object: JsonObject): Promise<void>;
  /** What the API server answers to a GET of this path. */
  get(path: string): Promise<unknown>;
  readonly rest: Rest;
}

/** The playbooks that Firebreak comes with; no brake is what the cases are about. */
export const alertScript: Pick<Script, 'playbooks' | 'budgets' | 'storm'> = {
  playbooks: loadPlaybooks(join(import.meta.dirname, '../../examples/playbooks')),
  budgets: Object.fromEntries(
    ['scorePerHour', 'concurrent', 'automaticPerHour', 'failuresInARow'].map((limit) => [
      limit,
      { cluster: 10_000, namespace: 10_000 },
    ]),
  ),
  storm: { incidentsPerMinute: 10_000, unhealthyWorkloads: 10_000 },
};

/** Many of them wait side by side: they look less often than one alone would. */
export const eventually = (check: () => Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: hangGuard, interval: 200 });

type Kind = 'Deployment' | 'StatefulSet' | 'DaemonSet';
interface Named {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

/** Without claims: the real control plane of the tests has nobody who makes volumes. */
function withoutClaims(workload: Workload): JsonObject {
  const made = statefulSet(workload);
  const { volumeClaimTemplates: _, ...spec } = z.record(z.string(), z.json()).parse(made['spec']);
  return { ...made, spec };
}

const manifestOf = { Deployment: deployment, StatefulSet: withoutClaims, DaemonSet: plainDaemonSet };

const object = z.looseObject({
  metadata: z.looseObject({ generation: z.number() }),
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string() })) }),
    }),
  }),
  status: z.looseObject({
    readyReplicas: z.number().default(0),
    updatedReplicas: z.number().default(0),
    replicas: z.number().default(0),
    numberReady: z.number().default(0),
    observedGeneration: z.number().default(0),
  }),
});
const pods = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string() }),
      status: z.looseObject({
        containerStatuses: z
          .array(
            z.looseObject({
              state: z.looseObject({ waiting: z.looseObject({ reason: z.string() }).optional() }),
            }),
          )
          .default([]),
      }),
    }),
  ),
});

/** What a case does and sees. */
export function createScene({ play, apply, get, rest }: AlertWorld) {
  const read = async ({ kind, namespace, name }: Named) =>
    object.parse(await get(`/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`));
  const podsOf = async (namespace: string) =>
    pods.parse(await get(`/api/v1/namespaces/${namespace}/pods`)).items.map(({ metadata, status }) => ({
      name: metadata.name,
      waiting: status.containerStatuses.flatMap(({ state }) => state.waiting?.reason ?? []),
    }));
  const remediations = (namespace: string) =>
    play
      .knex('remediations')
      .whereRaw(`data #>> '{action,target,namespace}' = ?`, [namespace])
      .orderBy('number')
      .select('number', 'state', 'command', 'incident_id');
  const incidents = (namespace: string) =>
    play
      .knex('incidents')
      .whereRaw(`alert #>> '{labels,namespace}' = ?`, [namespace])
      .select('id', 'joined', 'state', 'no_action', 'closed_at');
  const startsAt = new Date(Date.now() - 60_000).toISOString();
  return {
    play,
    apply,
    rest,
    raw: get,
    read,
    podsOf,
    remediations,
    incidents,
    born: async (named: Named, tag: string, more: Partial<Workload> = {}) => {
      const { kind, namespace, name } = named;
      await apply(manifestOf[kind]({ name, namespace, image: image(name, tag), replicas: 2, ...more }));
    },
    untilReady: (named: Named, count: number) =>
      eventually(async () => {
        const { status, metadata } = await read(named);
        expect(status.observedGeneration).toBe(metadata.generation);
        expect(status.readyReplicas + status.numberReady).toBeGreaterThanOrEqual(count);
      }),
    /** Resolves when so many pods, and no others, are ready and of the newest revision. */
    untilRolledOut: (named: Named, count: number) =>
      eventually(async () => {
        const { status, metadata } = await read(named);
        const { observedGeneration, readyReplicas, updatedReplicas, replicas } = status;
        expect(observedGeneration).toBe(metadata.generation);
        expect([readyReplicas, updatedReplicas, replicas]).toEqual([count, count, count]);
      }),
    /** Resolves when a pod waits for this reason. */
    untilWaiting: (namespace: string, reason: string) =>
      eventually(async () =>
        expect((await podsOf(namespace)).flatMap(({ waiting }) => waiting)).toContain(reason),
      ),
    fire: async (alerts: readonly Readonly<Record<string, string>>[], more: object = {}) => {
      const body = alerts.map((labels) => ({ status: 'firing', labels, startsAt, ...more }));
      expect(await play.alert(body)).toBe(200);
    },
    /** Resolves when all that came of a namespace has been looked at. */
    looked: (namespace: string, count: number) =>
      eventually(async () => {
        const all = await incidents(namespace);
        expect(all).toHaveLength(count);
        expect(all.filter(({ state }) => state === 'received')).toEqual([]);
      }),
    untilEnded: (namespace: string, state: RegExp) =>
      eventually(async () => {
        const found = await remediations(namespace);
        expect(found.map((row) => row.state).join()).toMatch(state);
      }),
    roots: async (namespace: string) => (await incidents(namespace)).filter(({ joined }) => joined === null),
    imageOf: async (named: Named) => (await read(named)).spec.template.spec.containers[0]?.image,
  };
}
type Scene = ReturnType<typeof createScene>;

export interface AlertCase {
  readonly name: string;
  play(scene: Scene, namespace: string): Promise<void>;
}

/** The alerts of a stuck rollout, as kubernetes-mixin's rules name them: two rules for one cause. */
const stuck = {
  Deployment: ['KubeDeploymentRolloutStuck', 'KubeDeploymentReplicasMismatch'],
  StatefulSet: ['KubeStatefulSetUpdateNotRolledOut', 'KubeStatefulSetReplicasMismatch'],
  DaemonSet: ['KubeDaemonSetRolloutStuck', 'KubeDaemonSetNotScheduled'],
} as const;

/** A release that cannot be pulled, and both rules about it. */
async function stuckRelease(scene: Scene, named: Named): Promise<readonly Record<string, string>[]> {
  const { kind, namespace, name } = named;
  await scene.born(named, '1.0.0');
  await scene.untilReady(named, 1);
  await scene.born(named, 'bad');
  await scene.untilWaiting(namespace, 'ImagePullBackOff');
  return stuck[kind].map((alertname) => ({ alertname, namespace, [kind.toLowerCase()]: name }));
}

/** One card for it, approved; the release before is back, and stays. */
async function undoneOnce(scene: Scene, named: Named): Promise<void> {
  const { namespace, name } = named;
  const alerts = await stuckRelease(scene, named);
  await scene.fire(alerts);
  await scene.looked(namespace, 2);
  const [first, ...others] = await scene.remediations(namespace);
  expect(others).toEqual([]);
  expect(await scene.roots(namespace)).toHaveLength(1);
  await scene.play.click('U0BOB', await scene.play.card(first.number, 'Approval needed'), 'approve');
  await scene.play.card(first.number, 'Verified');
  expect(await scene.imageOf(named)).toBe(image(name, '1.0.0'));
  const { generation } = (await scene.read(named)).metadata;

  await scene.fire(alerts.map((labels) => ({ ...labels, prometheus: 'monitoring/other' })));
  await scene.looked(namespace, 4);
  expect(await scene.remediations(namespace)).toHaveLength(1);
  expect((await scene.read(named)).metadata.generation, 'nothing was written again').toBe(generation);
}

/** Stale or wrong: nothing is proposed, nothing is written, and it is said why. */
async function nothingDone(
  scene: Scene,
  named: Named,
  alerts: (pods: readonly string[]) => readonly Record<string, string>[],
  says: string,
): Promise<void> {
  await scene.born(named, '1.0.0');
  await scene.untilReady(named, 1);
  const names = (await scene.podsOf(named.namespace)).map(({ name }) => name);
  const fired = alerts(names);
  const { generation } = (await scene.read(named)).metadata;
  await scene.fire(fired);
  await scene.looked(named.namespace, fired.length);
  expect(await scene.remediations(named.namespace)).toEqual([]);
  const all = await scene.incidents(named.namespace);
  for (const { no_action } of all) expect(no_action).toContain(says);
  expect((await scene.read(named)).metadata.generation).toBe(generation);
}

const kinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
export const crashLoop = (namespace: string, pod: string) => ({
  alertname: 'KubePodCrashLooping',
  namespace,
  pod,
  container: 'app',
});

export const alertCases: readonly AlertCase[] = [
  {
    name: 'two rules for one stuck rollout of a Deployment are one card, and the bad release is not put back',
    play: (scene, namespace) => undoneOnce(scene, { kind: 'Deployment', namespace, name: 'cart' }),
  },
  {
    name: 'and of a DaemonSet',
    play: async (scene, namespace) => {
      const named = { kind: 'DaemonSet', namespace, name: 'agent' } as const;
      const alerts = await stuckRelease(scene, named);
      await scene.fire(alerts);
      await scene.looked(namespace, 2);
      expect(await scene.remediations(namespace)).toHaveLength(1);
      expect(await scene.roots(namespace)).toHaveLength(1);
    },
  },
  {
    name: 'five crash looping pods of one Deployment are one restart, and the pods that it makes bring no second one',
    play: async (scene, namespace) => {
      const named = { kind: 'Deployment', namespace, name: 'web' } as const;
      await scene.born(named, 'crash', { replicas: 5 });
      await scene.untilWaiting(namespace, 'CrashLoopBackOff');
      const { generation } = (await scene.read(named)).metadata;
      const before = (await scene.podsOf(namespace)).map(({ name }) => name);
      expect(before).toHaveLength(5);
      await scene.fire(before.map((pod) => crashLoop(namespace, pod)));
      await scene.looked(namespace, 5);
      await scene.untilEnded(namespace, /^failed/);
      const made = (await scene.podsOf(namespace))
        .map(({ name }) => name)
        .filter((name) => !before.includes(name));
      expect(made.length).toBeGreaterThan(0);
      await scene.fire(made.map((pod) => crashLoop(namespace, pod)));
      await scene.looked(namespace, 5 + made.length);
      const all = await scene.remediations(namespace);
      expect(all.filter(({ command }) => command.includes('restart'))).toHaveLength(1);
      expect(await scene.roots(namespace)).toHaveLength(1);
      expect((await scene.read(named)).metadata.generation, 'one restart, and no more').toBe(generation + 1);
    },
  },
  {
    name: 'the same failure with another instance label is the same incident, and its Job is run again once',
    play: async (scene, namespace) => {
      await scene.apply(failingJob(namespace, 'import'));
      await eventually(async () => expect(await jobStatus(scene, namespace, 'import')).toContain('Failed'));
      const alert = (instance: string) => ({
        ...{ alertname: 'KubeJobFailed', namespace, job_name: 'import', job: 'kube-state-metrics', instance },
      });
      await scene.fire([alert('10.42.1.28:8080')]);
      await scene.looked(namespace, 1);
      await scene.fire([alert('10.42.3.77:8080')]);
      await scene.looked(namespace, 2);
      expect(await scene.roots(namespace)).toHaveLength(1);
      expect(await scene.remediations(namespace)).toHaveLength(1);
    },
  },
  ...kinds.map((kind) => ({
    name: `a stale crash loop about healthy pods of a ${kind} restarts nothing`,
    play: (scene: Scene, namespace: string) =>
      nothingDone(
        scene,
        { kind, namespace, name: 'fine' },
        (pods) => pods.map((pod) => crashLoop(namespace, pod)),
        'No pod of it is crash looping.',
      ),
  })),
  {
    name: 'a rollout that is said to be stuck and is not is left alone',
    play: (scene, namespace) =>
      nothingDone(
        scene,
        { kind: 'Deployment', namespace, name: 'fine' },
        () => [{ alertname: 'KubeDeploymentRolloutStuck', namespace, deployment: 'fine' }],
        'pods are of the new revision',
      ),
  },
  {
    name: 'what has become healthy by itself while its card waited is not taken back',
    play: async (scene, namespace) => {
      const named = { kind: 'Deployment', namespace, name: 'cart' } as const;
      const alerts = await stuckRelease(scene, named);
      await scene.fire(alerts);
      await scene.looked(namespace, 2);
      const [row] = await scene.remediations(namespace);
      const card = await scene.play.card(row.number, 'Approval needed');
      await scene.born(named, '2.0.0');
      await scene.untilRolledOut(named, 2);
      await scene.fire(alerts, { status: 'resolved', endsAt: new Date().toISOString() });
      await scene.untilEnded(namespace, /^no_action$/);
      await scene.play.click('U0BOB', card, 'approve');
      expect(await scene.imageOf(named)).toBe(image('cart', '2.0.0'));
      expect((await scene.remediations(namespace)).map(({ state }) => state)).toEqual(['no_action']);
    },
  },
  {
    name: 'the exporter that told is not what failed, and the label that is missing is named',
    play: (scene, namespace) =>
      nothingDone(
        scene,
        { kind: 'Deployment', namespace, name: 'kube-state-metrics' },
        ([pod = '']) => [
          {
            ...{ ...crashLoop(namespace, pod), container: 'kube-state-metrics' },
            ...{ job: 'kube-state-metrics', instance: '10.42.1.28:8080' },
          },
        ],
        'A label that names what failed is missing',
      ),
  },
  {
    name: 'a crash looping pod that nothing owns is told, and not restarted',
    play: async (scene, namespace) => {
      await scene.apply(pod(namespace, 'alone', image('alone', 'crash')));
      await scene.untilWaiting(namespace, 'CrashLoopBackOff');
      await scene.fire([crashLoop(namespace, 'alone')]);
      await scene.looked(namespace, 1);
      expect(await scene.remediations(namespace)).toEqual([]);
      const [told] = await scene.incidents(namespace);
      expect(told.no_action).toContain('is gone, or no workload owns it');
    },
  },
  {
    name: 'a pod that is not there any more is told, and nothing is acted on in its place',
    play: (scene, namespace) =>
      nothingDone(
        scene,
        { kind: 'Deployment', namespace, name: 'fine' },
        () => [crashLoop(namespace, 'fine-5d4b7f-x2x9k')],
        'is gone; by its name it belonged to Deployment/fine',
      ),
  },
  {
    name: 'alerts without fingerprints are each their own, and a bad one of a body keeps out no other',
    play: async (scene, namespace) => {
      for (const name of ['one', 'two'])
        await scene.born({ kind: 'Deployment', namespace, name }, 'crash', { replicas: 1 });
      await eventually(async () => {
        const all = await scene.podsOf(namespace);
        expect(all.filter(({ waiting }) => waiting.includes('CrashLoopBackOff'))).toHaveLength(2);
      });
      const alerts = ['one', 'two'].map((deployment) => ({
        ...{ status: 'firing', startsAt: new Date().toISOString(), fingerprint: '', annotations: null },
        labels: { alertname: 'KubePodCrashLooping', namespace, deployment },
      }));
      const bad = { status: 'firing', labels: { alertname: 'Bad', namespace }, startsAt: 'yesterday' };
      expect(await scene.play.alert([...alerts, bad])).toBe(200);
      await scene.looked(namespace, 2);
      expect(await scene.roots(namespace)).toHaveLength(2);
      const commands = (await scene.remediations(namespace)).map(({ command }) => command).toSorted();
      expect(commands).toEqual([
        `kubectl rollout restart deployment/one -n ${namespace}`,
        `kubectl rollout restart deployment/two -n ${namespace}`,
      ]);
    },
  },
];

const job = z.looseObject({
  status: z.looseObject({ conditions: z.array(z.looseObject({ type: z.string() })).default([]) }),
});

export async function jobStatus(scene: Scene, namespace: string, name: string): Promise<readonly string[]> {
  const found = await scene.raw(`/apis/batch/v1/namespaces/${namespace}/jobs/${name}`);
  return job.parse(found).status.conditions.map(({ type }) => type);
}
