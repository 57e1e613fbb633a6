import { needsTwoPeople } from '../../../../../domain/facts/unknown-fact.ts';
import { floor, nothing, type Rule, sourceOf } from '../../../rule.ts';

/** Floor: a fact that could not be read never counts as zero. One person must look, in production two. */
export const unknownFacts: Rule = (input) => {
  if (input.facts.unknown.length === 0) return nothing;
  const usual = input.production === undefined ? 'human' : 'dual';
  const { node, pods, unknown } = input.effect;
  const moving = node?.evicts === true || pods.moved.length > 0 || unknown.includes('pods');
  return input.facts.unknown.map(({ fact, reason }) =>
    floor(
      needsTwoPeople(fact, moving) ? 'dual' : usual,
      `Not known: ${fact} (${reason}).`,
      sourceOf(input, fact),
    ),
  );
};
