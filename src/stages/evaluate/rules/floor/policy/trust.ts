import { nothing, plural, type Rule, raise } from '../../../rule.ts';

/** Floor: a playbook that has not proven itself does not run alone. */
export const trust: Rule = ({ policy, circumstances }) => {
  const demand = policy.trust;
  const earned = circumstances.trust;
  if (demand === undefined || earned === undefined || earned.lowerBound >= demand.minimum) return nothing;
  const { playbook, samples, lowerBound, environment } = earned;
  const where = environment === undefined ? '' : ` in ${environment}`;
  const sentence = `The playbook ${playbook} has earned a trust of ${lowerBound.toFixed(2)} in ${plural(samples, 'verdict')}${where}, and the policy asks for ${demand.minimum}.`;
  return [raise(demand.tier, sentence, 'policy.yaml: trust.minimum')];
};
