import { z } from 'zod';
import type { Stop } from '../../../domain/incidents/stop.ts';
import type { StopOrder } from '../../../workflow/brakes-port.ts';
import type { Sha256 } from '../../../workflow/ports.ts';
import { appending } from '../audit/audit.ts';
import { stopEntry, stopRow } from '../audit/stops.ts';
import type { Context } from '../context.ts';
import { clean, type Db, rows, timestamp } from '../sql.ts';
import { transact } from '../transact.ts';
import type { Transaction } from '../transaction.ts';
import { tellOfStart, tellOfStop } from './told.ts';

/** "FBst": held shared by whoever claims a write until that has committed, alone by whoever stops or starts. */
const stopLock = 0x46427374;

const held = z
  .object({ number: z.number(), at: timestamp, by: z.string().nullable(), reason: z.string() })
  .transform(({ by, ...rest }): Stop => ({ ...rest, ...(by === null ? {} : { by }) }));

/** See Store.stopped. */
export async function findStop(db: Db): Promise<Stop | undefined> {
  const sql = 'select number, at, by_user as by, reason from stops where ended_at is null';
  return (await rows(db, held, sql))[0];
}

/**
 * Whether the transaction at hand may claim a write: it may not while a stop holds, and one that comes now waits until the
 * transaction has ended. So no remediation begins after a stop was answered, on whatever replica.
 */
export async function mayBegin(trx: Db): Promise<boolean> {
  // Two statements: each sees what was committed before it, and the second is to see what the lock waited for.
  const [, found] = await Promise.all([
    trx.raw('select pg_advisory_xact_lock_shared(?)', [stopLock]),
    findStop(trx),
  ]);
  return found === undefined;
}

type Told = Pick<Context, 'knex' | 'newId' | 'channel' | 'sha256'>;

/** What stops or starts Firebreak: a person, with the key of the request, or Firebreak itself. */
export type Order = Pick<StopOrder, 'reason'> & Partial<Omit<StopOrder, 'reason'>> & { readonly at: string };

/** Stops all writes, unless they are stopped already; the same request again changes nothing. */
export async function putStop(context: Told, order: Order): Promise<{ readonly fresh: boolean }> {
  return transact(context.knex, async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [stopLock]);
    const sql = `insert into stops (at, by_user, by_team, reason, request_key) values (?, ?, ?, ?, ?)
      on conflict do nothing returning *`;
    const { at, by, reason, requestKey = null } = order;
    const bindings = [at, by?.userId ?? null, by?.teamId ?? null, clean(reason), requestKey];
    const [put] = await rows(trx, stopRow, sql, bindings);
    if (put === undefined) return { fresh: false };
    await tellOfStop(context, trx, put);
    await note(trx, context.sha256, 'stopped', put);
    return { fresh: true };
  });
}

/** Ends the stop that holds; false where none does. */
export async function endStop(context: Told, order: Order): Promise<{ readonly fresh: boolean }> {
  return transact(context.knex, async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [stopLock]);
    const sql = `update stops set ended_at = ?, ended_by_user = ?, ended_by_team = ?, ended_reason = ?, ended_request_key = ?
      where ended_at is null returning *`;
    const { at, by, reason, requestKey = null } = order;
    const bindings = [at, by?.userId ?? null, by?.teamId ?? null, clean(reason), requestKey];
    const [ended] = await rows(trx, stopRow, sql, bindings);
    if (ended === undefined) return { fresh: false };
    await tellOfStart(context, trx, ended);
    await note(trx, context.sha256, 'started', ended);
    return { fresh: true };
  });
}

type Row = z.infer<typeof stopRow>;

/** A chain that was tampered with may take no line any more; the stop that this brings about must hold all the same. */
async function note(trx: Transaction, sha256: Sha256, event: 'stopped' | 'started', row: Row): Promise<void> {
  const [whole] = await rows(
    trx,
    z.object({ there: z.boolean() }),
    'select exists (select from audit_head) as there',
  );
  if (whole?.there === true) trx.last(appending([stopEntry(event, row, sha256)]));
}
