import type { Json, JsonObject } from '../../json.ts';
import { nameOf } from '../../objects/identity.ts';
import { daemonSets, nodes, pods } from '../../resources.ts';
import { at, edited, numberAt, objectAt, put, textAt, textsAt } from '../../tree.ts';
import { statusWriter, type World } from '../../world.ts';
import { record } from '../events.ts';
import { deletePod, isTerminating, ownedBy } from '../ownership.ts';
import { withoutZeroes } from '../replica-set.ts';
import { revisionHashLabel, revisionsOf, templateOf, trimRevisions } from '../revisions.ts';
import { resolved } from '../rolling-update.ts';
import { createPod, isActive, isAvailable, isReady } from '../template.ts';
import { bindingTo, boundTo, mayStay, shouldRun, withTolerations } from './daemon-pod.ts';

interface DaemonSet {
  readonly object: JsonObject;
  readonly revision: JsonObject;
  readonly hash: string;
  /** Those that are to have a pod, and those on which one that is there may stay. */
  readonly nodes: readonly JsonObject[];
  readonly kept: readonly JsonObject[];
}

/** One pod for every node that takes it (kubernetes/pkg/controller/daemon), replaced node by node. */
export function daemonSetController(world: World): void {
  for (const object of world.store.list(daemonSets)) {
    const revisions = revisionsOf(world, object);
    const revision = revisions.at(-1) ?? object;
    const pod = withTolerations({ spec: objectAt(object, 'spec', 'template', 'spec') });
    const all = world.store.list(nodes);
    const hash = textsAt(revision, 'metadata', 'labels')[revisionHashLabel] ?? '';
    const set = {
      ...{ object, revision, hash },
      nodes: all.filter((node) => shouldRun(pod, node)),
      kept: all.filter((node) => mayStay(pod, node)),
    };
    place(world, set);
    replaceOld(world, set);
    writeStatus(world, set);
    trimRevisions(world, object, revisions, new Set());
  }
}

function hashOf(pod: JsonObject): string {
  return textsAt(pod, 'metadata', 'labels')[revisionHashLabel] ?? '';
}

/** The scheduler brings each pod to the one node that it names. */
function place(world: World, set: DaemonSet): void {
  const present = ownedBy(world, set.object, pods);
  const free = set.nodes.map(nameOf).filter((name) => !present.some((pod) => boundTo(pod) === name));
  for (const name of free)
    createPod(world, set.object, forNode(templateOf(set.revision), name), {
      labels: { [revisionHashLabel]: set.hash },
    });
  const kept = new Set(set.kept.map(nameOf));
  for (const pod of present.filter((each) => isActive(each) && !kept.has(boundTo(each))))
    stop(world, set, pod);
}

function forNode(template: Json, name: string): Json {
  const tolerating = withTolerations(objectAt(template));
  return edited(tolerating, (draft) => {
    const affinity = objectAt(draft, 'spec', 'affinity');
    put(draft, ['spec', 'affinity'], { ...affinity, nodeAffinity: bindingTo(affinity, name) });
  });
}

function stop(world: World, set: DaemonSet, pod: JsonObject): void {
  deletePod(world, pods, pod, undefined);
  const message = `Deleted pod: ${nameOf(pod)}`;
  record(world, set.object, {
    type: 'Normal',
    reason: 'SuccessfulDelete',
    message,
    component: 'daemonset-controller',
  });
}

/** Replaces pods of older revisions: those that do not work at once, others within maxUnavailable. */
function replaceOld(world: World, set: DaemonSet): void {
  if (textAt(set.object, 'spec', 'updateStrategy', 'type') !== 'RollingUpdate') return;
  const rolling = at(set.object, 'spec', 'updateStrategy', 'rollingUpdate');
  const most = Math.max(1, resolved(at(rolling, 'maxUnavailable'), set.nodes.length, Math.ceil));
  const all = ownedBy(world, set.object, pods);
  const old = all.filter((pod) => isActive(pod) && hashOf(pod) !== set.hash);
  for (const pod of old.filter((each) => !isReady(each))) stop(world, set, pod);
  const working = old.filter(isReady);
  const unavailable = set.nodes.length - onItsNodes(set, all).filter(isReady).length;
  for (const pod of working.slice(0, Math.max(0, most - unavailable))) stop(world, set, pod);
}

/** Pods that work, on the nodes that are to have one. */
function onItsNodes(set: DaemonSet, all: readonly JsonObject[]): JsonObject[] {
  const names = new Set(set.nodes.map(nameOf));
  return all.filter((pod) => isActive(pod) && names.has(boundTo(pod)));
}

function writeStatus(world: World, set: DaemonSet): void {
  const all = ownedBy(world, set.object, pods).filter((pod) => !isTerminating(pod));
  const active = onItsNodes(set, all);
  const minReadySeconds = numberAt(set.object, 'spec', 'minReadySeconds') ?? 0;
  const available = active.filter((pod) => isAvailable(world, pod, minReadySeconds)).length;
  const status = {
    currentNumberScheduled: active.length,
    numberMisscheduled: all.filter((pod) => isActive(pod) && !active.includes(pod)).length,
    desiredNumberScheduled: set.nodes.length,
    numberReady: active.filter(isReady).length,
    ...withoutZeroes({
      observedGeneration: numberAt(set.object, 'metadata', 'generation') ?? 0,
      updatedNumberScheduled: active.filter((pod) => hashOf(pod) === set.hash).length,
      numberAvailable: available,
      numberUnavailable: Math.max(0, set.nodes.length - available),
    }),
  };
  world.store.update(daemonSets, { ...objectAt(set.object), status }, statusWriter);
}
