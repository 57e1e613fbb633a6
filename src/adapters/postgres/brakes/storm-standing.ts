import { z } from 'zod';
import type { StormStanding } from '../../../domain/incidents/storm.ts';
import { type Db, rows } from '../sql.ts';
import { shareIn, stormRow } from './storms.ts';

const standing = stormRow.extend({
  waiting: z.coerce.number(),
  channel: z.string().nullable(),
  ts: z.string().nullable(),
});

/** How the storm stands that holds now, with its cluster where there are several; undefined where none holds. */
export async function findStormStanding(db: Db, isOneOfSeveral: boolean): Promise<StormStanding | undefined> {
  const sql = `select s.*, message.sent_channel as channel, message.ts,
      (select count(*) from remediations r where r.number >= s.first_remediation and r.state = 'waiting'
        and r.data #>> '{requestedBy,kind}' = 'playbook') as waiting
    from storms s left join slack_outbox message on message.key = 'storm:' || s.number
    where s.ended_at is null`;
  const [storm] = await rows(db, standing, sql);
  if (storm === undefined) return undefined;
  const { began_at: beganAt, incidents, waiting, channel, ts, over_line_in: overLineIn } = storm;
  return {
    beganAt,
    incidents,
    waiting,
    ...shareIn(storm, isOneOfSeveral),
    ...(overLineIn.length === 0 ? {} : { overLineIn }),
    ...(channel === null || ts === null ? {} : { message: { channel, ts } }),
  };
}
