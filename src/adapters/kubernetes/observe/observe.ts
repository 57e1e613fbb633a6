import type { Target } from '../../../domain/action.ts';
import type { Plan } from '../../../domain/plan.ts';
import type { Observation } from '../../../domain/verdict.ts';
import type { Clock } from '../../../workflow/ports.ts';
import { type Autoscaler, autoscaler, cronJob, job, node, pod } from '../client/objects.ts';
import type { Reader } from '../client/read.ts';
import { insist } from '../client/read.ts';
import { resourceOf } from '../client/resource.ts';
import { endOf, readJobPods, readPodsLeft } from '../facts/batch.ts';
import { isReady } from '../facts/node/subject.ts';
import { podFactOf } from '../facts/pod.ts';
import { readHistoryAndPods } from '../facts/rollout.ts';
import type { Workload, WorkloadTarget } from '../facts/workload.ts';
import { readWorkload } from '../facts/workload.ts';
import { recognise } from '../writes/recognise.ts';
import { aftermathOf } from './node.ts';

/** One look after the change. Throws `ClusterFault` when anything of it could not be seen: half a look misleads. */
export async function observe(reader: Reader, target: Target, now: Clock, plan?: Plan): Promise<Observation> {
  const [seen, changes] = await Promise.all([
    look(reader, target, now, plan),
    plan && changesTo(reader, plan),
  ]);
  if (seen.kind === 'absent') return { ...seen, ...(plan && (await left(reader, plan))) };
  return { ...seen, ...changes };
}

/** Pods that outlive the Job that a plan deletes: with the propagation Background they go after it. */
async function left(reader: Reader, { calls }: Plan): Promise<{ podsLeft?: number }> {
  const deletion = calls.find(({ kind, ref }) => kind === 'delete' && ref.resource === 'jobs');
  if (deletion?.kind !== 'delete') return {};
  const { namespace = '' } = deletion.ref;
  return { podsLeft: insist(await readPodsLeft(reader, namespace, deletion.uid)) };
}

function look(reader: Reader, target: Target, now: Clock, plan: Plan | undefined): Promise<Observation> {
  switch (target.kind) {
    case 'Node':
      return observeNode(reader, target.name, now, plan);
    case 'Pod':
      return observePod(reader, target, now);
    case 'CronJob':
      return observeCronJob(reader, target, now);
    case 'Job':
      return observeJob(reader, target, now);
    case 'HorizontalPodAutoscaler':
      return observeAutoscaler(reader, target, now);
    default:
      return observeWorkload(reader, { ...target, kind: target.kind }, now);
  }
}

/** What of the values that were written is not as written now, and who changed it; nothing while everything is. */
async function changesTo(
  reader: Reader,
  { calls, fieldManager }: Plan,
): Promise<{ changed?: string; changedBy?: string; putBack?: boolean }> {
  for (const call of calls.filter(({ recognise: how }) => how.kind !== 'gone')) {
    const found = await recognise(reader, call, fieldManager);
    if (found.kind === 'done') continue;
    const { lost, by, isBack = false } = found;
    if (lost !== undefined)
      return { changed: lost, putBack: isBack, ...(by === undefined ? {} : { changedBy: by }) };
    if (call.recognise.kind === 'ours') return { changed: found.difference };
  }
  return {};
}

type Place = { readonly namespace: string; readonly name: string };

async function observeCronJob(reader: Reader, { namespace, name }: Place, now: Clock): Promise<Observation> {
  const read = await reader.get(cronJob, resourceOf('CronJob', { namespace, name }));
  if (read.kind === 'refusal' && read.status === 404) return { kind: 'absent', at: now() };
  const { metadata, spec } = insist(read).value;
  return { kind: 'cronJob', at: now(), uid: metadata.uid, suspended: spec.suspend };
}

