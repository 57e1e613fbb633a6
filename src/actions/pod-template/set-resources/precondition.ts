import type { ActionOf } from '../../../domain/action.ts';
import { quantity } from '../../../domain/text/quantity.ts';
import { resourceNames } from '../../../domain/values.ts';
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
import { missingContainers } from '../set-env/precondition.ts';
import { amountsAfter, amountsOf, changedAmounts } from './amounts.ts';

/** Block: a container that is not there, what is so already, and a request above its limit, which the API server refuses. */
export const resourcesPossible: Rule = (input) => {
  const workload = workloadOf(input);
  const { action } = input;
  if (action.verb !== 'set resources' || workload === undefined) return nothing;
  const missing = missingContainers(input, unknownNames(action, workload));
  if (missing.length > 0) return missing;
  const containers = chosen(action, workload);
  const above = containers.flatMap((container) => contradictions(input, action, container));
  if (above.length > 0) return above;
  const known = containers.every(({ resources }) => resources !== undefined);
  if (!known || containers.some((container) => changedAmounts(action, container).length > 0)) return nothing;
  const source = sourceOf(input, 'spec.template.spec.containers');
  return [block(`${input.name} already has these limits and requests.`, source)];
};

function contradictions(
  input: RuleInput,
  action: ActionOf<'set resources'>,
  container: Container,
): readonly Finding[] {
  const after = amountsAfter(action, container);
  return resourceNames.flatMap((resource) => {
    const [limit, request] = [after.limits[resource], after.requests[resource]];
    if (limit === undefined || request === undefined) return [];
    if ((quantity(request) ?? 0) <= (quantity(limit) ?? Number.POSITIVE_INFINITY)) return [];
    const written = amountsOf(action, container).filter((each) => each.resource === resource);
    const live = (side: 'limits' | 'requests') =>
      written.some((each) => each.side === side) ? 'asked for' : 'live';
    const sentence = `${container.name} of ${input.name} would request ${request} of ${resource} (${live('requests')}) above its limit of ${limit} (${live('limits')}).`;
    return [block(sentence, sourceOf(input, 'spec.template.spec.containers'))];
  });
}
