import { floor, nothing, points, type Rule, sourceOf } from '../rule.ts';

/** Environment: production counts for more, and nothing there runs by itself. Nodes serve every namespace. */
export const environment: Rule = (input) => {
  const factor = input.policy.productionFactor;
  if (input.action.target.kind === 'Node') {
    const sentence = `${input.name} may serve every namespace, production ones too: the sum counts ${factor} times.`;
    return [points('environment', factor, sentence, sourceOf(input, 'kind'))];
  }
  const namespace = input.production;
  if (namespace === undefined) return nothing;
  const source = 'policy: namespaces.production';
  return [
    points(
      'environment',
      factor,
      `${namespace} is a production namespace: the sum counts ${factor} times.`,
      source,
    ),
    floor('human', `Nothing in the production namespace ${namespace} changes without a person.`, source),
  ];
};
