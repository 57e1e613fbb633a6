import type { Facts } from '../../../../domain/facts/facts.ts';
import type { AnyObject, OwnerReference } from '../../client/objects.ts';
import { anyObject } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import { controllerOf } from '../pod.ts';
import type { Unknowns } from '../unknowns.ts';

/** A ReplicaSet of a Deployment of an operator's resource is as deep as it gets. */
const mostSteps = 4;

/**
 * The object that controls this one for an operator, which puts back what it owns. Controllers that come with Kubernetes
 * stand in between and are walked through; an owner that is gone (by uid) controls nothing. An object that none of them
 * takes for its own, such as a ConfigMap, can only be an operator's.
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
    const known = kindToWalk(owner);
    if (known === undefined) return isKeeper(owner) ? undefined : { apiVersion, kind, name };
    const resource = resourceOf(known, { namespace, name });
    const above = await unknowns.orUnknown('owner', reader.get(anyObject, resource));
    owner = above?.value.metadata.uid === uid ? controllerOf(above.value) : undefined;
  }
  return undefined;
}

const walked = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'] as const;

/** An operator may have a Job of its own: the group decides. */
function kindToWalk({ apiVersion, kind }: OwnerReference) {
  return apiVersion.startsWith('apps/') || apiVersion.startsWith('batch/')
    ? walked.find((each) => each === kind)
    : undefined;
}

/** The kubelet's own pods belong to their node, old pods to a ReplicationController: neither puts a change back. */
function isKeeper({ apiVersion, kind }: OwnerReference): boolean {
  return apiVersion === 'v1' && (kind === 'Node' || kind === 'ReplicationController');
}
