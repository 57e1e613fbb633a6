import { block, type Finding, nothing, type Rule } from '../../rule.ts';

/** Block: what the policy switches off, everywhere or in an environment. */
export const actionEnabled: Rule = ({ action, policy, memberships }) => {
  const everywhere = policy.actions.disabled.includes(action.verb);
  if (!everywhere && memberships.length === 0) return nothing;
  const found: Finding[] = memberships
    .filter(({ environment }) => environment.actions.disabled.includes(action.verb))
    .map(({ name, known }) =>
      block(
        `The policy switches ${action.verb} off in the environment ${name}${known ? '' : ', which this may be in'}.`,
        `policy.yaml: environments.${name}.actions.disabled`,
      ),
    );
  return everywhere
    ? [block(`The policy switches ${action.verb} off.`, 'policy.yaml: actions.disabled'), ...found]
    : found;
};
