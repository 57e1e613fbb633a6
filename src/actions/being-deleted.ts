import type { Case } from '../domain/case.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from './obstacle.ts';
import { joined, minutesSince } from './sentence.ts';

const rule = 'being-deleted';

/**
 * An object on its way out, or in a namespace that is: the API server takes most writes to it, and they go with it. In
 * such a namespace nothing new is made any more (plugin/pkg/admission/namespace/lifecycle of Kubernetes).
 */
export function beingDeleted(judged: Case): readonly Obstacle[] {
  const { identity, namespace, gatheredAt } = judged.facts;
  const name = nameOf(judged.action.target);
  if (identity.termination !== undefined) {
    const { since, finalizers = [] } = identity.termination;
    const held = finalizers.length === 0 ? '' : `, and waits for ${finalizersText(finalizers)}`;
    const time = minutesSince(since, gatheredAt);
    const sentence = `${name} has been on its way out for ${time}${held}: what is done to it now goes with it, and deleting it again does nothing.`;
    return obstacles(rule, judged, 'metadata.deletionTimestamp', sentence);
  }
  if (namespace?.terminating !== true) return noObstacle;
  const sentence = `The namespace ${namespace.name} is being deleted, and ${name} goes with it: nothing new can start there.`;
  return [{ rule, sentence, source: `Namespace/${namespace.name}: metadata.deletionTimestamp` }];
}

/** `the finalizer example.com/hold`, `the finalizers a and b`. */
export function finalizersText(finalizers: readonly string[]): string {
  return `the finalizer${finalizers.length === 1 ? '' : 's'} ${joined(finalizers)}`;
}
