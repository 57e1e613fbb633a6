import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import { nameOf } from '../../obstacle.ts';
import { listed } from '../../sentence.ts';

type Placement = NonNullable<Facts['placements']>[number];

/**
 * A label of a node by which pods are placed. Pods that run stay, but for those of a DaemonSet, which come or go at once
 * (kubernetes.io, "Assigning Pods to Nodes"; nodeShouldRunDaemonPod in daemon_controller.go).
 */
export function placedByLabel({ action, facts }: Case<'label'>): readonly Consequence[] {
  const all = facts.placements ?? [];
  const node = nameOf(action.target);
  const isDaemon = ({ kind }: Placement) => kind === 'DaemonSet';
  const effects: [readonly Placement[], string][] = [
    [all.filter((each) => !isDaemon(each)), 'pods that run stay, but where new ones may run changes'],
    [
      all.filter((each) => isDaemon(each) && each.pods > 0),
      `a pod of it on ${node} ends at once if the label no longer fits`,
    ],
    [
      all.filter((each) => isDaemon(each) && each.pods === 0),
      `a pod of it starts on ${node} at once if the label then fits`,
    ],
  ];
  return effects
    .filter(([placed]) => placed.length > 0)
    .map(([placed, effect]) => ({
      rule: 'placed-by-label',
      asks: 'human',
      sentence: `${whoGoesBy(placed)}: ${effect}.`,
      field: 'metadata.labels',
    }));
}

/** `DaemonSet/agent in infra goes by disk`. */
function whoGoesBy(placed: readonly Placement[]): string {
  const names = placed.map(({ kind, namespace, name }) => `${kind}/${name} in ${namespace}`);
  const keys = [...new Set(placed.flatMap((each) => each.keys))];
  return `${listed(names)} ${placed.length === 1 ? 'goes' : 'go'} by ${listed(keys)}`;
}
