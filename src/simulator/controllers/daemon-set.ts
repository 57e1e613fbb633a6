import type { JsonObject } from '../json.ts';
import { daemonSets, nodes, pods } from '../resources.ts';
import { accepts } from '../scheduling/node-rules.ts';
import { nameOf } from '../store.ts';
import { at, numberAt, objectAt, textAt, textsAt } from '../tree.ts';
import { statusWriter, type World } from '../world.ts';
import { record } from './events.ts';
import { deletePod, isTerminating, ownedBy } from './ownership.ts';
import { withoutZeroes } from './replica-set.ts';
import { revisionHashLabel, revisionsOf, templateOf, trimRevisions } from './revisions.ts';
import { resolved } from './rolling-update.ts';
import { createPod, isActive, isAvailable, isReady } from './template.ts';

interface Set {
  readonly object: JsonObject;
  readonly revision: JsonObject;
  readonly hash: string;
  readonly nodes: readonly JsonObject[];
}

/** One pod on every node that takes it (kubernetes/pkg/controller/daemon), replaced node by node. */
export function daemonSetController(world: World): void {
  for (const object of world.store.list(daemonSets)) {
    const revisions = revisionsOf(world, object);
    const revision = revisions.at(-1) ?? object;
    const template = { spec: objectAt(object, 'spec', 'template', 'spec') };
    // Daemon pods tolerate cordoned nodes (daemon/util, AddOrUpdateDaemonPodTolerations).
    const nodesFor = world.store.list(nodes).filter((node) => accepts(node, template, { cordoned: true }));
    const hash = textsAt(revision, 'metadata', 'labels')[revisionHashLabel] ?? '';
    const set = { object, revision, hash, nodes: nodesFor };
    place(world, set);
    replaceOld(world, set);
    writeStatus(world, set);
    trimRevisions(world, object, revisions, new Set());
  }
}

function nodeOf(pod: JsonObject): string {
  return textAt(pod, 'spec', 'nodeName') ?? '';
}

function hashOf(pod: JsonObject): string {
  return textsAt(pod, 'metadata', 'labels')[revisionHashLabel] ?? '';
}

function place(world: World, set: Set): void {
  const present = ownedBy(world, set.object, pods);
  const names = set.nodes.map(nameOf);
  for (const nodeName of names.filter((name) => !present.some((pod) => nodeOf(pod) === name)))
    createPod(world, set.object, templateOf(set.revision), {
      nodeName,
      labels: { [revisionHashLabel]: set.hash },
    });
  for (const pod of present.filter((each) => isActive(each) && !names.includes(nodeOf(each))))
    stop(world, set, pod);
}

function stop(world: World, set: Set, pod: JsonObject): void {
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
function replaceOld(world: World, set: Set): void {
  if (textAt(set.object, 'spec', 'updateStrategy', 'type') !== 'RollingUpdate') return;
  const rolling = at(set.object, 'spec', 'updateStrategy', 'rollingUpdate');
  const most = Math.max(1, resolved(at(rolling, 'maxUnavailable'), set.nodes.length, Math.ceil));
  const all = ownedBy(world, set.object, pods);
  const old = all.filter((pod) => isActive(pod) && hashOf(pod) !== set.hash);
  for (const pod of old.filter((each) => !isReady(each))) stop(world, set, pod);
  const working = old.filter(isReady);
  const unavailable = set.nodes.length - all.filter((pod) => isActive(pod) && isReady(pod)).length;
  for (const pod of working.slice(0, Math.max(0, most - unavailable))) stop(world, set, pod);
}

function writeStatus(world: World, set: Set): void {
  const active = ownedBy(world, set.object, pods).filter((pod) => isActive(pod) && !isTerminating(pod));
  const minReadySeconds = numberAt(set.object, 'spec', 'minReadySeconds') ?? 0;
  const available = active.filter((pod) => isAvailable(world, pod, minReadySeconds)).length;
  const status = {
    currentNumberScheduled: active.length,
    numberMisscheduled: 0,
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
