import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import { quantity } from '../../../domain/text/quantity.ts';
import { nothingFollows } from '../../no-effect.ts';
import { workloadOf } from '../../subject.ts';
import { chosen, containersField } from '../containers.ts';
import { type Amount, changedAmounts } from './amounts.ts';

/**
 * A lower limit, because what the containers use now is not read, and a higher request, because whether a node has room
 * for it is not. A higher limit and a lower request take nothing away.
 */
export function consequences(judged: Case<'set resources'>): readonly Consequence[] {
  const workload = workloadOf(judged);
  if (workload === undefined) return nothingFollows;
  const { action } = judged;
  return chosen(action, workload).flatMap((container) =>
    changedAmounts(action, container)
      .filter(isTighter)
      .map((amount): Consequence => {
        const sentence = `${container.name}: ${meaningOf(amount)}`;
        return { rule: 'fewer-resources', asks: 'human', sentence, field: containersField };
      }),
  );
}

function isTighter({ side, from, to }: Amount): boolean {
  const [now, then] = [quantity(from ?? '0') ?? 0, quantity(to) ?? 0];
  // No limit is more than any limit, and zero is none; no request is less than any.
  return side === 'limits'
    ? (then || Number.POSITIVE_INFINITY) < (now || Number.POSITIVE_INFINITY)
    : then > now;
}

function meaningOf({ side, resource, from = 'none', to }: Amount): string {
  const change = `${resource} ${side === 'limits' ? 'limit' : 'request'} from ${from} to ${to}`;
  if (side === 'requests') return `${change}; whether a node has room for it is not read.`;
  const what = resource === 'cpu' ? 'it is slowed down' : 'it is killed or evicted';
  return `${change}; ${what} if it uses more, and what it uses is not read.`;
}
