import { floor, type Rule, sourceOf } from '../rule.ts';

/** Floor: a fact that could not be read never counts as zero. One person must look, in production two. */
export const unknownFacts: Rule = (input) => {
  const tier = input.production === undefined ? 'human' : 'dual';
  return input.facts.unknown.map(({ fact, reason }) =>
    floor(tier, `Not known: ${fact} (${reason}).`, sourceOf(input, fact)),
  );
};
