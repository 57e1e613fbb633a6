import type { PodSubject } from '../../../../domain/facts/facts.ts';
import type { AnyObject, OwnerReference, Pod } from '../../client/objects.ts';
import { pod, replicaSet } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import { controllerOf, isMirror, podFactOf, selectorText } from '../pod.ts';
import type { Unknowns } from '../unknowns.ts';
import { readWorkload, readyBut, type Workload } from '../workload.ts';
import { workloadKind } from './workload-behind.ts';

/** A pod's controller with its numbers, and the object whose marks say who manages the pod. */
interface Controller {
  readonly fact: PodSubject['controller'];
  readonly top: AnyObject | undefined;
}

export function podSubjectOf(found: Pod, controller: Controller): PodSubject {
  return {
    kind: 'pod',
    pod: podFactOf(found),
    mirror: isMirror(found),
    ...(controller.fact === undefined ? {} : { controller: controller.fact }),
  };
}

/** Walks up from a pod: the Deployment behind its ReplicaSet, else the controller itself, with what could be read. */
export async function readController(reader: Reader, unknowns: Unknowns, found: Pod): Promise<Controller> {
  const owner = controllerOf(found);
  if (owner === undefined) return { fact: undefined, top: undefined };
  const { namespace = '' } = found.metadata;
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
  const { value: workload } = found;
  const pods = workload.kind === 'Deployment' ? [] : await siblings(reader, unknowns, workload);
  const fact = { kind, name, desired: workload.desired };
  return { fact: pods === undefined ? fact : { ...fact, ready: readyBut(workload, pods) }, top: workload };
}

/** The pods of a controller: it tells how many are ready, and not how many of those are told to end. */
async function siblings(
  reader: Reader,
  unknowns: Unknowns,
  { metadata: { namespace, uid }, selector }: Workload,
): Promise<readonly Pod[] | undefined> {
  const query = { labelSelector: selectorText(selector) };
  const listing = reader.list(pod, resourceOf('Pod', { namespace }), query);
  const found = await unknowns.orUnknown('pods', listing);
  return found?.filter((each) => controllerOf(each)?.uid === uid);
}
