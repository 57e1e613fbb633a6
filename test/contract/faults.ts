import { test } from 'vitest';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster, type KubernetesCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { Action } from '../../src/domain/action.ts';
import type { Call, Plan } from '../../src/domain/plan.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { ClusterFault } from '../../src/workflow/ports.ts';
import { silentLog } from '../fixtures/log.ts';
import { unfenced } from '../support/unfenced.ts';
import { unhurried } from '../support/unhurried.ts';
import type { Stage, WorkloadName } from './cluster-world.ts';
import { pathOf, patience } from './cluster-world.ts';
import { type Fault, type FaultProxy, faults, startFaultProxy } from './fault-proxy.ts';
import { daemonSet, deployment, statefulSet } from './manifests.ts';
import { until } from './rest.ts';

/** Whether the server had done the work when the fault struck. */
const isDoneBy = (fault: Fault) => /after|half|stalled/.test(fault);
const isHang = (fault: Fault) => /hang|stalled/.test(fault);

const write = /^(PATCH|DELETE) |^POST .*\/eviction$/;
const read = /^GET /;

interface Trial extends AsyncDisposable {
  readonly proxy: FaultProxy;
  readonly patient: KubernetesCluster;
  /** Gives up after a second and a half, a look after ten; for what never answers. */
  readonly hasty: KubernetesCluster;
}

interface Subject {
  readonly name: string;
  readonly kind: WorkloadName['kind'];
  readonly manifest: JsonObject;
  /** What to do in the n-th round; each round changes something. */
  action(target: WorkloadName, round: number): Action;
}

const subjects: Subject[] = [
  {
    name: 'restart of a Deployment',
    kind: 'Deployment',
    manifest: deployment(),
    action: (target) => ({ verb: 'rollout restart', target }),
  },
  {
    name: 'scaling of a StatefulSet',
    kind: 'StatefulSet',
    manifest: statefulSet({ replicas: 1 }),
    action: (target, round) => ({
      verb: 'scale',
      target: { ...target, kind: 'StatefulSet' },
      // From one replica to none and back: zero is where a Scale object differs from what it scales.
      replicas: round % 2,
    }),
  },
  {
    name: 'new image of a StatefulSet',
    kind: 'StatefulSet',
    manifest: statefulSet({ replicas: 1 }),
    action: (target, round) => ({
      verb: 'set image',
      target,
      images: [{ container: 'app', image: `web:${2 + (round % 2)}` }],
    }),
  },
  {
    name: 'undo of a DaemonSet',
    kind: 'DaemonSet',
    manifest: daemonSet(),
    action: (target) => ({ verb: 'rollout undo', target }),
  },
  {
    name: 'pause and resumption of a Deployment',
    kind: 'Deployment',
    manifest: deployment({ replicas: 1 }),
    action: ({ namespace, name }, round) => ({
      verb: round % 2 === 0 ? 'rollout pause' : 'rollout resume',
      target: { kind: 'Deployment', namespace, name },
    }),
  },
];

/** The call of a plan that deletes a pod, or the eviction of the same pod. */
function removal(how: 'deletion' | 'eviction', { calls: [call] }: Plan): Call {
  if (call?.kind !== 'delete') throw new Error('no deletion');
  if (how === 'deletion') return call;
  return { ...call, kind: 'evict', ref: { ...call.ref, subresource: 'eviction' } };
}

