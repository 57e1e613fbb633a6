import { spoilings } from '../chaos/statement-faults.ts';
import type { Heard } from '../faults/child.ts';
import type { Strike } from '../faults/composition.ts';
import type { Cut } from '../faults/rounds.ts';

/** How a replica comes to its end at a point: the other goes on; it wakes again when that is over; there is no other. */
export const ends = ['killed', 'stopped', 'alone'] as const;

interface PointCell {
  readonly point: string;
  readonly occurrence: number;
  readonly how: (typeof ends)[number];
}

/** Each occurrence of each point that a road comes by, with each end. */
export const pointCells = ({ point: points }: Heard): readonly PointCell[] =>
  placesIn(points, () => true).flatMap(({ head: point, occurrence }) =>
    ends.map((how) => ({ point, occurrence, how })),
  );

/** Each commit each time, every other statement the first time: what comes after it was tried there. */
const isDurable = (head: string): boolean => /^commit\b/i.test(head);

/** Each statement of a road with each way to end a process there, or to stop it. */
export const endCells = ({ statement: heads }: Heard): readonly Strike[] =>
  placesIn(heads, isDurable).flatMap((place) =>
    (['die before', 'die after', 'freeze'] as const).map((how) => ({ ...place, how })),
  );

/** Each statement of a round with each thing that may befall it. */
export const cutCells = (heads: readonly string[]): readonly Cut[] =>
  placesIn(heads, isDurable).flatMap((place) => spoilings.map((how) => ({ ...place, how })));

interface Place {
  readonly head: string;
  readonly occurrence: number;
}

function placesIn(texts: readonly string[], eachTime: (text: string) => boolean): readonly Place[] {
  const seen = new Map<string, number>();
  return texts.flatMap((head) => {
    const occurrence = (seen.get(head) ?? 0) + 1;
    seen.set(head, occurrence);
    return occurrence === 1 || eachTime(head) ? [{ head, occurrence }] : [];
  });
}

/** How many of the cells are due, by FIREBREAK_MATRIX: all, or with `7/3` the third of every seven. */
export function due<T>(cells: readonly T[], share = process.env['FIREBREAK_MATRIX'] ?? '1/1'): readonly T[] {
  const [every = 1, nth = 1] = share.split('/').map(Number);
  return cells.filter((_, at) => at % every === nth % every);
}
