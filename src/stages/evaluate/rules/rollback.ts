import { points, type Rule, sourceOf } from '../rule.ts';

/** Irreversibility: whether another action leads back. */
export const rollback: Rule = (input) => {
  const { rollback: plan, policy } = input;
  const weights = policy.weights.irreversibility;
  const [amount, sentence] =
    plan.kind === 'none'
      ? [weights.noWayBack, plan.sentence]
      : [weights.wayBack, `Rollback: ${plan.sentence}`];
  return [points('irreversibility', amount, sentence, sourceOf(input, 'rollback plan'))];
};
