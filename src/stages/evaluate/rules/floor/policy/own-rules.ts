import type { ExpressionInput, Predicate } from '../../../../../domain/policy/rule.ts';
import { expressionInputOf } from '../../../expression-input.ts';
import { block, type Finding, floor, nothing, points, type Rule } from '../../../rule.ts';

/** Block, floor or points: the policy's own expressions. One that cannot be answered raises the tier. */
export const ownRules: Rule = (input) => {
  const { hardRules, rules, predicates } = input.policy;
  if (hardRules.length + rules.length === 0) return nothing;
  const expressionInput = expressionInputOf(input);
  const answer = (when: string) => ask(predicates?.get(when), expressionInput);
  const hard = hardRules.map(({ name, when, because }, index): Finding | undefined => {
    const source = `policy.yaml: hardRules[${index}]`;
    const held = answer(when);
    if (held === true) return block(because, source);
    return held === false ? undefined : floor('dual', unanswered(name, held), source);
  });
  const extra = rules.map(({ name, when, because, tier, points: amount }, index): Finding | undefined => {
    const source = `policy.yaml: rules[${index}]`;
    const held = answer(when);
    if (held === false) return undefined;
    if (held !== true) return floor(tier ?? 'human', unanswered(name, held), source);
    return tier === undefined
      ? points('breadth', amount ?? 0, because, source)
      : floor(tier, because, source);
  });
  return [...hard, ...extra].filter((finding) => finding !== undefined);
};

const unanswered = (name: string, reason: string): string =>
  `Not known: whether the rule "${name}" of the policy holds (${reason}).`;

/** True or false, or why neither. */
function ask(predicate: Predicate | undefined, input: ExpressionInput): boolean | string {
  if (predicate === undefined) return 'it is not compiled';
  try {
    const held = predicate(input);
    return typeof held === 'boolean' ? held : 'it says neither true nor false';
  } catch (fault) {
    const [first = 'it fails'] = (fault instanceof Error ? fault.message : String(fault)).split('\n');
    return first;
  }
}
