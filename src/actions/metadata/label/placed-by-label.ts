import { floor, nothing, type Rule, sourceOf } from '../../../stages/evaluate/rule.ts';
import { listed } from '../../sentence.ts';

/**
 * Floor: a label of a node by which pods are placed. Pods that run stay, but for those of a DaemonSet, which come or go at
 * once (kubernetes.io, "Assigning Pods to Nodes"; nodeShouldRunDaemonPod in daemon_controller.go).
 */
export const placedByLabel: Rule = (input) => {
  const all = input.facts.placements ?? [];
  if (input.action.verb !== 'label' || all.length === 0) return nothing;
  const isDaemon = ({ kind }: Placement) => kind === 'DaemonSet';
  const effects: [readonly Placement[], string][] = [
    [all.filter((each) => !isDaemon(each)), 'pods that run stay, but where new ones may run changes'],
    [
      all.filter((each) => isDaemon(each) && each.pods > 0),
      `a pod of it on ${input.name} ends at once if the label no longer fits`,
    ],
    [
      all.filter((each) => isDaemon(each) && each.pods === 0),
      `a pod of it starts on ${input.name} at once if the label then fits`,
    ],
  ];
  const source = sourceOf(input, 'metadata.labels');
  return effects
    .filter(([placed]) => placed.length > 0)
    .map(([placed, effect]) => floor('human', `${whoGoesBy(placed)}: ${effect}.`, source));
};

type Placement = NonNullable<Parameters<Rule>[0]['facts']['placements']>[number];

/** `DaemonSet/agent in infra goes by disk`. */
function whoGoesBy(placed: readonly Placement[]): string {
  const names = placed.map(({ kind, namespace, name }) => `${kind}/${name} in ${namespace}`);
  const keys = [...new Set(placed.flatMap((each) => each.keys))];
  return `${listed(names)} ${placed.length === 1 ? 'goes' : 'go'} by ${listed(keys)}`;
}
