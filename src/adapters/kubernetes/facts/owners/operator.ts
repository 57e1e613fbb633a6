import type { Facts } from '../../../../domain/facts/facts.ts';
import type { AnyObject, OwnerReference } from '../../client/objects.ts';
import { anyObject } from '../../client/objects.ts';
import type { Read, Reader } from '../../client/read.ts';
import type { Resource } from '../../client/resource.ts';
import { resourceOf } from '../../client/resource.ts';
import { controllerOf } from '../pod.ts';
import type { Unknowns } from '../unknowns.ts';

/** A ReplicaSet of a Deployment of an operator's resource is as deep as it gets. */
const mostSteps = 4;

/**
 * The object that controls this one for an operator, which puts back what it owns. Controllers that come with Kubernetes
 * stand in between and are walked through; an owner that is gone (by name or by uid) controls nothing. An object that none
 * of them takes for its own, such as a ConfigMap, can only be an operator's.
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
    const above = await unknowns.orUnknown('owner', ifThere(reader, resourceOf(known, { namespace, name })));
    owner = above?.metadata.uid === uid ? controllerOf(above) : undefined;
  }
  return undefined;
}

async function ifThere(reader: Reader, resource: Resource): Promise<Read<AnyObject | undefined>> {
  const read = await reader.get(anyObject, resource);
  if (read.kind === 'read') return { kind: 'read', value: read.value.value };
  return read.status === 404 ? { kind: 'read', value: undefined } : read;
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
