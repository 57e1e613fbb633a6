import { endingPods } from '../../disturbance.ts';
import { nothing, points, type Rule } from '../../rule.ts';

/** Availability: one of the pods is the leader of something; others may be ready and still do nothing. */
export const leaseHolder: Rule = (input) => {
  const leases = input.facts.neighbourhood?.leases;
  if (leases === undefined || leases.length === 0 || endingPods(input) === 0) return nothing;
  const { leader } = input.policy.weights.availability;
  return leases.map(({ name, pod }) => {
    const sentence = `Pod/${pod} holds Lease/${name}: when it goes, nobody leads until another takes over.`;
    return points('availability', leader, sentence, `Lease/${name}: spec.holderIdentity`);
  });
};
