import { type Finding, floor, nothing, points, type Rule, sourceOf } from '../../../rule.ts';

/** Floor, or a few points: what else follows from the action that somebody should know, from its own kind. */
export const consequences: Rule = (input) => {
  const { effect, policy } = input;
  if (effect.consequences.length === 0) return nothing;
  const { laterUpdates } = policy.weights.availability;
  return effect.consequences.map(({ rule, asks, sentence, field }): Finding => {
    const source = sourceOf(input, field);
    return asks === 'nobody'
      ? { ...points('availability', laterUpdates, sentence, source), rule }
      : { ...floor(asks, sentence, source), rule };
  });
};
