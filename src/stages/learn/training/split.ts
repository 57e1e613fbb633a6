import type { ExamplesOfDay } from '../../../domain/insight/lived.ts';

/** The share of the examples that validate, at most; and of one day's alone, where there is no smaller way. */
const share = 0.2;
const ofOneDay = 0.5;

export type Split = 'train' | 'validation';

/**
 * The day from whose beginning on incidents belong to the validation: the newest fifth of the examples at most, by whole
 * days, as a model is tried on what comes after what it has learned from (Bergmeir and Benitez 2012, "On the use of
 * cross-validation for time series predictor evaluation"). Undefined where all would be on one side.
 *
 * @param days in any order, each once
 */
export function splitDay(days: readonly ExamplesOfDay[]): string | undefined {
  const newest = days.filter(({ count }) => count > 0).toSorted((a, b) => (a.day < b.day ? 1 : -1));
  const total = newest.reduce((sum, { count }) => sum + count, 0);
  const [last] = newest;
  if (last === undefined || newest.length < 2) return undefined;
  if (last.count > total * share) return last.count <= total * ofOneDay ? last.day : undefined;
  let sum = 0;
  let day = last.day;
  for (const each of newest.slice(0, -1)) {
    sum += each.count;
    if (sum > total * share) break;
    day = each.day;
  }
  return day;
}

/** On which side an example is; undefined where its incident would be on both. Instants are in UTC. */
export function sideOf(
  { incidentAt, createdAt }: { readonly incidentAt: string; readonly createdAt: string },
  day: string | undefined,
): Split | undefined {
  if (day === undefined) return 'train';
  if (incidentAt.slice(0, 10) >= day) return 'validation';
  return createdAt.slice(0, 10) >= day ? undefined : 'train';
}
