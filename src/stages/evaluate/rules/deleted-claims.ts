import { nothing, plural, points, type Rule, sourceOf, workloadOf } from '../rule.ts';

/** Data: a StatefulSet that deletes its claims when it is scaled down (persistentVolumeClaimRetentionPolicy). */
export const deletedClaims: Rule = (input) => {
  const { action, facts, policy } = input;
  const workload = workloadOf(input);
  if (action.verb !== 'scale' || workload === undefined || action.replicas >= workload.desired)
    return nothing;
  if (facts.neighbourhood?.retention?.whenScaled !== 'Delete' || workload.claimTemplates === 0)
    return nothing;
  const claims = (workload.desired - action.replicas) * workload.claimTemplates;
  const sentence = `Scaling from ${workload.desired} to ${action.replicas} deletes ${plural(claims, 'volume claim')} (whenScaled: Delete): scaling back does not bring the data back.`;
  const source = sourceOf(input, 'spec.persistentVolumeClaimRetentionPolicy');
  return [points('data', policy.weights.data.deletedClaims, sentence, source)];
};
