import type { Reading } from './readings.ts';

/** Whether a constraint holds. Broken says what was wanted and what was found; what is not known never holds. */
export type Standing =
  | { readonly kind: 'holds' }
  | {
      readonly kind: 'broken';
      /** A sentence with the numbers: "Deployment/web in shop has 1 ready pod." */
      readonly reason: string;
      /** The same for a table: "ready pods of Deployment/web in shop", "at least 2", "1". */
      readonly label: string;
      readonly wanted: string;
      readonly found: string;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

export const holding: Standing = { kind: 'holds' };

/** Judges what was read; what was not is unknown. */
export function judging<T>(reading: Reading<T>, judge: (value: T) => Standing): Standing {
  return reading.kind === 'known' ? judge(reading.value) : reading;
}

/** Holds when there are so many at least. @param has completes "Deployment/web has 1 ...", in one and in many */
export function atLeast(
  { name, one, many }: { readonly name: string; readonly one: string; readonly many: string },
  found: number,
  least: number,
): Standing {
  if (found >= least) return holding;
  return {
    kind: 'broken',
    reason: `${name} has ${found} ${found === 1 ? one : many}.`,
    label: `${many} of ${name}`,
    wanted: `at least ${least}`,
    found: String(found),
  };
}
