import { boundsOf } from '../../../../actions/scaling/bounds.ts';
import { wantedReplicas } from '../../impact.ts';
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
  const workload = workloadOf(input);
  const wanted = wantedReplicas(input);
  if (wanted === undefined || workload === undefined) return nothing;
  if (input.facts.neighbourhood?.retention?.whenScaled !== 'Delete' || workload.claimTemplates === 0)
    return nothing;
  if (wanted >= workload.desired) return later(input, workload.desired);
  const claims = (workload.desired - wanted) * workload.claimTemplates;
  const sentence = `Scaling from ${workload.desired} to ${wanted} deletes ${plural(claims, 'volume claim')} (whenScaled: Delete): scaling back does not bring the data back.`;
  return [points('data', input.policy.weights.data.deletedClaims, sentence, sourceOf(input, field))];
};

/** An autoscaler that may go lower does it by itself, without anybody's approval. */
function later(input: RuleInput, desired: number): readonly Finding[] {
  const { action, facts } = input;
  if (action.verb !== 'autoscale') return nothing;
  const { min } = boundsOf(action, facts.autoscaler);
  if (min >= desired) return nothing;
  const sentence = `Each time the autoscaler goes lower than ${desired}, down to ${min}, volume claims are deleted (whenScaled: Delete).`;
  return [points('data', input.policy.weights.data.deletedClaims, sentence, sourceOf(input, field))];
}
