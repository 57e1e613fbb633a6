import { block, nameOf, productionNamespace, type Rule } from '../rule.ts';

/** Block: switching a production workload off is no repair. */
export const zeroInProduction: Rule = (input) => {
  const { action } = input;
  const namespace = productionNamespace(input);
  if (action.verb !== 'scale' || action.replicas !== 0 || namespace === undefined) return [];
  const sentence = `${nameOf(input)} is in the production namespace ${namespace} and may not be scaled to zero.`;
  return [block(sentence, 'policy: namespaces.production')];
};
