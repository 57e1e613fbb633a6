import type { PodSubject } from '../../../../domain/facts/facts.ts';
import type { AnyObject, OwnerReference, Pod } from '../../client/objects.ts';
import { replicaSet } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import { controllerOf, isMirror, podFactOf } from '../pod.ts';
import type { Unknowns } from '../unknowns.ts';
import { readWorkload } from '../workload.ts';
import { workloadKind } from './workload-behind.ts';

/** A pod's controller with its numbers, and the object whose marks say who manages the pod. */
interface Controller {
  readonly fact: PodSubject['controller'];
  readonly top: AnyObject | undefined;
}

export function podSubjectOf(pod: Pod, controller: Controller): PodSubject {
  return {
    kind: 'pod',
    pod: podFactOf(pod),
    mirror: isMirror(pod),
    ...(controller.fact === undefined ? {} : { controller: controller.fact }),
  };
}

/** Walks up from a pod: the Deployment behind its ReplicaSet, else the controller itself, with what could be read. */
export async function readController(reader: Reader, unknowns: Unknowns, pod: Pod): Promise<Controller> {
  const owner = controllerOf(pod);
  if (owner === undefined) return { fact: undefined, top: undefined };
  const { namespace = '' } = pod.metadata;
  if (owner.kind !== 'ReplicaSet') return workloadController(reader, unknowns, namespace, owner);
  const resource = resourceOf('ReplicaSet', { namespace, name: owner.name });
  const set = await unknowns.orUnknown('controller', reader.get(replicaSet, resource));
  if (set === undefined) return { fact: { kind: owner.kind, name: owner.name }, top: undefined };
  const above = controllerOf(set.value);
  if (above !== undefined) return workloadController(reader, unknowns, namespace, above);
  const { spec, status } = set.value;
  const fact = { kind: owner.kind, name: owner.name, desired: spec.replicas, ready: status.readyReplicas };
  return { fact, top: set.value };
}

async function workloadController(
  reader: Reader,
  unknowns: Unknowns,
  namespace: string,
  { kind, name, ...reference }: OwnerReference,
): Promise<Controller> {
  const known = workloadKind({ kind, name, ...reference });
  const found =
    known && (await unknowns.orUnknown('controller', readWorkload(reader, { kind: known, namespace, name })));
  if (!found) return { fact: { kind, name }, top: undefined };
  const { desired, ready } = found.value;
  return { fact: { kind, name, desired, ready }, top: found.value };
}
