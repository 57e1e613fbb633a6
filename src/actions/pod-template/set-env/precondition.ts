import type { ActionOf } from '../../../domain/action.ts';
import {
  block,
  type Finding,
  nothing,
  type Rule,
  type RuleInput,
  sourceOf,
  workloadOf,
} from '../../../stages/evaluate/rule.ts';
import { type Container, chosen, unknownNames } from '../containers.ts';

/** Block: a container that is not there, a variable that is written twice, or nothing to write. Values are not known here. */
export const variablesPossible: Rule = (input) => {
  const workload = workloadOf(input);
  const { action } = input;
  if (action.verb !== 'set env' || workload === undefined) return nothing;
  const missing = missingContainers(input, unknownNames(action, workload));
  if (missing.length > 0) return missing;
  const source = sourceOf(input, 'spec.template.spec.containers');
  const names = [...action.set.map(({ name }) => name), ...action.remove];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return [block(`The variable ${twice} is named twice.`, source)];
  const containers = chosen(action, workload);
  if (!containers.every((container) => isSo(action, container))) return nothing;
  const sentence =
    action.set.length === 0
      ? `${input.name} has no variable ${action.remove.join(', ')}.`
      : `${input.name} already has these variables.`;
  return [block(sentence, source)];
};

function isSo({ set, remove }: ActionOf<'set env'>, { env }: Container): boolean {
  if (env === undefined) return false;
  return (
    set.every(({ name }) => env.same.includes(name)) && remove.every((name) => !env.names.includes(name))
  );
}

/** A finding for each name that no container has. */
export function missingContainers(input: RuleInput, names: readonly string[]): readonly Finding[] {
  const containers = workloadOf(input)?.containers ?? [];
  const known = [...new Set(containers.map(({ name }) => name))].sort().join(', ');
  const source = sourceOf(input, 'spec.template.spec.containers');
  return names.map((name) => block(`${input.name} has no container ${name}; it has ${known}.`, source));
}
