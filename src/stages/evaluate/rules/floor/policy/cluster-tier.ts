import { ofCluster } from '../../../../../domain/policy/in-cluster.ts';
import { nothing, type Rule, raise } from '../../../rule.ts';

/** Floor or block: in this cluster the policy wants so many people to look at anything. */
export const clusterTier: Rule = ({ policy, facts: { cluster } }) => {
  const tier = ofCluster(policy.clusters, cluster)?.tier;
  if (tier === undefined) return nothing;
  const sentence =
    tier === 'blocked'
      ? `The policy lets nothing be changed in the cluster ${cluster}.`
      : `In the cluster ${cluster} the policy wants ${tier === 'dual' ? 'two people' : 'a person'} to agree to any change.`;
  return [raise(tier, sentence, `policy.yaml: clusters.${cluster}.tier`)];
};
