import type { JsonObject } from '../json.ts';
import { controllerUid, nameOf, namespaceOf, uidOf } from '../objects/identity.ts';
import { timestamp } from '../objects/store.ts';
import type { Resource } from '../resources.ts';
import { at, objectAt, textAt } from '../tree.ts';
import { controllerManager, type World } from '../world.ts';

/** The objects of a resource that this owner controls. */
export function ownedBy(world: World, owner: JsonObject, resource: Resource): JsonObject[] {
  return world.store.ownedBy(resource, namespaceOf(owner), uidOf(owner));
}

export function ownerReference(owner: JsonObject): JsonObject {
  return {
    apiVersion: textAt(owner, 'apiVersion') ?? '',
    kind: textAt(owner, 'kind') ?? '',
    name: nameOf(owner),
    uid: uidOf(owner),
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function isTerminating(object: JsonObject): boolean {
  return at(object, 'metadata', 'deletionTimestamp') !== undefined;
}

/** Whether somebody has to do something before an object may go. */
export function isHeld(object: JsonObject): boolean {
  const finalizers = at(object, 'metadata', 'finalizers');
  return Array.isArray(finalizers) && finalizers.length > 0;
}

/** Removes what a deleted owner leaves behind, as the garbage collector does with background propagation. */
export function collectGarbage(resources: readonly Resource[]): (world: World) => void {
  return (world) => {
    const living = new Set(resources.flatMap((resource) => world.store.list(resource).map(uidOf)));
    for (const resource of resources)
      for (const object of world.store.list(resource)) {
        const owner = controllerUid(object);
        if (owner !== '' && !living.has(owner)) startDeletion(world, resource, object);
      }
  };
}

/** Pods end gracefully; everything else goes at once, or when nothing holds it any more. */
export function startDeletion(world: World, resource: Resource, object: JsonObject): void {
  if (resource.kind === 'Pod') deletePod(world, resource, object, undefined);
  else if (!isHeld(object)) world.store.remove(resource, object);
  else if (!isTerminating(object)) mark(world, resource, object, 0);
}

/** Removes what was to go, other than pods, once its last finalizer is taken off. */
export function finishDeletions(resources: readonly Resource[]): (world: World) => void {
  return (world) => {
    for (const resource of resources.filter(({ kind }) => kind !== 'Pod'))
      for (const object of world.store.list(resource))
        if (isTerminating(object) && !isHeld(object)) world.store.remove(resource, object);
  };
}

function mark(world: World, resource: Resource, object: JsonObject, graceSeconds: number): JsonObject {
  const metadata = {
    ...objectAt(object, 'metadata'),
    deletionTimestamp: timestamp(world.now() + world.span(graceSeconds)),
    deletionGracePeriodSeconds: graceSeconds,
  };
  return world.store.update(resource, { ...object, metadata }, controllerManager);
}

/**
 * Marks a pod for deletion; the simulated kubelet removes it when it has stopped. A second call can shorten the
 * grace period (seconds), never lengthen it; zero removes the object at once.
 */
export function deletePod(
  world: World,
  resource: Resource,
  pod: JsonObject,
  graceSeconds: number | undefined,
): JsonObject {
  const asked = graceSeconds ?? Number(at(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30);
  if (asked === 0 && !isHeld(pod)) {
    world.store.remove(resource, pod);
    return pod;
  }
  const given = at(pod, 'metadata', 'deletionGracePeriodSeconds');
  if (typeof given === 'number' && given <= asked) return pod;
  return mark(world, resource, pod, asked);
}
