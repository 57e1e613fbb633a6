import { block, nothing, type Rule } from '../rule.ts';

/** Block: switching a production workload off is no repair. */
export const zeroInProduction: Rule = (input) => {
  const { action } = input;
  const namespace = input.production;
  if (action.verb !== 'scale' || action.replicas !== 0 || namespace === undefined) return nothing;
  const sentence = `${input.name} is in the production namespace ${namespace} and may not be scaled to zero.`;
  return [block(sentence, 'policy: namespaces.production')];
};
