import type { Target } from '../../../../domain/action.ts';
import type { Former, Keeper } from '../../../../domain/owner.ts';
import type { Dependent } from '../../../../workflow/ports.ts';
import type { AnyObject, OwnerReference } from '../../client/objects.ts';
import { anyObject, autoscaler, pod, replicaSet } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { insist } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import { controllerOf } from '../pod.ts';

/**
 * What an object belongs to. Of a Job it is the CronJob that made it, of an autoscaler what it scales; else what is
 * behind a pod or a ReplicaSet: its controller, or what controls the pod's ReplicaSet. Each
 * step is checked by uid, for a pod may outlive its owner and another object may have taken the name; an operator's own object is
 * not read.
 *
 * Undefined when the owner is gone, and for the pods that a node's kubelet keeps. Of a pod that is gone it is what its name
 * says, where an object of such a name is there.
 */
export async function ownerOf(
  reader: Reader,
  { kind, namespace, name }: Dependent,
): Promise<Target | Keeper | Former | undefined> {
  if (kind === 'ReplicaSet') return behindSet(reader, namespace, { name });
  if (kind === 'Job') return behindJob(reader, namespace, name);
  if (kind === 'HorizontalPodAutoscaler') return scaledBy(reader, namespace, name);
  const read = await reader.get(pod, resourceOf('Pod', { namespace, name }));
  if (read.kind === 'refusal' && read.status === 404) return byName(reader, namespace, name);
  const owner = controllerOf(insist(read).value);
  return owner?.kind === 'ReplicaSet'
    ? behindSet(reader, namespace, owner)
    : workloadNamed(reader, namespace, owner);
}

/** The hash of a template and the ends of generated names have no vowels and few digits (k8s.io/apimachinery, pkg/util/rand). */
const generated = '[bcdfghjklmnpqrstvwxz2456789]';
const ofSet = new RegExp(`^(.+)-${generated}{5}$`);
const ofTemplate = new RegExp(`^(.+)-${generated}{6,10}$`);

/**
 * A ReplicaSet, a DaemonSet and a Job put five characters behind their names, a StatefulSet a number; an indexed Job and the Jobs
 * of a CronJob both. What was restarted or rolled out leaves its ReplicaSet behind, unless it keeps no history.
 */
async function byName(reader: Reader, namespace: string, pod: string): Promise<Former | undefined> {
  const [, set] = ofSet.exec(pod) ?? [];
  const behind = set === undefined ? undefined : await behindSet(reader, namespace, { name: set });
  if (behind !== undefined) return { was: behind };
  for (const { kind, name } of namedAfter(pod, set)) {
    const read = await reader.get(anyObject, resourceOf(kind, { namespace, name }));
    if (read.kind !== 'refusal') return { was: { kind, namespace, name } };
  }
  return undefined;
}

/** What a pod may be named after besides a ReplicaSet. `set`: its name without the five characters, where it has them. */
function namedAfter(pod: string, set: string | undefined) {
  const [, numbered] = /^(.+)-\d+$/.exec(set ?? pod) ?? [];
  const [, templated] = ofTemplate.exec(set ?? '') ?? [];
  const ofNumber = set === undefined ? (['StatefulSet'] as const) : (['Job', 'CronJob'] as const);
  return [
    ...named(['DaemonSet', 'Job'], set),
    ...named(['Deployment'], templated),
    ...named(ofNumber, numbered),
  ];
}

type Named = 'DaemonSet' | 'Deployment' | 'StatefulSet' | 'Job' | 'CronJob';

const named = (kinds: readonly Named[], name: string | undefined) =>
  name === undefined ? [] : kinds.map((kind) => ({ kind, name }));

async function behindSet(
  reader: Reader,
  namespace: string,
  { name, uid }: { readonly name: string; readonly uid?: string },
): Promise<Target | Keeper | undefined> {
  const set = await reader.get(replicaSet, resourceOf('ReplicaSet', { namespace, name }));
  if (set.kind === 'refusal' && set.status === 404) return undefined;
  const { value } = insist(set);
  const isIt = uid === undefined || value.metadata.uid === uid;
  return isIt ? workloadNamed(reader, namespace, controllerOf(value)) : undefined;
}

async function behindJob(reader: Reader, namespace: string, name: string): Promise<Target | undefined> {
  const read = await reader.get(anyObject, resourceOf('Job', { namespace, name }));
  // What may not be read is its own owner.
  if (read.kind === 'refusal') return undefined;
  const owner = controllerOf(read.value.value);
  return owner?.kind === 'CronJob' && owner.apiVersion.startsWith('batch/')
    ? { kind: 'CronJob', namespace, name: owner.name }
    : undefined;
}

async function scaledBy(reader: Reader, namespace: string, name: string): Promise<Target | undefined> {
  const read = await reader.get(autoscaler, resourceOf('HorizontalPodAutoscaler', { namespace, name }));
  // What may not be read is its own owner.
  if (read.kind === 'refusal') return undefined;
  const { kind, name: scaled } = read.value.value.spec.scaleTargetRef;
  return kind === 'Deployment' || kind === 'StatefulSet' ? { kind, namespace, name: scaled } : undefined;
}

async function workloadNamed(
  reader: Reader,
  namespace: string,
  owner: OwnerReference | undefined,
): Promise<Target | Keeper | undefined> {
  if (owner === undefined) return undefined;
  const kind = workloadKind(owner) ?? jobKind(owner);
  if (kind === undefined) return keeperOf(namespace, owner);
  const read = await reader.get(anyObject, resourceOf(kind, { namespace, name: owner.name }));
  if (read.kind === 'refusal' && read.status === 404) return undefined;
  const found: AnyObject = insist(read).value;
  return found.metadata.uid === owner.uid ? { kind, namespace, name: owner.name } : undefined;
}

const jobKind = ({ apiVersion, kind }: OwnerReference) =>
  apiVersion.startsWith('batch/') && kind === 'Job' ? kind : undefined;

function keeperOf(namespace: string, { apiVersion, kind, name }: OwnerReference): Keeper | undefined {
  const group = apiVersion.split('/').at(-2);
  if (group === undefined && kind === 'Node') return undefined;
  return { keeps: group === undefined ? kind : `${kind}.${group}`, namespace, name };
}

/** Kinds of the group apps only: an operator may have a Deployment of its own. */
export function workloadKind(owner: OwnerReference | undefined) {
  if (!owner?.apiVersion.startsWith('apps/')) return undefined;
  const { kind } = owner;
  return kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet' ? kind : undefined;
}
