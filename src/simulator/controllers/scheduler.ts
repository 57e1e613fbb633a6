import type { JsonObject } from '../json.ts';
import { nodes, pods } from '../resources.ts';
import { nameOf, timestamp } from '../store.ts';
import { edited, isTrueAt, listAt, put, textAt, textsAt } from '../tree.ts';
import type { World } from '../world.ts';
import { conditionOf, isConditionTrue, withCondition } from './conditions.ts';
import { record } from './events.ts';
import { isActive } from './template.ts';

const writer = { manager: 'kube-scheduler', operation: 'Update', subresource: 'status' } as const;

/** Gives every pod without a node the one with the fewest pods among those that take it. */
export function scheduler(world: World): void {
  for (const pod of world.store.list(pods)) {
    if (!isActive(pod) || isConditionTrue(pod, 'PodScheduled')) continue;
    const assigned = textAt(pod, 'spec', 'nodeName');
    const node = assigned ?? choose(world, pod);
    if (node === undefined) refuse(world, pod);
    else assign(world, pod, node);
  }
}

function choose(world: World, pod: JsonObject): string | undefined {
  const all = world.store.list(pods);
  const load = (node: string) => all.filter((each) => textAt(each, 'spec', 'nodeName') === node).length;
  const fitting = world.store.list(nodes).filter((node) => accepts(node, pod, { cordoned: false }));
  return fitting.map(nameOf).sort((left, right) => load(left) - load(right) || (left < right ? -1 : 1))[0];
}

/** Whether a node takes a pod: selector, cordon, and taints other than the cordon's that the pod does not tolerate. */
export function accepts(node: JsonObject, pod: JsonObject, may: { readonly cordoned: boolean }): boolean {
  if (isTrueAt(node, 'spec', 'unschedulable') && !may.cordoned) return false;
  const labels = textsAt(node, 'metadata', 'labels');
  const selector = Object.entries(textsAt(pod, 'spec', 'nodeSelector'));
  if (!selector.every(([key, value]) => labels[key] === value)) return false;
  const hard = listAt(node, 'spec', 'taints').filter((taint) => taint['effect'] !== 'PreferNoSchedule');
  const others = hard.filter((taint) => taint['key'] !== 'node.kubernetes.io/unschedulable');
  return others.every((taint) => listAt(pod, 'spec', 'tolerations').some((each) => tolerates(each, taint)));
}

/** Whether a toleration is for a taint. */
export function tolerates(toleration: JsonObject, taint: JsonObject): boolean {
  const effect = textAt(toleration, 'effect');
  if (effect !== undefined && effect !== taint['effect']) return false;
  const key = textAt(toleration, 'key');
  if (textAt(toleration, 'operator') === 'Exists') return key === undefined || key === taint['key'];
  return key === taint['key'] && (textAt(toleration, 'value') ?? '') === (textAt(taint, 'value') ?? '');
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

function refuse(world: World, pod: JsonObject): void {
  if (conditionOf(pod, 'PodScheduled') !== undefined) return;
  const count = world.store.list(nodes).length;
  const message = `0/${count} nodes are available: no node is schedulable and tolerated by the pod.`;
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
