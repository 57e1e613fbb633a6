import type { JsonObject } from '../json.ts';
import { nameOf, uidOf } from '../objects/identity.ts';
import { nodes, pods } from '../resources.ts';
import { tolerates } from '../scheduling/node-rules.ts';
import { listAt, numberAt, textAt } from '../tree.ts';
import type { Controller, World } from '../world.ts';
import { record } from './events.ts';
import { notReadyTaint, unreachableTaint } from './node-health.ts';
import { deletePod, isTerminating } from './ownership.ts';

/**
 * Deletes pods that do not tolerate a NoExecute taint of their node, and those that tolerate it for a time when that is
 * over (kubernetes/pkg/controller/tainteviction). No budget is asked.
 */
export function createTaintEviction(): Controller {
  const since = new Map<string, number>();
  return (world) => {
    for (const node of world.store.list(nodes)) {
      const taints = listAt(node, 'spec', 'taints').filter((taint) => taint['effect'] === 'NoExecute');
      for (const pod of world.store.list(pods).filter((each) => isOn(each, node))) {
        const stay = stayOf(pod, taints);
        if (stay === undefined) {
          since.delete(uidOf(pod));
          continue;
        }
        const start = since.get(uidOf(pod)) ?? world.now();
        since.set(uidOf(pod), start);
        if (world.now() >= start + world.span(stay)) drive(world, pod);
      }
    }
  };
}

function isOn(pod: JsonObject, node: JsonObject): boolean {
  return textAt(pod, 'spec', 'nodeName') === nameOf(node) && !isTerminating(pod);
}

/** Seconds that a pod may stay; undefined for one that no taint drives away. */
function stayOf(pod: JsonObject, taints: readonly JsonObject[]): number | undefined {
  if (taints.length === 0) return undefined;
  const tolerations = listAt(pod, 'spec', 'tolerations');
  const used = taints.map((taint) => tolerations.find((each) => tolerates(each, taint)) ?? byDefault(taint));
  if (used.includes(undefined)) return 0;
  const limits = used.flatMap((each) => {
    const seconds = numberAt(each, 'tolerationSeconds');
    return seconds === undefined ? [] : [Math.max(0, seconds)];
  });
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** What admission adds to every pod that has no toleration of its own for it (DefaultTolerationSeconds). */
function byDefault(taint: JsonObject): JsonObject | undefined {
  const isHealth = taint['key'] === notReadyTaint || taint['key'] === unreachableTaint;
  return isHealth ? { tolerationSeconds: 300 } : undefined;
}

function drive(world: World, pod: JsonObject): void {
  deletePod(world, pods, pod, undefined);
  const message = `Marking for deletion Pod ${textAt(pod, 'metadata', 'namespace') ?? ''}/${nameOf(pod)}`;
  record(world, pod, {
    type: 'Normal',
    reason: 'TaintManagerEviction',
    message,
    component: 'taint-eviction-controller',
  });
}
