import type { Knex } from 'knex';
import { z } from 'zod';
import { startStopwatch } from './jobs/stopwatch.ts';
import { rows } from './sql.ts';
import { sqlState } from './transact.ts';
import { inTransaction } from './transaction.ts';

/** Why nothing new can be recorded in a database. */
export type Unusable = 'away' | 'full' | 'read-only';

/** What is said of it. */
export const unusable: Readonly<Record<Unusable, string>> = {
  away: 'The database does not answer.',
  full: 'The disk of the database is full: nothing new can be recorded.',
  'read-only': 'The database is read-only: nothing new can be recorded.',
};

/** disk_full, and io_error as some file systems say it (PostgreSQL documentation, appendix A). */
const full: readonly unknown[] = ['53100', '58030'];

const answer = z.object({ read_only: z.boolean(), sorted: z.coerce.number() });

/**
 * Some 300 kB are sorted on the server's disk and thrown away: an update of a row finds its place in what the table has
 * already, this needs room as a table that grows does. Nothing is written to a table or to the log.
 */
const spill = `select current_setting('transaction_read_only')::boolean as read_only, sorted
  from (select count(distinct repeat(n::text, 40)) as sorted from generate_series(1, 2000) n) spilt`;

/** Whether the database takes what is written to it; undefined when it does. */
export async function findUnusable(knex: Knex): Promise<Unusable | undefined> {
  try {
    return await inTransaction(knex, async (trx) => {
      const [, [found]] = await Promise.all([
        trx.raw("set local work_mem = '64kB'"),
        rows(trx, answer, spill),
      ]);
      return found?.read_only === true ? 'read-only' : undefined;
    });
  } catch (fault) {
    return full.includes(sqlState(fault)) ? 'full' : 'away';
  }
}

/** Whoever asks again within this time is told the same: anybody in the cluster may ask. Milliseconds. */
const remembered = 500;

/** The same, asked of the database twice a second at most. */
export function watchUnusable(knex: Knex): () => Promise<Unusable | undefined> {
  let last: { readonly age: () => number; readonly found: Promise<Unusable | undefined> } | undefined;
  return () => {
    if (last === undefined || last.age() > remembered)
      last = { age: startStopwatch(), found: findUnusable(knex) };
    return last.found;
  };
}
