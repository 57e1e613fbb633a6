import { floor, nothing, plural, type Rule, sourceOf } from '../rule.ts';

const named = 3;

/**
 * Floor: a label of a node by which pods are placed. Pods that run stay, but for those of a DaemonSet, which go or come at
 * once (kubernetes.io, "Assigning Pods to Nodes", "DaemonSet").
 */
export const placedByLabel: Rule = (input) => {
  const all = input.facts.placements ?? [];
  if (input.action.verb !== 'label' || all.length === 0) return nothing;
  const names = all.slice(0, named).map(({ kind, namespace, name }) => `${kind}/${name} in ${namespace}`);
  const rest = all.length > named ? ` and ${all.length - named} more` : '';
  const keys = [...new Set(all.flatMap((each) => each.keys))].toSorted().join(', ');
  const source = sourceOf(input, 'metadata.labels');
  const sentence = `Pods are placed by ${keys}: ${names.join(', ')}${rest}. Where new ones may run changes.`;
  const daemons = all.filter(({ kind, pods }) => kind === 'DaemonSet' && pods > 0);
  const leaving = daemons.map(({ namespace, name, pods }) => {
    const words = `DaemonSet/${name} in ${namespace} has ${plural(pods, 'pod')} on ${input.name}, which goes at once if the label no longer fits.`;
    return floor('human', words, source);
  });
  return [floor('human', sentence, source), ...leaving];
};
