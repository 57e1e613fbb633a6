import type { WorkloadSubject } from '../../../domain/facts/facts.ts';
import {
  block,
  type Finding,
  nothing,
  type Rule,
  type RuleInput,
  sourceOf,
  workloadOf,
} from '../../../stages/evaluate/rule.ts';

/** Block: a container that is not there, one named twice, or images that run already. */
export const imagesPossible: Rule = (input) => {
  const workload = workloadOf(input);
  if (input.action.verb !== 'set image' || workload === undefined) return nothing;
  const { images } = input.action;
  const { containers } = workload;
  const missing = images.filter(({ container }) => imageOf(containers, container) === undefined);
  if (missing.length > 0) return missing.map(({ container }) => absent(input, container, containers));
  const source = sourceOf(input, 'spec.template.spec.containers');
  const named = images.map(({ container }) => container);
  const twice = named.find((container, index) => named.indexOf(container) !== index);
  if (twice !== undefined) return [block(`The container ${twice} is named twice.`, source)];
  return images.every(({ container, image }) => imageOf(containers, container) === image)
    ? [block(`${input.name} already runs ${images.map(({ image }) => image).join(', ')}.`, source)]
    : nothing;
};

type Containers = WorkloadSubject['containers'];

function imageOf(containers: Containers, container: string): string | undefined {
  return containers.find(({ name }) => name === container)?.image;
}

function absent(input: RuleInput, container: string, containers: Containers): Finding {
  const known = [...new Set(containers.map(({ name }) => name))].sort();
  const sentence = `${input.name} has no container ${container}; it has ${known.join(', ')}.`;
  return block(sentence, sourceOf(input, 'spec.template.spec.containers'));
}
