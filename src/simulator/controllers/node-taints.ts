import { nodes } from '../resources.ts';
import { nameOf, timestamp } from '../store.ts';
import { edited, isTrueAt, listAt, put } from '../tree.ts';
import { controllerManager, type World } from '../world.ts';
import { record } from './events.ts';

const key = 'node.kubernetes.io/unschedulable';

/** A cordoned node gets the taint that says so, an uncordoned one loses it (controller/nodelifecycle). */
export function nodeTaints(world: World): void {
  for (const node of world.store.list(nodes)) {
    const taints = listAt(node, 'spec', 'taints');
    const cordoned = isTrueAt(node, 'spec', 'unschedulable');
    if (cordoned === taints.some((taint) => taint['key'] === key)) continue;
    const others = taints.filter((taint) => taint['key'] !== key);
    const taint = { key, effect: 'NoSchedule', timeAdded: timestamp(world.now()) };
    const next = cordoned ? [...others, taint] : others;
    const changed = edited(node, (draft) =>
      put(draft, ['spec', 'taints'], next.length === 0 ? undefined : next),
    );
    world.store.update(nodes, changed, controllerManager);
    const reason = cordoned ? 'NodeNotSchedulable' : 'NodeSchedulable';
    const message = `Node ${nameOf(node)} status is now: ${reason}`;
    record(world, node, { type: 'Normal', reason, message, component: 'kubelet' });
  }
}
