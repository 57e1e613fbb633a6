import { nothing, plural, type Rule, raise } from '../../../rule.ts';

/** Floor: a playbook that has not proven itself does not run alone, nor one that the policy wants named and does not name. */
export const trust: Rule = ({ policy, circumstances }) => {
  const demand = policy.trust;
  const earned = circumstances.trust;
  if (demand === undefined || earned === undefined) return nothing;
  const { playbook, samples, lowerBound, environment } = earned;
  const where = environment === undefined ? '' : ` in ${environment}`;
  const has = `The playbook ${playbook} has earned a trust of ${lowerBound.toFixed(2)} in ${plural(samples, 'verdict')}${where}`;
  if (lowerBound < demand.minimum)
    return [
      raise(demand.tier, `${has}, and the policy asks for ${demand.minimum}.`, 'policy.yaml: trust.minimum'),
    ];
  const isNamed = demand.alone?.some(
    (each) => each.playbook === playbook && each.environment === environment,
  );
  if (isNamed !== false) return nothing;
  return [
    raise(
      demand.tier,
      `${has}, and the policy does not name it to run by itself there.`,
      'policy.yaml: trust.alone',
    ),
  ];
};
