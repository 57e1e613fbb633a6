import type { Json, JsonObject } from '../json.ts';
import { nameOf } from '../objects/identity.ts';
import { pods, statefulSets } from '../resources.ts';
import { edited, listAt, numberAt, objectAt, put, textAt, textsAt } from '../tree.ts';
import { statusWriter, type World } from '../world.ts';
import { record } from './events.ts';
import { deletePod, isTerminating, ownedBy } from './ownership.ts';
import { withoutZeroes } from './replica-set.ts';
import { revisionHashLabel, revisionsOf, templateOf, trimRevisions } from './revisions.ts';
import { createPod, isActive, isAvailable, isReady } from './template.ts';

/** Where one StatefulSet stands in this pass. */
interface Set {
  readonly object: JsonObject;
  readonly replicas: number;
  readonly ordered: boolean;
  readonly current: JsonObject;
  readonly update: JsonObject;
  /** Pods by ordinal; those of ordinals beyond `replicas` are to go. */
  readonly pods: ReadonlyMap<number, JsonObject>;
}

/**
 * One pod an ordinal, one step at a time (kubernetes/pkg/controller/statefulset/stateful_set_control.go). A pod
 * that never becomes Ready holds up an OrderedReady set, even after an undo, until somebody deletes it.
 */
export function statefulSetController(world: World): void {
  for (const object of world.store.list(statefulSets)) {
    const revisions = revisionsOf(world, object);
    const update = revisions.at(-1) ?? object;
    const currentName = textAt(object, 'status', 'currentRevision');
    const current = revisions.find((each) => nameOf(each) === currentName) ?? update;
    const set = {
      object,
      replicas: numberAt(object, 'spec', 'replicas') ?? 1,
      ordered: textAt(object, 'spec', 'podManagementPolicy') !== 'Parallel',
      current,
      update,
      pods: byOrdinal(world, object),
    };
    // A Parallel set waits for none of its pods before it goes on to the next thing.
    const goesOn = (progress: Progress) => progress === 'settled' || (progress === 'unready' && !set.ordered);
    if (goesOn(fill(world, set)) && goesOn(shrink(world, set))) updateOne(world, set);
    writeStatus(world, set);
    const used = new Set([...set.pods.values()].map(revisionOf));
    trimRevisions(world, object, revisions, new Set([...used, nameOf(current), nameOf(update)]));
  }
}

/** `unready`: pods are there that are not healthy, or not gone; `waiting`: one was just made or has its turn. */
type Progress = 'settled' | 'unready' | 'waiting';

/** A pod mounts the claims of its own name (updateStorage in stateful_set_utils.go). */
function withClaims(object: JsonObject, template: Json, pod: string): Json {
  const own = listAt(object, 'spec', 'volumeClaimTemplates').map((each) => {
    const name = textAt(each, 'metadata', 'name') ?? '';
    return { name, persistentVolumeClaim: { claimName: `${name}-${pod}` } };
  });
  if (own.length === 0) return template;
  return edited(objectAt(template), (draft) =>
    put(draft, ['spec', 'volumes'], [...listAt(draft, 'spec', 'volumes'), ...own]),
  );
}

function byOrdinal(world: World, object: JsonObject): Map<number, JsonObject> {
  const owned = ownedBy(world, object, pods);
  const ordinals = owned.map((pod) => [Number(nameOf(pod).slice(nameOf(object).length + 1)), pod] as const);
  return new Map(ordinals);
}

function revisionOf(pod: JsonObject): string {
  return textsAt(pod, 'metadata', 'labels')[revisionHashLabel] ?? '';
}

function isHealthy(pod: JsonObject | undefined): boolean {
  return pod !== undefined && isActive(pod) && isReady(pod);
}

/** Creates the missing pods from ordinal 0 up; an ordered set waits for each to be Ready. */
function fill(world: World, set: Set): Progress {
  let [missing, unready] = [0, 0];
  for (let ordinal = 0; ordinal < set.replicas; ordinal += 1) {
    const pod = set.pods.get(ordinal);
    if (isHealthy(pod)) continue;
    if (pod !== undefined) unready += 1;
    else {
      missing += 1;
      create(world, set, ordinal);
    }
    if (set.ordered) return 'waiting';
  }
  if (missing > 0) return 'waiting';
  return unready > 0 ? 'unready' : 'settled';
}

