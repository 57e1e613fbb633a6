import type { LineItem } from '../spec.ts';

const signed = (points: number): string => (points < 0 ? String(points) : `+${points}`);

/** What one line of the score adds, in the unit of its term. */
export function weight(item: LineItem): string {
  switch (item.term) {
    case 'environment':
      return `×${item.points}`;
    case 'floor':
      return `at least ${item.points}`;
    case 'block':
      return 'blocks';
    default:
      return item.counted ? signed(item.points) : `(${signed(item.points)}, outweighed)`;
  }
}

/**
 * For sorting, so that the reason is the first thing that is read: a hard rule, then what counts, then what is
 * outweighed; of each a floor before points, many points before few, and the factor that multiplies them last.
 */
export function mostTelling(a: LineItem, b: LineItem): number {
  return rank(b) - rank(a) || termRank(b) - termRank(a) || (termRank(a) === 1 ? b.points - a.points : 0);
}

const rank = ({ term, counted }: LineItem): number => (term === 'block' ? 2 : Number(counted));

function termRank({ term }: LineItem): number {
  if (term === 'environment') return 0;
  return term === 'floor' ? 2 : 1;
}
