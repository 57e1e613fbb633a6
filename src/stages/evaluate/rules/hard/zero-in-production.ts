import { block, nothing, type Rule } from '../../rule.ts';

/** Block: switching a production workload off is no repair. */
export const zeroInProduction: Rule = (input) => {
  const { effect, production } = input;
  const { size } = effect;
  if (size?.by !== 'person' || size.to !== 0 || production === undefined) return nothing;
  const { namespace, source, is } = production;
  const where = is === 'is' ? 'is in' : 'may be in';
  const sentence = `${input.name} ${where} the production namespace ${namespace} and may not be scaled to zero.`;
  return [block(sentence, source)];
};
