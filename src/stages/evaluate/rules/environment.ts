import { type Finding, floor, points, type Rule, sourceOf } from '../rule.ts';

/** Environment: production counts for more, and nothing there runs by itself. Nodes serve every namespace. */
export const environment: Rule = (input) => {
  const { policy, name } = input;
  if (input.action.target.kind === 'Node') {
    const factors = Object.values(policy.environments).map(({ factor }) => factor);
    const factor = Math.max(policy.productionFactor, ...factors);
    const sentence = `${name} may serve every namespace, production ones too: the sum counts ${factor} times.`;
    return [points('environment', factor, sentence, sourceOf(input, 'kind'))];
  }
  return [...production(input), ...memberships(input)];
};

const production: Rule = ({ policy, production: found }) => {
  if (found === undefined) return [];
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
};

const memberships: Rule = ({ memberships: found }) =>
  found.flatMap(({ name, environment: { factor }, known }): Finding[] => {
    if (factor === 1) return [];
    const sentence = `It ${known ? 'is' : 'may be'} in the environment ${name}: the sum counts ${factor} times.`;
    return [points('environment', factor, sentence, `policy.yaml: environments.${name}.factor`)];
  });