async function observeJob(reader: Reader, { namespace, name }: Place, now: Clock): Promise<Observation> {
  const read = await reader.get(job, resourceOf('Job', { namespace, name }));
  if (read.kind === 'refusal' && read.status === 404) return { kind: 'absent', at: now() };
  const { value } = insist(read);
  const { active, ready, succeeded, failed } = value.status;
  return {
    kind: 'job',
    at: now(),
    uid: value.metadata.uid,
    suspended: value.spec.suspend,
    ...{ active, ready, succeeded, failed },
    ...endOf(value),
    deleting: Boolean(value.metadata.deletionTimestamp),
    pods: insist(await readJobPods(reader, value)),
  };
}

async function observeAutoscaler(
  reader: Reader,
  { namespace, name }: Place,
  now: Clock,
): Promise<Observation> {
  const read = await reader.get(autoscaler, resourceOf('HorizontalPodAutoscaler', { namespace, name }));
  if (read.kind === 'refusal' && read.status === 404) return { kind: 'absent', at: now() };
  const { metadata, spec, status } = insist(read).value;
  const { minReplicas: min, maxReplicas: max } = spec;
  const [current, desired] = [status.currentReplicas ?? 0, status.desiredReplicas ?? 0];
  return {
    kind: 'autoscaler',
    at: now(),
    uid: metadata.uid,
    ...{ min, max, current, desired },
    ...scalingOf(status.conditions),
  };
}

/** Whether it can work out how many there should be; absent until its controller has looked. */
function scalingOf(conditions: Autoscaler['status']['conditions']) {
  const found = conditions.find(({ type }) => type === 'ScalingActive');
  if (found === undefined) return {};
  const { status, reason = '' } = found;
  return { scaling: { active: status === 'True', reason } };
}

async function observeNode(
  reader: Reader,
  name: string,
  now: Clock,
  plan: Plan | undefined,
): Promise<Observation> {
  const [read, aftermath] = await Promise.all([
    reader.get(node, resourceOf('Node', { name })),
    aftermathOf(reader, name, plan),
  ]);
  if (read.kind === 'refusal' && read.status === 404) return { kind: 'absent', at: now() };
  const { value } = insist(read);
  const { unschedulable } = value.spec;
  const { uid } = value.metadata;
  return { kind: 'node', at: now(), uid, ready: isReady(value), unschedulable, ...aftermath };
}

async function observePod(
  reader: Reader,
  { namespace, name }: { namespace: string; name: string },
  now: Clock,
): Promise<Observation> {
  const read = await reader.get(pod, resourceOf('Pod', { namespace, name }));
  if (read.kind === 'refusal' && read.status === 404) return { kind: 'absent', at: now() };
  const { value } = insist(read);
  return { kind: 'pod', at: now(), uid: value.metadata.uid, pod: podFactOf(value) };
}

async function observeWorkload(reader: Reader, target: WorkloadTarget, now: Clock): Promise<Observation> {
  const read = await readWorkload(reader, target);
  if (read.kind === 'refusal' && read.status === 404) return { kind: 'absent', at: now() };
  const workload = insist(read).value;
  const { pods } = await readHistoryAndPods(reader, workload, async (_, reading) => insist(await reading));
  return { kind: 'workload', at: now(), ...statusOf(workload), pods: pods ?? [] };
}

function statusOf(workload: Workload) {
  const { observedGeneration, desired, updated, ready, available, total, paused } = workload;
  const { strategy, restartedAt, replicaFailure, progressDeadlineExceeded } = workload;
  return {
    uid: workload.metadata.uid,
    generation: workload.metadata.generation,
    ...{ observedGeneration, desired, updated, ready, available, total, paused, progressDeadlineExceeded },
    ...(replicaFailure === undefined ? {} : { replicaFailure }),
    partition: strategy.type === 'RollingUpdate' ? strategy.partition : 0,
    onDelete: strategy.type === 'OnDelete',
    images: Object.fromEntries(workload.containers.map(({ name, image }) => [name, image])),
    ...(restartedAt === undefined ? {} : { restartedAt }),
  };
}
