import { listed } from '../../../actions/sentence.ts';
import { environmentsOf } from '../../../domain/policy/environment.ts';
import { type Finding, floor, nothing, points, type Rule, type RuleInput, sourceOf } from '../rule.ts';

/** Environment: production counts for more, and nothing there runs by itself. Nodes serve every namespace. */
export const environment: Rule = (input) => {
  const { policy, name } = input;
  if (input.action.target.kind === 'Node') {
    let factor = policy.productionFactor;
    for (const each of Object.values(policy.environments)) factor = Math.max(factor, each.factor);
    const sentence = `${name} may serve every namespace, production ones too: the sum counts ${factor} times.`;
    return [points('environment', factor, sentence, sourceOf(input, 'kind')), ...productionPods(input)];
  }
  if (input.production === undefined && input.memberships.length === 0) return nothing;
  return [...production(input), ...memberships(input)];
};

/**
 * Pods of production that leave a node are a change of production. Labels of their namespaces are not read; moved-pods
 * asks for a person in any case.
 */
function productionPods(input: RuleInput): readonly Finding[] {
  const pods = input.effect.pods.moved;
  if (pods.length === 0) return nothing;
  const names = [...new Set(pods.map(({ namespace }) => namespace))].toSorted();
  const { policy } = input;
  const productive = names.filter((name) => {
    const environments = environmentsOf(policy.environments, name, undefined);
    const inOne = environments.some(({ known, environment: { production: is } }) => known && is);
    return policy.namespaces.production.includes(name) || inOne;
  });
  if (productive.length === 0) return nothing;
  const sentence = `Pods of ${listed(productive)} have to go, and nothing in production changes without a person.`;
  return [floor('human', sentence, sourceOf(input, 'pods'))];
}

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
