import {
  type Finding,
  nothing,
  plural,
  points,
  type Rule,
  type RuleInput,
  sourceOf,
  workloadOf,
} from '../../rule.ts';

const field = 'spec.persistentVolumeClaimRetentionPolicy';

/** Data: a StatefulSet that deletes its claims when it is scaled down (persistentVolumeClaimRetentionPolicy). */
export const deletedClaims: Rule = (input) => {
  const { claims, size } = input.effect;
  if (claims === undefined || size === undefined) return nothing;
  if (claims.now === 0) return later(input, claims.laterDownTo);
  const sentence = `Scaling from ${size.from} to ${size.to} deletes ${plural(claims.now, 'volume claim')} (whenScaled: Delete): scaling back does not bring the data back.`;
  return [points('data', input.policy.weights.data.deletedClaims, sentence, sourceOf(input, field))];
};

/** An autoscaler that may go lower does it by itself, without anybody's approval. */
function later(input: RuleInput, downTo: number | undefined): readonly Finding[] {
  if (downTo === undefined) return nothing;
  const desired = workloadOf(input)?.desired ?? 0;
  const sentence = `Each time the autoscaler goes lower than ${desired}, down to ${downTo}, volume claims are deleted (whenScaled: Delete).`;
  return [points('data', input.policy.weights.data.deletedClaims, sentence, sourceOf(input, field))];
}
