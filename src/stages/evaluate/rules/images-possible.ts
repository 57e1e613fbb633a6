import { block, type Finding, nameOf, type Rule, type RuleInput, sourceOf, workloadOf } from '../rule.ts';

/** Block: a container that is not there, one named twice, or images that run already. */
export const imagesPossible: Rule = (input) => {
  const workload = workloadOf(input);
  if (input.action.verb !== 'set image' || workload === undefined) return [];
  const { images } = input.action;
  const live = new Map(workload.containers.map(({ name, image }) => [name, image]));
  const missing = images.filter(({ container }) => !live.has(container));
  if (missing.length > 0) return missing.map(({ container }) => absent(input, container, [...live.keys()]));
  const source = sourceOf(input, 'spec.template.spec.containers');
  const named = images.map(({ container }) => container);
  const twice = named.find((container, index) => named.indexOf(container) !== index);
  if (twice !== undefined) return [block(`The container ${twice} is named twice.`, source)];
  return images.every(({ container, image }) => live.get(container) === image)
    ? [block(`${nameOf(input)} already runs ${images.map(({ image }) => image).join(', ')}.`, source)]
    : [];
};

function absent(input: RuleInput, container: string, known: readonly string[]): Finding {
  const sentence = `${nameOf(input)} has no container ${container}; it has ${[...known].sort().join(', ')}.`;
  return block(sentence, sourceOf(input, 'spec.template.spec.containers'));
}
