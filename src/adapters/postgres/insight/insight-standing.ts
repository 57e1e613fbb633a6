import { z } from 'zod';
import { type Db, rows } from '../sql.ts';

/** What was found by the last look over the chain from alert to lesson, and what came of the last export. */
export interface InsightStanding {
  /** Breaks that are not mended, by kind; see domain/insight/blind-spot.ts. */
  readonly blindSpots: Readonly<Record<string, number>>;
  /** Seconds since the chain was last looked at, and since what was learned was last exported; absent before the first time. */
  readonly watchSeconds?: number;
  readonly exportSeconds?: number;
  /** Examples in the last export that was made by itself; absent before the first. */
  readonly exportExamples?: number;
}

const spot = z.object({ kind: z.string(), count: z.coerce.number() });
const routine = z.object({
  name: z.string(),
  seconds: z.coerce.number(),
  examples: z.coerce.number().nullable(),
});

/** What the metrics tell of blind spots and of the routines. */
export async function findInsight(db: Db): Promise<InsightStanding> {
  const [spots, routines] = await Promise.all([
    rows(db, spot, 'select kind, count(*) from blind_spots where mended_at is null group by kind'),
    rows(
      db,
      routine,
      `select name, extract(epoch from clock_timestamp() - ran_at) as seconds, (result ->> 'examples')::integer as examples
        from routines where ran_at is not null`,
    ),
  ]);
  const watch = routines.find(({ name }) => name === 'watch');
  const last = routines.find(({ name }) => name === 'export');
  return {
    blindSpots: Object.fromEntries(spots.map(({ kind, count }) => [kind, count])),
    ...(watch === undefined ? {} : { watchSeconds: watch.seconds }),
    ...(last === undefined ? {} : { exportSeconds: last.seconds }),
    ...(last === undefined || last.examples === null ? {} : { exportExamples: last.examples }),
  };
}
