import type { JsonObject } from '../json.ts';
import { nameOf } from '../objects/identity.ts';
import { timestamp } from '../objects/store.ts';
import { nodes, pods } from '../resources.ts';
import { edited, isTrueAt, listAt, put, textAt } from '../tree.ts';
import { controllerManager, statusWriter, type World } from '../world.ts';
import { isConditionTrue, withCondition } from './conditions.ts';
import { record } from './events.ts';
import { healthTaintOf, notReadyTaint, unreachableTaint } from './node-health.ts';

const cordonTaint = 'node.kubernetes.io/unschedulable';

/**
 * A cordoned node has the taint that says so, one that is not ready those of its state, and its pods are not ready either
 * (controller/nodelifecycle).
 */
export function nodeTaints(world: World): void {
  for (const node of world.store.list(nodes)) {
    noteCordon(world, node);
    setTaints(world, node);
    if (!isConditionTrue(node, 'Ready')) markPodsNotReady(world, nameOf(node));
  }
}

function noteCordon(world: World, node: JsonObject): void {
  const cordoned = isTrueAt(node, 'spec', 'unschedulable');
  if (cordoned === listAt(node, 'spec', 'taints').some((taint) => taint['key'] === cordonTaint)) return;
  const reason = cordoned ? 'NodeNotSchedulable' : 'NodeSchedulable';
  const message = `Node ${nameOf(node)} status is now: ${reason}`;
  record(world, node, { type: 'Normal', reason, message, component: 'kubelet' });
}

function setTaints(world: World, node: JsonObject): void {
  const taints = listAt(node, 'spec', 'taints');
  const isOurs = (taint: JsonObject) =>
    [cordonTaint, notReadyTaint, unreachableTaint].includes(textAt(taint, 'key') ?? '');
  const wanted = wantedTaints(node);
  const same = (a: JsonObject) => (b: JsonObject) => a['key'] === b['key'] && a['effect'] === b['effect'];
  const kept = taints.filter((taint) => !isOurs(taint) || wanted.some(same(taint)));
  const missing = wanted.filter((taint) => !taints.some(same(taint)));
  if (missing.length === 0 && kept.length === taints.length) return;
  const timeAdded = timestamp(world.now());
  const next = [...kept, ...missing.map((taint) => ({ ...taint, timeAdded }))];
  const changed = edited(node, (draft) =>
    put(draft, ['spec', 'taints'], next.length === 0 ? undefined : next),
  );
  world.store.update(nodes, changed, controllerManager);
}

function wantedTaints(node: JsonObject): JsonObject[] {
  const health = healthTaintOf(node);
  return [
    ...(isTrueAt(node, 'spec', 'unschedulable') ? [{ key: cordonTaint, effect: 'NoSchedule' }] : []),
    ...(health === undefined
      ? []
      : [
          { key: health, effect: 'NoSchedule' },
          { key: health, effect: 'NoExecute' },
        ]),
  ];
}

/** MarkPodsNotReady in pkg/controller/util/node/controller_utils.go. */
function markPodsNotReady(world: World, node: string): void {
  const time = timestamp(world.now());
  for (const pod of world.store.list(pods)) {
    if (textAt(pod, 'spec', 'nodeName') !== node || !isConditionTrue(pod, 'Ready')) continue;
    const next = edited(pod, (draft) =>
      put(
        draft,
        ['status', 'conditions'],
        withCondition(listAt(draft, 'status', 'conditions'), { type: 'Ready', status: 'False' }, time),
      ),
    );
    world.store.update(pods, next, statusWriter);
  }
}
