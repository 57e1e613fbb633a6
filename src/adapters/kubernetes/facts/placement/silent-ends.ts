import { confirmsNothing } from '../../../../actions/nodes/unready.ts';
import type { Target } from '../../../../domain/action.ts';
import type { Effect } from '../../../../domain/effect.ts';
import type { Subject } from '../../../../domain/facts/facts.ts';
import type { Places } from '../../../../domain/facts/places.ts';
import type { Node } from '../../client/objects.ts';
import { unreadyOf } from '../node/subject.ts';

/** A pod and its node, if it has one. */
export interface Standing {
  readonly name: string;
  readonly node: string | undefined;
}

const byName = (a: Standing, b: Standing): number => a.name.localeCompare(b.name, 'en', { numeric: true });

interface Replacing {
  readonly target: Target;
  readonly subject: Subject;
  readonly effect: Effect;
}

/**
 * Pods that are replaced on nodes of which nobody confirms that a pod has ended there, where the next one waits for that: a
 * StatefulSet gives it the same name, and what is recreated starts once all are gone.
 *
 * @param old pods that the change replaces or may replace, without those that are on their way out
 */
export function silentEnds(
  change: Replacing,
  old: readonly Standing[],
  nodes: readonly Node[],
): NonNullable<Places['silent']> {
  return endingOn(waitedFor(change, old), nodes);
}

/** Pods that are told to end on nodes that confirm nothing, by the node. */
export function endingOn(ending: readonly Standing[], nodes: readonly Node[]): NonNullable<Places['silent']> {
  return nodes.flatMap((each) => {
    const node = confirmsNothing(unreadyOf(each).unready);
    const here = ending.filter((pod) => pod.node === each.metadata.name);
    const pods = here.map(({ name }) => name);
    return node === undefined || pods.length === 0 ? [] : [{ node, pods }];
  });
}

function waitedFor({ target, subject, effect: { pods } }: Replacing, old: readonly Standing[]) {
  const count = pods.replaced + pods.deleted;
  if (subject.kind !== 'workload' || count === 0) return [];
  if (target.kind === 'StatefulSet') return old.toSorted(byName).slice(-count);
  return target.kind === 'Deployment' && subject.strategy.type === 'Recreate' ? old.toSorted(byName) : [];
}
