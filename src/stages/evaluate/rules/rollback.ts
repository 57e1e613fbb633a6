import { points, type Rule, sourceOf } from '../rule.ts';

/** Irreversibility: whether another action leads back. */
export const wayBack: Rule = (input) => {
  const { rollback, policy } = input;
  const weights = policy.weights.irreversibility;
  const [amount, sentence] =
    rollback.kind === 'none'
      ? [weights.noWayBack, rollback.sentence]
      : [weights.wayBack, `Way back: ${rollback.sentence}`];
  return [points('irreversibility', amount, sentence, sourceOf(input, 'rollback plan'))];
};
