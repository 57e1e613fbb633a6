import type { Knex } from 'knex';
import { z } from 'zod';
import { type Alert, alert } from '../../../domain/incidents/incident.ts';
import type { BlindSpotKind, Gap } from '../../../domain/insight/blind-spot.ts';
import { exported } from '../../../domain/insight/exported.ts';
import type { Chain } from '../../../workflow/insight/insight-port.ts';
import { type Db, jsonText, rows, write } from '../sql.ts';
import { transact } from '../transact.ts';
import { findGaps } from './gaps.ts';

/** Days for which what was mended is remembered. */
const remembered = 30;

/** An export is late when it is due for a day: who should make it is not there, or fails. */
const late = `interval '1 day'`;

/** The chain as the database shows it. */
export function createChain(knex: Knex): Chain {
  return {
    gaps: (asked) => findGaps(knex, asked),
    alerts: (asked) => alertsSince(knex, asked),
    exported: (now) => findExported(knex, now),
    keep: (found, now) => keep(knex, found, now),
  };
}

/** One that another version has stored differently is none that this one could match. */
const alertRow = z
  .object({ alert: z.unknown() })
  .transform((row): Alert | undefined => alert.safeParse(row.alert).data);

async function alertsSince(
  db: Db,
  { since, limit }: { readonly since: string; readonly limit: number },
): Promise<readonly Alert[]> {
  const sql = `select alert from incidents where alert is not null and created_at >= ? order by created_at desc limit ?`;
  return (await rows(db, alertRow, sql, [since, limit])).filter((each) => each !== undefined);
}

const exportRow = z.object({ result: z.unknown(), is_late: z.boolean() });

async function findExported(db: Db, now: string): ReturnType<Chain['exported']> {
  const sql = `select result, due_at < ?::timestamptz - ${late} as is_late from routines where name = 'export'`;
  const [row] = await rows(db, exportRow, sql, [now]);
  return { last: exported.safeParse(row?.result).data, isLate: row?.is_late ?? false };
}

const isNew = z.object({ kind: z.string(), subject: z.string() });

function keep(knex: Knex, found: readonly Gap[], now: string): Promise<readonly Gap[]> {
  const seen = 'jsonb_to_recordset(?::jsonb) as x (kind text, subject text, sentence text)';
  const mended = `update blind_spots set mended_at = ? where mended_at is null
    and not exists (select from ${seen} where x.kind = blind_spots.kind and x.subject = blind_spots.subject)`;
  const kept = `insert into blind_spots (kind, subject, sentence, found_at) select kind, subject, sentence, ? from ${seen}
    on conflict (kind, subject) do update set mended_at = null, sentence = excluded.sentence, found_at = excluded.found_at
      where blind_spots.mended_at is not null
    returning kind, subject`;
  const forgotten = `delete from blind_spots where mended_at < ?::timestamptz - interval '${remembered} days'`;
  return transact(knex, async (trx) => {
    const texts = jsonText(found);
    await write(trx, mended, [now, texts]);
    const fresh = await rows(trx, isNew, kept, [now, texts]);
    await write(trx, forgotten, [now]);
    const keys = new Set(fresh.map(keyOf));
    return found.filter((gap) => keys.has(keyOf(gap)));
  });
}

const keyOf = ({ kind, subject }: { readonly kind: BlindSpotKind | string; readonly subject: string }) =>
  JSON.stringify([kind, subject]);
