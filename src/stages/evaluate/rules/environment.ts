import { type Finding, floor, nothing, points, type Rule, type RuleInput, sourceOf } from '../rule.ts';

/** Environment: production counts for more, and nothing there runs by itself. Nodes serve every namespace. */
export const environment: Rule = (input) => {
  const { policy, name } = input;
  if (input.action.target.kind === 'Node') {
    let factor = policy.productionFactor;
    for (const each of Object.values(policy.environments)) factor = Math.max(factor, each.factor);
    const sentence = `${name} may serve every namespace, production ones too: the sum counts ${factor} times.`;
    return [points('environment', factor, sentence, sourceOf(input, 'kind'))];
  }
  if (input.production === undefined && input.memberships.length === 0) return nothing;
  return [...production(input), ...memberships(input)];
};

function production({ policy, production: found }: RuleInput): readonly Finding[] {
  if (found === undefined) return nothing;
  const { namespace, source, is } = found;
  const factor = policy.productionFactor;
  return [
    points(
      'environment',
      factor,
      `${namespace} ${is} a production namespace: the sum counts ${factor} times.`,
      source,
    ),
    floor('human', `Nothing in the production namespace ${namespace} changes without a person.`, source),
  ];
}

function memberships({ memberships: found }: RuleInput): readonly Finding[] {
  return found.flatMap(({ name, environment: { factor }, known }): Finding[] => {
    if (factor === 1) return [];
    const sentence = `It ${known ? 'is' : 'may be'} in the environment ${name}: the sum counts ${factor} times.`;
    return [points('environment', factor, sentence, `policy.yaml: environments.${name}.factor`)];
  });
}
