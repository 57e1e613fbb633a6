import { points, type Rule, sourceOf } from '../rule.ts';

/** Irreversibility: whether another action leads back. */
export const wayBack: Rule = (input) => {
  const { rollback, policy } = input;
  const weights = policy.weights.irreversibility;
  const amount = rollback.kind === 'none' ? weights.noWayBack : weights.wayBack;
  return [points('irreversibility', amount, rollback.sentence, sourceOf(input, 'rollback plan'))];
};
