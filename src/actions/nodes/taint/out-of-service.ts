import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import { nothingFollows } from '../../no-effect.ts';
import { nameOf } from '../../obstacle.ts';
import { nodeOf } from '../../subject.ts';

/** The one taint of a controller that is set by hand, for a node that is off (kubernetes.io, "Non-graceful node shutdown"). */
export const outOfService = 'node.kubernetes.io/out-of-service';

/** Pods of the node are deleted by force and their volumes detached: if it still runs, data is written twice. */
export function forcedDeletion(judged: Case<'taint'>): readonly Consequence[] {
  const { add, target } = judged.action;
  if (nodeOf(judged)?.taints === undefined || !add.some(({ key }) => key === outOfService))
    return nothingFollows;
  const sentence = `${outOfService} deletes the pods of ${nameOf(target)} by force and detaches their volumes: it must be known to be off.`;
  return [{ rule: 'taint-possible', asks: 'dual', sentence, field: 'spec.taints' }];
}
