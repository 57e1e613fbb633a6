import type { Facts } from '../../../../domain/facts/facts.ts';
import type { AnyObject, OwnerReference } from '../../client/objects.ts';
import { anyObject } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import { controllerOf } from '../pod.ts';
import type { Unknowns } from '../unknowns.ts';
import { workloadKind } from './workload-behind.ts';

/** A ReplicaSet of a Deployment of an operator's resource is as deep as it gets. */
const mostSteps = 4;

/**
 * The object of an installed kind that controls this one: an operator's own, which puts back what it owns. Kinds that
 * come with Kubernetes stand in between and are walked through; an owner that is gone (by uid) controls nothing.
 */
export async function readOperator(
  reader: Reader,
  unknowns: Unknowns,
  namespace: string,
  object: AnyObject,
): Promise<Facts['owner']> {
  let owner = controllerOf(object);
  for (let step = 0; owner !== undefined && step < mostSteps; step += 1) {
    const { apiVersion, kind, name, uid } = owner;
    if (isInstalled(owner)) return { apiVersion, kind, name };
    const known = kindToWalk(owner);
    if (known === undefined) return undefined;
    const resource = resourceOf(known, { namespace, name });
    const above = await unknowns.orUnknown('owner', reader.get(anyObject, resource));
    owner = above?.value.metadata.uid === uid ? controllerOf(above.value) : undefined;
  }
  return undefined;
}

/** Groups of Kubernetes itself have no dot (`apps`, `batch`), or end in `.k8s.io`. */
function isInstalled({ apiVersion }: OwnerReference): boolean {
  const [group = ''] = apiVersion.split('/');
  return group.includes('.') && !group.endsWith('.k8s.io');
}

function kindToWalk(owner: OwnerReference) {
  if (owner.kind === 'ReplicaSet' && owner.apiVersion.startsWith('apps/')) return 'ReplicaSet';
  return workloadKind(owner);
}
