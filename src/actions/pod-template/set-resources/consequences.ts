import { quantity } from '../../../domain/text/quantity.ts';
import { floor, nothing, type Rule, sourceOf, workloadOf } from '../../../stages/evaluate/rule.ts';
import { chosen } from '../containers.ts';
import { type Amount, changedAmounts } from './amounts.ts';

/**
 * Floor: a lower limit, because what the containers use now is not read, and a higher request, because whether a node has
 * room for it is not. A higher limit and a lower request take nothing away.
 */
export const fewerResources: Rule = (input) => {
  const workload = workloadOf(input);
  const { action } = input;
  if (action.verb !== 'set resources' || workload === undefined) return nothing;
  const source = sourceOf(input, 'spec.template.spec.containers');
  return chosen(action, workload).flatMap((container) =>
    changedAmounts(action, container)
      .filter(isTighter)
      .map((amount) => floor('human', `${container.name}: ${consequence(amount)}`, source)),
  );
};

function isTighter({ side, from, to }: Amount): boolean {
  const [now, then] = [quantity(from ?? '0') ?? 0, quantity(to) ?? 0];
  // No limit is more than any limit, and zero is none; no request is less than any.
  return side === 'limits'
    ? (then || Number.POSITIVE_INFINITY) < (now || Number.POSITIVE_INFINITY)
    : then > now;
}

function consequence({ side, resource, from = 'none', to }: Amount): string {
  const change = `${resource} ${side === 'limits' ? 'limit' : 'request'} from ${from} to ${to}`;
  if (side === 'requests') return `${change}; whether a node has room for it is not read.`;
  const what = resource === 'cpu' ? 'it is slowed down' : 'it is killed or evicted';
  return `${change}; ${what} if it uses more, and what it uses is not read.`;
}
