import type { JsonObject } from '../json.ts';
import { namespaceOf, uidOf } from '../objects/identity.ts';
import { daemonSets, pods, replicaSets, statefulSets } from '../resources.ts';
import { matchesSelector } from '../selectors.ts';
import { at, edited, listAt, put, textAt, textsAt } from '../tree.ts';
import { controllerManager, type World } from '../world.ts';
import { isTerminating, ownerReference } from './ownership.ts';

/**
 * Lets go of pods whose labels their controller's selector no longer matches, and takes on those of a ReplicaSet's labels
 * that nobody controls (ClaimPods in kubernetes/pkg/controller/controller_ref_manager.go). A StatefulSet and a DaemonSet
 * would take on theirs as well; here they wait for pods of their own.
 */
export function claimPods(world: World): void {
  const sets = [replicaSets, statefulSets, daemonSets].flatMap((each) => world.store.list(each));
  const owners = new Map(sets.map((set) => [uidOf(set), set]));
  for (const pod of world.store.list(pods)) {
    if (isTerminating(pod)) continue;
    const references = listAt(pod, 'metadata', 'ownerReferences');
    const own = references.find((each) => each['controller'] === true);
    const owner = own && owners.get(textAt(own, 'uid') ?? '');
    if (owner !== undefined && !picks(owner, pod))
      write(
        world,
        pod,
        references.filter((each) => each !== own),
      );
    if (own === undefined) adopt(world, pod, references);
  }
}

function adopt(world: World, pod: JsonObject, references: readonly JsonObject[]): void {
  const set = world.store.list(replicaSets, namespaceOf(pod)).find((each) => picks(each, pod));
  if (set !== undefined) write(world, pod, [...references, ownerReference(set)]);
}

const picks = (set: JsonObject, pod: JsonObject): boolean =>
  matchesSelector(at(set, 'spec', 'selector'), textsAt(pod, 'metadata', 'labels'));

function write(world: World, pod: JsonObject, references: readonly JsonObject[]): void {
  const next = edited(pod, (draft) =>
    put(draft, ['metadata', 'ownerReferences'], references.length === 0 ? undefined : [...references]),
  );
  world.store.update(pods, next, controllerManager);
}
