import type { Target } from '../../domain/action.ts';
import type { Observation } from '../../domain/verdict.ts';
import type { Clock } from '../../workflow/ports.ts';
import { isReady } from './node.ts';
import { node, pod } from './objects.ts';
import { podFactOf } from './pod.ts';
import type { Reader } from './read.ts';
import { insist } from './read.ts';
import { resourceOf } from './resource.ts';
import { readHistoryAndPods } from './rollout.ts';
import type { Workload, WorkloadTarget } from './workload.ts';
import { readWorkload } from './workload.ts';

/** One look after the change. Throws `ClusterFault` when anything of it could not be seen: half a look misleads. */
export async function observe(reader: Reader, target: Target, now: Clock): Promise<Observation> {
  if (target.kind === 'Node') return observeNode(reader, target.name, now);
  if (target.kind === 'Pod') return observePod(reader, target, now);
  return observeWorkload(reader, { ...target, kind: target.kind }, now);
}

async function observeNode(reader: Reader, name: string, now: Clock): Promise<Observation> {
  const read = await reader.get(node, resourceOf('Node', { name }));
  if (read.kind === 'refusal' && read.status === 404) return { kind: 'absent', at: now() };
  const { value } = insist(read);
  const { unschedulable } = value.spec;
  return { kind: 'node', at: now(), uid: value.metadata.uid, ready: isReady(value), unschedulable };
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
