import type { Knex } from 'knex';
import { z } from 'zod';
import { type Json, json } from '../../../domain/text/json.ts';
import type { Ran, Routine } from '../../../workflow/insight/routine.ts';
import type { Log, NewId } from '../../../workflow/ports.ts';
import { promisedLine } from '../outbox/messages.ts';
import { jsonText, rows, write } from '../sql.ts';
import { transact } from '../transact.ts';

/** Seconds for which a routine belongs to who leased it, unless that is renewed; and how often it is. */
const leaseSeconds = 60;
const renewEvery = 15_000;

export interface RoutineOptions {
  readonly knex: Knex;
  readonly newId: NewId;
  readonly channel: string;
  readonly log: Log;
}

const leased = z.object({ result: json.nullable() });

/**
 * Runs a routine where it is due and no other replica is at it. What came of it, when it is due again and what is said in
 * the channel are one commit; who dies at it has said nothing, and another begins anew. True when it was run to its end.
 */
export async function runDue(
  options: RoutineOptions,
  routine: Routine,
  ending?: AbortSignal,
): Promise<boolean> {
  const lease = options.newId();
  const last = await take(options.knex, routine, lease);
  if (last === undefined) return false;
  const lost = new AbortController();
  const renewing = setInterval(() => void renew(options.knex, routine, lease, lost), renewEvery);
  try {
    const signal = AbortSignal.any([lost.signal, ...(ending === undefined ? [] : [ending])]);
    const ran = await routine.run(last.result ?? undefined, signal);
    return await settle(options, routine, lease, ran);
  } catch (fault) {
    await giveBack(options.knex, routine, lease);
    throw fault;
  } finally {
    clearInterval(renewing);
  }
}

async function take(
  knex: Knex,
  { name, firstAfterSeconds }: Routine,
  lease: string,
): Promise<{ readonly result: Json } | undefined> {
  const first = `insert into routines (name, due_at) values (?, now() + ?::float8 * interval '1 second')
    on conflict (name) do nothing`;
  const sql = `update routines set lease = ?, leased_until = clock_timestamp() + interval '${leaseSeconds} seconds'
    where name = ? and due_at <= clock_timestamp() and (leased_until is null or leased_until < clock_timestamp())
    returning result`;
  return transact(knex, async (trx) => {
    await write(trx, first, [name, firstAfterSeconds]);
    return (await rows(trx, leased, sql, [lease, name]))[0];
  });
}

/** Who has lost it stops: another is at it. */
async function renew(knex: Knex, { name }: Routine, lease: string, lost: AbortController): Promise<void> {
  const sql = `update routines set leased_until = clock_timestamp() + interval '${leaseSeconds} seconds'
    where name = ? and lease = ?`;
  // A database that is away for longer than the lease loses it.
  const renewed = await write(knex, sql, [name, lease]).catch(() => 1);
  if (renewed === 0) lost.abort(new Error(`another replica has taken over the routine ${name}`));
}

/** It is due again at the same hour; what was missed meanwhile is not made up for. */
async function settle(
  options: RoutineOptions,
  { name, everySeconds }: Routine,
  lease: string,
  { result, lines, again }: Ran,
): Promise<boolean> {
  const sql = `update routines set lease = null, leased_until = null, ran_at = clock_timestamp(), result = ?::jsonb,
      due_at = case when ?::float8 is not null then clock_timestamp() + ?::float8 * interval '1 second'
        else due_at + ?::float8 * interval '1 second'
          * ceil(greatest(1, extract(epoch from clock_timestamp() - due_at) / ?::float8)) end
    where name = ? and lease = ?`;
  const bindings = [jsonText(result), again ?? null, again ?? null, everySeconds, everySeconds, name, lease];
  return transact(options.knex, async (trx) => {
    if ((await write(trx, sql, bindings)) === 0) return false;
    for (const line of lines) trx.last(promisedLine(options, line));
    return true;
  });
}

/** After a fault another may try at once, and nobody waits for the lease to run out; see `settle` for what is said then. */
async function giveBack(knex: Knex, { name }: Routine, lease: string): Promise<void> {
  const sql = `update routines set lease = null, leased_until = null, due_at = clock_timestamp() + interval '1 minute'
    where name = ? and lease = ?`;
  await write(knex, sql, [name, lease]).catch(() => 0);
}
