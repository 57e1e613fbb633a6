import { nothing, plural, points, type Rule } from '../rule.ts';

const named = 3;

/** Breadth: workloads that run on this node alone. Cordoned, it keeps them, and nothing can replace them there. */
export const soleWorkloads: Rule = (input) => {
  const all = input.facts.neighbourhood?.soleWorkloads;
  if (input.action.verb !== 'cordon' || all === undefined || all.length === 0) return nothing;
  const { soleWorkloadsPerDoubling } = input.policy.weights.breadth;
  const amount = Math.round(soleWorkloadsPerDoubling * Math.log2(1 + all.length) * 10) / 10;
  const names = all.map(({ kind, namespace, name }) => `${kind}/${name} in ${namespace}`);
  const rest = names.length > named ? ` and ${names.length - named} more` : '';
  const have = all.length === 1 ? 'has all its' : 'have all their';
  const sentence = `${plural(all.length, 'workload')} ${have} ready pods on this node: ${names.slice(0, named).join(', ')}${rest}.`;
  return [points('breadth', amount, sentence, 'Pods: spec.nodeName')];
};
