import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { z } from 'zod';
import { rows } from './sql.ts';

export const migrationFolder = fileURLToPath(new URL('../../../migrations', import.meta.url));

/** Any number will do, as long as it is ours: "FBmi" in ASCII. */
const migrationLock = 0x46426d69;

/**
 * Brings the schema up to date; answers the names of the migrations it ran. Safe when several replicas start at
 * once: an advisory lock lets one do it while the others wait. It goes with its connection, whereas the lock row
 * of knex stays behind when a process is killed and then stops every later start.
 */
export async function migrate(knex: Knex): Promise<readonly string[]> {
  return knex.transaction(async (trx) => {
    // The files are read while it is open, and a busy machine takes its time for that.
    await trx.raw(
      `set local statement_timeout = 0; set local lock_timeout = 0; set local idle_in_transaction_session_timeout = '60s'`,
    );
    await trx.raw('select pg_advisory_xact_lock(?)', [migrationLock]);
    const result: unknown = await trx.migrate.latest({
      directory: migrationFolder,
      loadExtensions: ['.ts'],
      tableName: 'firebreak_migrations',
      // An older replica that restarts during a rolling deployment meets migrations it does not have.
      disableMigrationsListValidation: true,
      disableTransactions: true,
    });
    return z.tuple([z.number(), z.array(z.string())]).parse(result)[1];
  });
}

/** The newest migration that this database has, for `doctor`; undefined before the first. */
export async function schemaVersion(knex: Knex): Promise<string | undefined> {
  if (!(await knex.schema.hasTable('firebreak_migrations'))) return undefined;
  const row = z.object({ name: z.string() });
  const [newest] = await rows(knex, row, 'select name from firebreak_migrations order by id desc limit 1');
  return newest?.name;
}
