import { test } from 'vitest';
import { z } from 'zod';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster, type KubernetesCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { Action } from '../../src/domain/action.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { ClusterFault } from '../../src/workflow/ports.ts';
import { silentLog } from '../fixtures/log.ts';
import { unfenced } from '../support/unfenced.ts';
import { unhurried } from '../support/unhurried.ts';
import type { Stage } from './cluster-world.ts';
import { patience } from './cluster-world.ts';
import { type Fault, faults, startFaultProxy } from './fault-proxy.ts';
import { cronJob, job } from './manifests.ts';

const isDoneBy = (fault: Fault) => /after|half|stalled/.test(fault);
const isHang = (fault: Fault) => /hang|stalled/.test(fault);
const write = /^(POST|PATCH|DELETE) /;
const read = /^GET /;

const jobs = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string(), uid: z.string() }) })),
});

/** Answers that are lost or spoilt on the way: a run is started once, and known to have been started. */
export function batchFaultsContract(stage: Stage): void {
  const trial = async () => {
    const proxy = await startFaultProxy(stage.world().connection);
    const connection = plainConnection(proxy.url);
    const cluster = { name: 'spoilt', connection, log: silentLog };
    return {
      proxy,
      patient: createCluster({ ...cluster, ...unhurried }),
      hasty: createCluster({ ...cluster, deadlineMs: 5000 }),
      [Symbol.asyncDispose]: async () => {
        await proxy.close();
        await connection.close();
      },
    };
  };
  const attempt = async (cluster: KubernetesCluster, { calls: [call], fieldManager }: Plan) => {
    if (call === undefined) throw new Error('no call');
    return cluster.apply(call, fieldManager, patience(), unfenced).catch((fault: unknown) => fault);
  };
  const jobsIn = async (namespace: string) =>
    (await stage.rest().send(jobs, 'GET', `/apis/batch/v1/namespaces/${namespace}/jobs`)).items.map(
      ({ metadata }) => metadata,
    );

  test('a run by hand', async ({ expect }) => {
    const namespace = await stage.namespace(cronJob({ spec: { successfulJobsHistoryLimit: 50 } }));
    const target = { kind: 'CronJob', namespace, name: 'report' } as const;
    await using way = await trial();
    for (const [round, fault] of faults.entries()) {
      const plan = await stage.plan({ verb: 'create job', target, job: `run-${round}` });
      way.proxy.inject(write, fault);
      const first = await attempt(isHang(fault) ? way.hasty : way.patient, plan);
      const made = async () => (await jobsIn(namespace)).filter(({ name }) => name === `run-${round}`);
      const [early] = await made();
      if (isDoneBy(fault)) {
        expect(first, fault).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
      } else {
        expect(first, fault).toBeInstanceOf(ClusterFault);
        expect(early, fault).toBeUndefined();
      }
      // The process died: the next one begins with the same call.
      const second = await attempt(way.patient, plan);
      expect(second, fault).toMatchObject({ kind: 'applied', result: { alreadyDone: isDoneBy(fault) } });
      const [late] = await made();
      expect(late?.uid, fault).toBe(early?.uid ?? late?.uid);
    }
    expect(await jobsIn(namespace)).toHaveLength(faults.length);
  });

  test('a run by hand whose answer is lost, and that cannot be looked at either', async ({ expect }) => {
    const namespace = await stage.namespace(cronJob());
    const target = { kind: 'CronJob', namespace, name: 'report' } as const;
    await using way = await trial();
    const plan = await stage.plan({ verb: 'create job', target, job: 'report-now' });
    way.proxy.inject(write, 'reset after');
    way.proxy.inject(read, 'reset before', 'error before', 'half a JSON');
    expect(await attempt(way.patient, plan)).toBeInstanceOf(ClusterFault);
    expect(await attempt(way.patient, plan)).toMatchObject({
      kind: 'applied',
      result: { alreadyDone: true },
    });
    expect(await jobsIn(namespace)).toHaveLength(1);
  });

  test("somebody else's Job is not taken for our own when the answer is lost", async ({ expect }) => {
    const namespace = await stage.namespace(cronJob());
    const target = { kind: 'CronJob', namespace, name: 'report' } as const;
    await using way = await trial();
    const plan = await stage.plan({ verb: 'create job', target, job: 'report-now' });
    await stage.create(namespace, job({ name: 'report-now' }));
    way.proxy.inject(write, 'reset after');
    expect(await attempt(way.patient, plan)).toBeInstanceOf(ClusterFault);
    expect(await attempt(way.patient, plan)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('made by somebody else'),
    });
  });

  test('suspending and resuming', async ({ expect }) => {
    const namespace = await stage.namespace(cronJob());
    const target = { kind: 'CronJob', namespace, name: 'report' } as const;
    await using way = await trial();
    for (const [round, fault] of faults.entries()) {
      const action: Action = { verb: round % 2 === 0 ? 'suspend' : 'resume', target };
      const plan = await stage.plan(action);
      way.proxy.inject(write, fault);
      const first = await attempt(isHang(fault) ? way.hasty : way.patient, plan);
      if (!isDoneBy(fault)) expect(first, fault).toBeInstanceOf(ClusterFault);
      expect(await attempt(way.patient, plan), fault).toMatchObject({
        kind: 'applied',
        result: { alreadyDone: isDoneBy(fault), generation: round + 2 },
      });
    }
  });

  test('deletion of a Job', async ({ expect }) => {
    await using way = await trial();
    for (const fault of faults) {
      const namespace = await stage.namespace(job());
      const target = { kind: 'Job', namespace, name: 'import' } as const;
      const plan = await stage.plan({ verb: 'delete job', target });
      way.proxy.inject(write, fault);
      const first = await attempt(isHang(fault) ? way.hasty : way.patient, plan);
      if (!isDoneBy(fault)) expect(first, fault).toBeInstanceOf(ClusterFault);
      const second = await attempt(way.patient, plan);
      expect(second, fault).toMatchObject({ kind: 'applied', result: { alreadyDone: isDoneBy(fault) } });
    }
  });
}
