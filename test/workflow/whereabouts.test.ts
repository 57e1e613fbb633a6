import { expect, test } from 'vitest';
import { handleWake } from '../../src/workflow/lifecycle/run.ts';
import { ClusterFault } from '../../src/workflow/ports.ts';
import { restartOf } from '../fixtures/facts.ts';
import { createRig } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

const signal = new AbortController().signal;

test('what is for another cluster is neither looked at nor touched here', async () => {
  const rig = createRig();
  const asked: string[] = [];
  const watched = new Proxy(rig.context.cluster, {
    get: (cluster, name, self) => {
      asked.push(String(name));
      return Reflect.get(cluster, name, self);
    },
  });
  await playStep(rig, { do: 'request', request: restartOf() });
  const store = { ...rig.context.store, belongsTo: async () => false };
  const [job] = rig.now().shelf.jobs;
  if (job === undefined) throw new Error('nothing is due');
  const claim = { queue: 'wake', jobId: job.jobId, attempt: 0 };
  await handleWake({ ...rig.context, store, cluster: watched }, job.wake, claim, signal);
  expect(asked).toEqual(['identity']);
  expect(rig.row(1)).toMatchObject({ state: 'requested', version: 0 });
  expect(rig.now().shelf.jobs).toMatchObject([{ wake: job.wake }]);
  expect(rig.now().shelf.jobs[0]?.jobId).not.toBe(job.jobId);
});

test('while the cluster does not say which it is, it is asked for nothing, and patience with it ends', async () => {
  const rig = createRig();
  const fault = new ClusterFault('The cluster test does not answer.');
  const cluster = { ...rig.context.cluster, identity: () => Promise.reject(fault) };
  await playStep(rig, { do: 'request', request: restartOf() });
  const [job] = rig.now().shelf.jobs;
  if (job === undefined) throw new Error('nothing is due');
  const wake = (attempt: number) => {
    const claim = { queue: 'wake', jobId: job.jobId, attempt };
    job.attempt = attempt;
    return handleWake({ ...rig.context, cluster }, job.wake, claim, signal);
  };
  await expect(wake(0)).rejects.toBe(fault);
  await wake(3);
  expect(rig.row(1)).toMatchObject({ state: 'failed', stage: 'evaluation', failure: fault.message });
});