/** Answers that are lost or spoilt: each write happens once, and is known to have happened. */
export function faultsContract(stage: Stage): void {
  const trial = async (): Promise<Trial> => {
    const proxy = await startFaultProxy(stage.world().connection);
    const connection = plainConnection(proxy.url);
    const cluster = { name: 'spoilt', connection, log: silentLog };
    return {
      proxy,
      // What is tried is the repetition; the time that a look may take has its own test.
      patient: createCluster({ ...cluster, ...unhurried }),
      // For what never answers, so its times are waited for to the end.
      hasty: createCluster({ ...cluster, deadlineMs: 5000, gatherMs: 10_000 }),
      [Symbol.asyncDispose]: async () => {
        await proxy.close();
        await connection.close();
      },
    };
  };
  const generation = async (target: WorkloadName) =>
    (await stage.raw(pathOf(target))).metadata.generation ?? 0;
  /** Controllers need a moment before a next plan can be made. */
  const planned = (action: Action): Promise<Plan> =>
    until(
      () => stage.plan(action).catch(() => undefined),
      (plan) => plan !== undefined,
    ).then((plan) => plan ?? stage.plan(action));

  test.for(subjects)('$name', async ({ kind, manifest, action, name }, { expect }) => {
    const target: WorkloadName = { kind, namespace: await stage.namespace(manifest), name: 'web' };
    await stage.settled(target);
    if (name.startsWith('undo')) {
      const images = [{ container: 'app', image: 'web:2' }];
      await stage.apply(await planned({ verb: 'set image', target, images }));
    }
    await using way = await trial();
    const { proxy, patient, hasty } = way;
    let round = 0;
    const attempt = async (cluster: KubernetesCluster, { calls: [call], fieldManager }: Plan) => {
      if (call === undefined) throw new Error('no call');
      return cluster.apply(call, fieldManager, patience(), unfenced).catch((fault: unknown) => fault);
    };

    /** Where the status came between the look and the write, the server refused it before its answer was lost: once more. */
    const spoiltBy = async (fault: Fault, plan: Plan, before: number): Promise<unknown> => {
      for (let go = 1; ; go += 1) {
        proxy.inject(write, fault);
        const first = await attempt(isHang(fault) ? hasty : patient, plan);
        const refused =
          isDoneBy(fault) && first instanceof ClusterFault && (await generation(target)) === before;
        if (!refused || go === 10) return first;
      }
    };

    for (const fault of faults) {
      const plan = await planned(action(target, round));
      const before = await generation(target);
      const first = await spoiltBy(fault, plan, before);
      if (isDoneBy(fault)) {
        expect(first, fault).toMatchObject({
          kind: 'applied',
          result: { alreadyDone: true, generation: before + 1 },
        });
      } else {
        expect(first, fault).toBeInstanceOf(ClusterFault);
        expect(await generation(target), fault).toBe(before);
        const retryAfterSeconds = fault === 'throttled' ? 1 : undefined;
        expect(first, fault).toMatchObject({ retryAfterSeconds, message: expect.not.stringMatching(/[{<]/) });
        const second = await attempt(patient, plan);
        expect(second, fault).toMatchObject({
          kind: 'applied',
          result: { alreadyDone: false, generation: before + 1 },
        });
      }
      expect(await generation(target), fault).toBe(before + 1);
      round += 1;
    }

    // The look that would have recognised the work fails as well, as often as a read is repeated.
    const plan = await planned(action(target, round));
    const before = await generation(target);
    proxy.inject(write, 'reset after');
    proxy.inject(read, 'reset before', 'error before', 'half a JSON');
    expect(await attempt(patient, plan)).toBeInstanceOf(ClusterFault);
    expect(await attempt(patient, plan)).toMatchObject({
      kind: 'applied',
      result: { generation: before + 1 },
    });
    expect(await generation(target)).toBe(before + 1);
  });

  test.for(['deletion', 'eviction'] as const)('%s of a pod', async (how, { expect }) => {
    const namespace = await stage.namespace(deployment());
    const target = { kind: 'Deployment', namespace, name: 'web' } as const;
    await using way = await trial();
    for (const fault of faults) {
      const before = await stage.settled(target);
      const [victim] = before.pods;
      const pod = { kind: 'Pod', namespace, name: victim?.name ?? '' } as const;
      const plan = await stage.plan({ verb: 'delete pod', target: pod });
      const { fieldManager } = plan;
      const call = removal(how, plan);
      way.proxy.inject(write, fault);
      const cluster = isHang(fault) ? way.hasty : way.patient;
      const first = await cluster
        .apply(call, fieldManager, patience(), unfenced)
        .catch((reason: unknown) => reason);
      if (isDoneBy(fault)) {
        expect(first, fault).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
      } else {
        expect(first, fault).toBeInstanceOf(ClusterFault);
        const second = await way.patient.apply(call, fieldManager, patience(), unfenced);
        expect(second, fault).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
      }
      const after = await until(
        () => stage.settled(target),
        ({ pods }) => pods.every(({ uid }) => uid !== victim?.uid),
      );
      const kept = after.pods.filter(({ uid }) => before.pods.some((old) => old.uid === uid));
      expect(kept, fault).toHaveLength(before.pods.length - 1);
    }
  });

  test.for(faults.filter((fault) => !isHang(fault)))(
    'a look that meets "%s" is repeated',
    async (fault, { expect }) => {
      const namespace = await stage.namespace(deployment());
      const action: Action = {
        verb: 'rollout restart',
        target: { kind: 'Deployment', namespace, name: 'web' },
      };
      await using way = await trial();
      way.proxy.inject(read, fault, fault);
      expect(await way.patient.gather([action], patience())).toMatchObject([
        { kind: 'facts', facts: { unknown: [] } },
      ]);
    },
  );

  test('what does not answer is a named unknown; the target itself is a fault', async ({ expect }) => {
    const namespace = await stage.namespace(deployment());
    const action: Action = {
      verb: 'rollout restart',
      target: { kind: 'Deployment', namespace, name: 'web' },
    };
    await using way = await trial();
    way.proxy.inject(/\/namespaces\/[^/]+$/, 'hang before');
    way.proxy.inject(/\/horizontalpodautoscalers$/, 'stalled body');
    way.proxy.inject(/\/pods$/, 'hang before');
    const [seen] = await way.hasty.gather([action], patience());
    if (seen?.kind !== 'facts') throw new Error(seen?.reason);
    const facts = seen.facts.unknown.map(({ fact }) => fact).toSorted();
    // Where new pods would go is asked for once it is known that there are any, in the time that is left.
    expect(facts).toEqual(['autoscaler', 'namespace labels', 'nodes', 'pods', 'pods on the nodes']);
    for (const { reason } of seen.facts.unknown) expect(reason).toContain('did not answer');

    way.proxy.inject(/\/deployments\/web$/, 'hang before');
    const blind = await way.hasty.gather([action], patience()).catch((fault: unknown) => fault);
    expect(blind).toBeInstanceOf(ClusterFault);
  });
}
