import { type Freeze, frozenUntil } from '../../../../../domain/policy/freeze.ts';
import { type Finding, nothing, type Rule, type RuleInput, raise } from '../../../rule.ts';

/** Floor or block: times in which the policy wants more people to look. A time that is not known is frozen. */
export const freezes: Rule = (input) => {
  const { policy } = input;
  if (policy.freezes.length === 0) return nothing;
  return policy.freezes.flatMap((freeze, index): Finding[] => {
    if (!concerns(input, freeze)) return [];
    const sentence = holds(input, freeze);
    const source = `policy.yaml: ${policy.freezesFrom ?? 'freezes'}[${index}]`;
    return sentence === undefined ? [] : [raise(freeze.tier, sentence, source)];
  });
};

/** A node serves every environment. */
function concerns({ action, memberships }: RuleInput, { environments }: Freeze): boolean {
  if (environments === undefined || action.target.kind === 'Node') return true;
  return memberships.some(({ name }) => environments.includes(name));
}

function holds({ circumstances }: RuleInput, freeze: Freeze): string | undefined {
  const { name, timeZone } = freeze;
  const local = circumstances.local.find(({ zone }) => zone === timeZone);
  if (local === undefined) {
    return `Not known: the time in ${timeZone}, so the freeze "${name}" counts as holding.`;
  }
  const until = frozenUntil(freeze, local);
  if (until === undefined) return undefined;
  return `The freeze "${name}" holds until ${until} (${timeZone}); it is ${local.weekday} ${local.date} ${local.time} there.`;
}
