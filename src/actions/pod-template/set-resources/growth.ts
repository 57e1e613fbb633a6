import type { Case } from '../../../domain/case.ts';
import type { Needs } from '../../../domain/effect.ts';
import { quantity } from '../../../domain/text/quantity.ts';
import { resourceNames } from '../../../domain/values.ts';
import { needsNothing } from '../../no-effect.ts';
import { workloadOf } from '../../subject.ts';
import { type Container, chosen } from '../containers.ts';
import { amountsAfter, type Side, sides } from './amounts.ts';

/**
 * By how much of a new pod each one is larger than an old one, by the names that a ResourceQuota has for it: `cpu` is
 * `requests.cpu` (kubernetes.io, "Resource Quotas").
 */
export function growthOf(judged: Case<'set resources'>): Needs['growth'] {
  if (workloadOf(judged) === undefined) return needsNothing.growth;
  const shares = sides.flatMap((side) =>
    resourceNames.flatMap((resource): [string, number][] => {
      const share = shareOf(judged, side, resource);
      if (share === 0) return [];
      const named: [string, number] = [`${side}.${resource}`, share];
      return side === 'requests' ? [named, [resource, share]] : [named];
    }),
  );
  return shares.length === 0 ? needsNothing.growth : Object.fromEntries(shares);
}

/** Init containers end before the others start: what they ask for is not added. */
function shareOf(judged: Case<'set resources'>, side: Side, resource: string): number {
  const { action } = judged;
  const workload = workloadOf(judged);
  if (workload === undefined) return 0;
  const written = chosen(action, workload);
  const running = workload.containers.filter(({ init }) => !init);
  const sum = (amounts: (container: Container) => string | undefined) =>
    running.reduce((total, container) => total + (quantity(amounts(container) ?? '0') ?? 0), 0);
  const before = sum(({ resources }) => resources?.[side][resource]);
  const after = sum((container) =>
    written.includes(container)
      ? amountsAfter(action, container)[side][resource]
      : container.resources?.[side][resource],
  );
  return after <= before ? 0 : (after - before) / after;
}
