import type { JsonObject } from '../json.ts';
import { nodes } from '../resources.ts';
import { listAt, textAt } from '../tree.ts';
import type { World } from '../world.ts';
import { conditionOf, isConditionTrue } from './conditions.ts';

/** The taints that the node lifecycle controller sets by the condition Ready. */
export const notReadyTaint = 'node.kubernetes.io/not-ready';
export const unreachableTaint = 'node.kubernetes.io/unreachable';
const outOfServiceTaint = 'node.kubernetes.io/out-of-service';

/** Which of them a node is to have; undefined for one that is ready. */
export function healthTaintOf(node: JsonObject): string | undefined {
  if (isConditionTrue(node, 'Ready')) return undefined;
  return textAt(conditionOf(node, 'Ready'), 'status') === 'False' ? notReadyTaint : unreachableTaint;
}

/** The node of a pod, where its kubelet does nothing and says nothing. */
export function silentNodeOf(world: World, pod: JsonObject): JsonObject | undefined {
  const name = textAt(pod, 'spec', 'nodeName');
  const node = name === undefined ? undefined : world.store.get(nodes, undefined, name);
  return node === undefined || isConditionTrue(node, 'Ready') ? undefined : node;
}

/** Whether somebody has said that a node is off: then nobody is asked before its pods are removed (controller/podgc). */
export function isOutOfService(node: JsonObject): boolean {
  return listAt(node, 'spec', 'taints').some((taint) => taint['key'] === outOfServiceTaint);
}
