import type { LineItem } from '../../domain/spec.ts';
import { tierCeiling } from '../../domain/tier.ts';

/** What a rule found, before it is known whether it counts. */
export type Uncounted = Omit<LineItem, 'counted'>;

export interface Score {
  /** 0 to 100; 100 only by a block. */
  readonly score: number;
  /** The same items in the same order, each saying whether it counted. */
  readonly lineItems: LineItem[];
}

/** The greatest of each kind that counts once, and the sum of what is added up. */
interface Sums {
  readonly base: Uncounted | undefined;
  readonly breadth: number;
  readonly environment: Uncounted | undefined;
  readonly floor: number;
  readonly blocked: boolean;
}

/**
 * score = min(99, round((max(availability, data, controlPlane, irreversibility) + breadth) x environment)), raised
 * to the highest floor; a block makes it 100. The maximum, not a sum, so that many small findings cannot outweigh
 * one fatal one and a fatal one is not diluted. Never falls when an item is added.
 */
export function scoreOf(items: readonly Uncounted[]): Score {
  const lineItems = items.map(uncounted);
  return { score: settle(lineItems), lineItems };
}

/** The item as a line, before it is known whether it counts. */
export function uncounted({ rule, term, points, sentence, source }: Uncounted): LineItem {
  return { rule, term, points, counted: false, sentence, source };
}

/** The score of lines that nobody else has yet; writes into each whether it counted. */
export function settle(items: readonly LineItem[]): number {
  const sums = sumUp(items);
  const sum = (sums.base?.points ?? 0) + sums.breadth;
  const weighted = Math.min(tierCeiling.dual, Math.round(sum * Math.max(1, sums.environment?.points ?? 1)));
  const raised = Math.min(tierCeiling.dual, Math.ceil(Math.max(sums.floor, weighted)));
  for (const item of items) item.counted = counts(item, sums, weighted);
  return sums.blocked ? tierCeiling.blocked : raised;
}

function counts(item: Uncounted, sums: Sums, weighted: number): boolean {
  if (sums.blocked) return item.term === 'block';
  if (item.term === 'floor') return item.points === sums.floor && item.points > weighted;
  return item.term === 'breadth' || item === sums.base || item === sums.environment;
}

/** Of equals the first is the greatest. */
function sumUp(items: readonly Uncounted[]): Sums {
  const sums = { base: none, breadth: 0, environment: none, floor: 0, blocked: false };
  for (const item of items) {
    switch (item.term) {
      case 'availability':
      case 'data':
      case 'controlPlane':
      case 'irreversibility':
        sums.base = greater(sums.base, item);
        break;
      case 'breadth':
        sums.breadth += item.points;
        break;
      case 'environment':
        sums.environment = greater(sums.environment, item);
        break;
      case 'floor':
        sums.floor = Math.max(sums.floor, item.points);
        break;
      case 'block':
        sums.blocked = true;
    }
  }
  return sums;
}

const none: Uncounted | undefined = undefined;

function greater(most: Uncounted | undefined, item: Uncounted): Uncounted {
  return most === undefined || item.points > most.points ? item : most;
}
