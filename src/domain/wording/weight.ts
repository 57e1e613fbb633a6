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

/** A hard rule is told first, then what counts, then what is outweighed. */
export const rank = (item: LineItem): number => (item.term === 'block' ? 2 : Number(item.counted));
