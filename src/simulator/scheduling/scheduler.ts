import { conditionOf, isConditionTrue, withCondition } from '../controllers/conditions.ts';
import { record } from '../controllers/events.ts';
import { isTerminating } from '../controllers/ownership.ts';
import { isActive } from '../controllers/template.ts';
import type { JsonObject } from '../json.ts';
import { nameOf } from '../objects/identity.ts';
import { timestamp } from '../objects/store.ts';
import { nodes, pods } from '../resources.ts';
import { edited, listAt, put, textAt } from '../tree.ts';
import type { World } from '../world.ts';
import { canReach, heldByClaims } from './claims.ts';
import { isSpread, isWelcome, type Place } from './neighbours.ts';
import { accepts } from './node-rules.ts';
import { isPortTaken, shortOf } from './room.ts';

const writer = { manager: 'kube-scheduler', operation: 'Update', subresource: 'status' } as const;

/** Gives every pod without a node the one with the fewest pods among those that the default scheduler would choose from. */
export function scheduler(world: World): void {
  let places: readonly Place[] | undefined;
  for (const pod of world.store.list(pods)) {
    if (!isActive(pod) || isConditionTrue(pod, 'PodScheduled')) continue;
    const assigned = textAt(pod, 'spec', 'nodeName');
    places ??= placesOf(world);
    const choice: Choice =
      assigned === undefined ? choose(world, pod, places) : { kind: 'node', name: assigned };
    if (choice.kind === 'none') refuse(world, pod, choice.why);
    else {
      assign(world, pod, choice.name);
      places = undefined;
    }
  }
}

function placesOf(world: World): readonly Place[] {
  const living = world.store.list(pods).filter((each) => isActive(each) || isTerminating(each));
  const here = Map.groupBy(living, (each) => textAt(each, 'spec', 'nodeName'));
  return world.store.list(nodes).map((node) => ({ node, pods: here.get(nameOf(node)) ?? [] }));
}

function choose(world: World, pod: JsonObject, places: readonly Place[]): Choice {
  const held = heldByClaims(
    world,
    pod,
    places.flatMap((place) => place.pods),
  );
  if (held !== undefined) return { kind: 'none', why: held };
  const fitting = places.filter((place) => fits(world, pod, place, places));
  const [first] = fitting.toSorted(
    (left, right) =>
      left.pods.length - right.pods.length || (nameOf(left.node) < nameOf(right.node) ? -1 : 1),
  );
  return first === undefined
    ? { kind: 'none', why: 'no node is schedulable and tolerated by the pod, or has room for it' }
    : { kind: 'node', name: nameOf(first.node) };
}

type Choice =
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'none'; readonly why: string };

/** The filters of the default scheduler's plugins. */
function fits(world: World, pod: JsonObject, place: Place, all: readonly Place[]): boolean {
  return (
    accepts(place.node, pod) &&
    canReach(world, pod, place.node) &&
    !isPortTaken(pod, place.pods) &&
    shortOf(place.node, pod, place.pods) === undefined &&
    isWelcome(world, pod, place, all) &&
    isSpread(pod, place, all)
  );
}

function assign(world: World, pod: JsonObject, node: string): void {
  const scheduled = { type: 'PodScheduled', status: 'True' } as const;
  const next = edited(pod, (draft) => {
    put(draft, ['spec', 'nodeName'], node);
    put(
      draft,
      ['status', 'conditions'],
      withCondition(listAt(draft, 'status', 'conditions'), scheduled, timestamp(world.now())),
    );
  });
  const stored = world.store.update(pods, next, writer);
  const message = `Successfully assigned ${textAt(pod, 'metadata', 'namespace') ?? ''}/${nameOf(pod)} to ${node}`;
  record(world, stored, { type: 'Normal', reason: 'Scheduled', message, component: 'default-scheduler' });
}

function refuse(world: World, pod: JsonObject, why: string): void {
  if (conditionOf(pod, 'PodScheduled') !== undefined) return;
  const count = world.store.list(nodes).length;
  const message = `0/${count} nodes are available: ${why}.`;
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
  const next = edited(pod, (draft) =>
    put(
      draft,
      ['status', 'conditions'],
      withCondition(listAt(draft, 'status', 'conditions'), condition, timestamp(world.now())),
    ),
  );
  const stored = world.store.update(pods, next, writer);
  record(world, stored, {
    type: 'Warning',
    reason: 'FailedScheduling',
    message,
    component: 'default-scheduler',
  });
}
