import type { JsonObject } from '../json.ts';
import type { Resource } from '../resources.ts';
import { nameOf, timestamp } from '../store.ts';
import { at, isTrueAt, listAt, objectAt, textAt } from '../tree.ts';
import { controllerManager, type World } from '../world.ts';

export function uidOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'uid') ?? '';
}

export function namespaceOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'namespace') ?? '';
}

/** The owner reference with controller=true; at most one is allowed. */
function controllerOf(object: JsonObject): JsonObject | undefined {
  return listAt(object, 'metadata', 'ownerReferences').find((each) => isTrueAt(each, 'controller'));
}

/** Controller uids by stored object, since every controller asks for them at every look. */
const controllers = new WeakMap<JsonObject, string>();

function controllerUid(object: JsonObject): string {
  const known = controllers.get(object);
  if (known !== undefined) return known;
  const uid = textAt(controllerOf(object), 'uid') ?? '';
  controllers.set(object, uid);
  return uid;
}

/** The objects of a resource that this owner controls. */
export function ownedBy(world: World, owner: JsonObject, resource: Resource): JsonObject[] {
  const uid = uidOf(owner);
  return world.store.list(resource, namespaceOf(owner)).filter((each) => controllerUid(each) === uid);
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

/** Pods end gracefully, everything else goes at once. */
export function startDeletion(world: World, resource: Resource, object: JsonObject): void {
  if (resource.kind === 'Pod') deletePod(world, resource, object, undefined);
  else world.store.remove(resource, object);
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
  if (asked === 0) {
    world.store.remove(resource, pod);
    return pod;
  }
  const given = at(pod, 'metadata', 'deletionGracePeriodSeconds');
  if (typeof given === 'number' && given <= asked) return pod;
  const metadata = {
    ...objectAt(pod, 'metadata'),
    deletionTimestamp: timestamp(world.now() + world.span(asked)),
    deletionGracePeriodSeconds: asked,
  };
  return world.store.update(resource, { ...pod, metadata }, controllerManager);
}
