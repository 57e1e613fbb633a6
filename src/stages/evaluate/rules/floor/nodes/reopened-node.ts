import { floor, nothing, type Rule } from '../../../rule.ts';

/**
 * Floor: the rollback of what kept pods off a node. It was closed for a reason, such as a repair, which has not gone away
 * because a drain was held up half-way: pods that come to it by themselves would surprise whoever goes on by hand.
 */
export const reopenedNode: Rule = ({ effect, circumstances, name }) => {
  const { takesBack } = circumstances;
  if (takesBack === undefined || effect.node?.opens !== true) return nothing;
  const sentence = `Remediation ${takesBack} was to keep pods off ${name} and did not come to its end: whether it takes pods again is for a person to say.`;
  return [floor('human', sentence, `Remediation ${takesBack}`)];
};
