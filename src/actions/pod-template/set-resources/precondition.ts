import type { ActionOf } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import { quantity } from '../../../domain/text/quantity.ts';
import { resourceNames } from '../../../domain/values.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../../obstacle.ts';
import { workloadOf } from '../../subject.ts';
import { type Container, chosen, containersField, missingContainers } from '../containers.ts';
import { amountsAfter, amountsOf, changedAmounts, type Side } from './amounts.ts';

const rule = 'resources-possible';

/** A container that is not there, what is so already, and a request above its limit, which the API server refuses. */
export function precondition(judged: Case<'set resources'>): readonly Obstacle[] {
  const workload = workloadOf(judged);
  if (workload === undefined) return noObstacle;
  const { action } = judged;
  const missing = missingContainers(rule, judged, workload, action.containers);
  if (missing.length > 0) return missing;
  const because = (...sentences: string[]) => obstacles(rule, judged, containersField, ...sentences);
  const containers = chosen(action, workload);
  const above = containers.flatMap((container) => contradictions(action, container));
  if (above.length > 0) return because(...above);
  const known = containers.every(({ resources }) => resources !== undefined);
  return !known || containers.some((container) => changedAmounts(action, container).length > 0)
    ? noObstacle
    : because(`${nameOf(action.target)} already has these limits and requests.`);
}

function contradictions(action: ActionOf<'set resources'>, container: Container): readonly string[] {
  const after = amountsAfter(action, container);
  return resourceNames.flatMap((resource) => {
    const [limit, request] = [after.limits[resource], after.requests[resource]];
    if (limit === undefined || request === undefined) return [];
    if ((quantity(request) ?? 0) <= (quantity(limit) ?? Number.POSITIVE_INFINITY)) return [];
    const written = amountsOf(action, container).filter((each) => each.resource === resource);
    const live = (side: Side) => (written.some((each) => each.side === side) ? 'asked for' : 'live');
    return [
      `${container.name} of ${nameOf(action.target)} would request ${request} of ${resource} (${live('requests')}) above its limit of ${limit} (${live('limits')}).`,
    ];
  });
}