/** Which revision a new pod gets: the current one below the partition and where the update has not come yet. */
function revisionFor(set: Set, ordinal: number): JsonObject {
  const partition = numberAt(set.object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const reached = numberAt(set.object, 'status', 'currentReplicas') ?? 0;
  const old = ordinal < Math.max(partition, Math.min(reached, set.replicas));
  return old ? set.current : set.update;
}

function create(world: World, set: Set, ordinal: number): void {
  const revision = revisionFor(set, ordinal);
  const name = `${nameOf(set.object)}-${ordinal}`;
  const labels = {
    [revisionHashLabel]: nameOf(revision),
    'statefulset.kubernetes.io/pod-name': name,
    'apps.kubernetes.io/pod-index': String(ordinal),
  };
  createPod(world, set.object, withClaims(set.object, templateOf(revision), name), { name, labels });
  const message = `create Pod ${name} in StatefulSet ${nameOf(set.object)} successful`;
  record(world, set.object, {
    type: 'Normal',
    reason: 'SuccessfulCreate',
    message,
    component: 'statefulset-controller',
  });
}

function stop(world: World, set: Set, pod: JsonObject): void {
  deletePod(world, pods, pod, undefined);
  const message = `delete Pod ${nameOf(pod)} in StatefulSet ${nameOf(set.object)} successful`;
  record(world, set.object, {
    type: 'Normal',
    reason: 'SuccessfulDelete',
    message,
    component: 'statefulset-controller',
  });
}

function highestFirst(set: Set, wanted: (ordinal: number) => boolean): JsonObject[] {
  const ordinals = [...set.pods.keys()].filter(wanted).sort((left, right) => right - left);
  return ordinals.map((ordinal) => set.pods.get(ordinal)).filter((pod) => pod !== undefined);
}

/**
 * Removes pods beyond the wanted count, highest ordinal first; an ordered set one after the other, and of several that are
 * not healthy only the lowest (processCondemned).
 */
function shrink(world: World, set: Set): Progress {
  const condemned = highestFirst(set, (ordinal) => ordinal >= set.replicas);
  const first = condemned.findLast((pod) => !isHealthy(pod));
  for (const pod of condemned) {
    if (set.ordered && !isTerminating(pod) && !isHealthy(pod) && pod !== first) return 'waiting';
    if (!isTerminating(pod)) stop(world, set, pod);
    if (set.ordered) return 'waiting';
  }
  return condemned.length === 0 ? 'settled' : 'unready';
}

/** Replaces the highest pod that is not of the update revision, once all above it are healthy. */
function updateOne(world: World, set: Set): void {
  if (textAt(set.object, 'spec', 'updateStrategy', 'type') === 'OnDelete') return;
  const partition = numberAt(set.object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const isOld = (pod: JsonObject) => revisionOf(pod) !== nameOf(set.update) && !isTerminating(pod);
  const within = highestFirst(set, (ordinal) => ordinal >= partition && ordinal < set.replicas);
  const next = within.find((pod) => isOld(pod) || !isHealthy(pod));
  if (next !== undefined && isOld(next)) stop(world, set, next);
}

function writeStatus(world: World, set: Set): void {
  const all = ownedBy(world, set.object, pods);
  const active = all.filter(isActive);
  const minReadySeconds = numberAt(set.object, 'spec', 'minReadySeconds') ?? 0;
  const ready = active.filter(isReady).length;
  const updated = active.filter((pod) => revisionOf(pod) === nameOf(set.update)).length;
  const done = updated === set.replicas && all.length === set.replicas && ready === set.replicas;
  const current = done ? set.update : set.current;
  const counts = withoutZeroes({
    observedGeneration: numberAt(set.object, 'metadata', 'generation') ?? 0,
    readyReplicas: ready,
    currentReplicas: active.filter((pod) => revisionOf(pod) === nameOf(current)).length,
    updatedReplicas: updated,
  });
  const status = {
    ...counts,
    replicas: all.length,
    availableReplicas: active.filter((pod) => isAvailable(world, pod, minReadySeconds)).length,
    currentRevision: nameOf(current),
    updateRevision: nameOf(set.update),
    collisionCount: 0,
  };
  world.store.update(statefulSets, { ...objectAt(set.object), status }, statusWriter);
}
