import type { LineItem } from '../../domain/spec.ts';
import { tierCeiling } from '../../domain/tier.ts';

type Uncounted = Omit<LineItem, 'counted'>;

export interface Score {
  /** 0 to 100; 100 only by a block. */
  readonly score: number;
  /** The same items in the same order, each saying whether it counted. */
  readonly lineItems: readonly LineItem[];
}

const baseTerms: readonly LineItem['term'][] = ['availability', 'data', 'controlPlane', 'irreversibility'];

/**
 * score = min(99, round((max(availability, data, controlPlane, irreversibility) + breadth) x environment)), raised
 * to the highest floor; a block makes it 100. The maximum, not a sum, so that many small findings cannot outweigh
 * one fatal one and a fatal one is not diluted. Never falls when an item is added.
 */
export function scoreOf(items: readonly Uncounted[]): Score {
  const base = greatest(items.filter(({ term }) => baseTerms.includes(term)));
  const breadth = items.filter(({ term }) => term === 'breadth');
  const environment = greatest(items.filter(({ term }) => term === 'environment'));
  const sum = [...(base === undefined ? [] : [base]), ...breadth].reduce(
    (total, item) => total + item.points,
    0,
  );
  const weighted = Math.min(tierCeiling.dual, Math.round(sum * Math.max(1, environment?.points ?? 1)));
  const floor = greatest(items.filter(({ term, points }) => term === 'floor' && points > weighted));
  const blocked = items.some(({ term }) => term === 'block');

  const counts = (item: Uncounted): boolean => {
    if (blocked) return item.term === 'block';
    if (item.term === 'floor') return floor !== undefined && item.points === floor.points;
    return item.term === 'breadth' || item === base || item === environment;
  };
  return {
    score: blocked ? tierCeiling.blocked : Math.min(tierCeiling.dual, Math.ceil(floor?.points ?? weighted)),
    lineItems: items.map((item) => ({ ...item, counted: counts(item) })),
  };
}

/** The item with most points, the first of equals. */
function greatest(items: readonly Uncounted[]): Uncounted | undefined {
  return items.reduce<Uncounted | undefined>(
    (most, item) => (most === undefined || item.points > most.points ? item : most),
    undefined,
  );
}
