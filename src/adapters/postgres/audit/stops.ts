import { z } from 'zod';
import type { Sha256 } from '../../../workflow/ports.ts';
import { type Db, rows, timestamp } from '../sql.ts';
import type { Entry, Verified } from './chain.ts';

/* Stops and their ends: each has a line that vouches for it. */

/** The columns of `stops`. */
export const stopRow = z.object({
  number: z.number(),
  at: timestamp,
  by_user: z.string().nullable(),
  by_team: z.string().nullable(),
  reason: z.string(),
  ended_at: timestamp.nullable(),
  ended_by_user: z.string().nullable(),
  ended_by_team: z.string().nullable(),
  ended_reason: z.string().nullable(),
});
type StopRow = z.infer<typeof stopRow>;

const events = ['stopped', 'started'] as const;
type StopEvent = (typeof events)[number];

function digestOf(event: StopEvent, row: StopRow, sha256: Sha256): string {
  const { number, at, by_user, by_team, reason } = row;
  const begun = [number, at, by_user, by_team, reason];
  const ended = [row.ended_at, row.ended_by_user, row.ended_by_team, row.ended_reason];
  return sha256(JSON.stringify(event === 'stopped' ? begun : [...begun, ...ended]));
}

/** The line of a stop, or of its end. */
export function stopEntry(event: StopEvent, row: StopRow, sha256: Sha256): Entry {
  const isEnd = event === 'started';
  return {
    kind: 'stop',
    remediation: null,
    version: row.number,
    event,
    from: null,
    to: event,
    actor: isEnd ? row.ended_by_user : row.by_user,
    dataDigest: digestOf(event, row, sha256),
    at: (isEnd ? row.ended_at : null) ?? row.at,
  };
}

const line = z.object({
  seq: z.coerce.number(),
  number: z.number(),
  event: z.enum(events),
  digest: z.string(),
});

/**
 * Checks every stop against the lines that vouch for it: one that was deleted, changed, or ended past the program is found,
 * and one that was added, too, as long as no line was pruned. None is deleted by the program.
 */
export async function stopFault(db: Db, sha256: Sha256, start: number): Promise<Verified | undefined> {
  const sql = `select seq, version as number, event, data_digest as digest from remediation_events
    where kind = 'stop' and seq > ? order by seq`;
  const lines = await rows(db, line, sql, [start]);
  const stops = new Map((await rows(db, stopRow, 'select * from stops')).map((row) => [row.number, row]));
  for (const { seq, number, event, digest } of lines) {
    const row = stops.get(number);
    const gone = row === undefined || digestOf(event, row, sha256) !== digest;
    if (gone)
      return broken(seq, `stop ${number} is not as line ${seq} says: it was changed past the program`);
  }
  const said = new Set(lines.map(({ number, event }) => `${event} ${number}`));
  const unsaid = [...stops.values()].find(
    ({ number, ended_at }) =>
      start === 0 && !(said.has(`stopped ${number}`) && (ended_at === null || said.has(`started ${number}`))),
  );
  if (unsaid === undefined) return undefined;
  return broken(
    0,
    `no line says of stop ${unsaid.number} what its row does: it was changed past the program`,
  );
}

const broken = (seq: number, sentence: string): Verified => ({ kind: 'broken', seq, sentence });
