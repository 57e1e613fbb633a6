import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { z } from 'zod';
import { migrationFolder } from './migration-folder.ts';
import { rows } from './sql.ts';
import { sqlState, untilAnswered } from './transact.ts';

/** Any number will do, as long as it is ours: "FBmi" in ASCII. */
const migrationLock = 0x46426d69;

/** The schema is older than this version, and whoever runs it may not change it. One sentence. */
class SchemaBehind extends Error {
  constructor(missing: readonly string[]) {
    super(
      `The database lacks ${missing.length} migrations, up to ${missing.at(-1)}, and its user may not change the schema: run "firebreak schema migrate" with DATABASE_URL of its owner first.`,
    );
    this.name = 'SchemaBehind';
  }
}

/**
 * Brings the schema up to date; answers the names of the migrations it ran. Where there is nothing to do, nothing but
 * reading is asked of the database's user. Safe when several replicas start at
 * once: an advisory lock lets one do it while the others wait. It goes with its connection, whereas the lock row
 * of knex stays behind when a process is killed and then stops every later start.
 */
export async function migrate(knex: Knex): Promise<readonly string[]> {
  const missing = await missingMigrations(knex);
  if (missing.length === 0) return [];
  if (!(await mayCreate(knex))) throw new SchemaBehind(missing);
  return untilUnlocked(() => run(knex));
}

/**
 * Tries, with a pause after each: some five minutes. A check of a long chain may read for longer; then this start fails, and the next
 * one goes on trying. Milliseconds.
 */
const tries = 90;
const pause = 1_500;
const patience = 2_000;

/** The longest that a start waits for a table, where one try of another replica comes before each of its own. Milliseconds. */
export const longestWait = tries * (2 * patience + 1.5 * pause);

/**
 * Whatever wants to read a table waits behind a migration that waits for it. So a migration gives up after moments, lets those
 * go first who wait, and tries again.
 */
async function untilUnlocked<T>(work: () => Promise<T>): Promise<T> {
  for (let done = 1; ; done += 1) {
    try {
      return await work();
    } catch (fault) {
      if (sqlState(fault) !== lockNotAvailable || done === tries) throw fault;
      await sleep(pause * (0.5 + Math.random()));
    }
  }
}

const lockNotAvailable = '55P03';

async function mayCreate(knex: Knex): Promise<boolean> {
  const right = z.object({ may: z.boolean() });
  const sql = "select has_schema_privilege(current_user, current_schema(), 'create') as may";
  return (await rows(knex, right, sql))[0]?.may === true;
}

function run(knex: Knex): Promise<readonly string[]> {
  return knex.transaction(async (trx) => {
    // The files are read while it is open, and a busy machine takes its time for that.
    await trx.raw(
      `set local statement_timeout = 0; set local lock_timeout = 0; set local idle_in_transaction_session_timeout = '60s'`,
    );
    // Nobody waits behind who waits for this one.
    await trx.raw('select pg_advisory_xact_lock(?)', [migrationLock]);
    await trx.raw(`set local lock_timeout = ${patience}`);
    const result: unknown = await trx.migrate.latest({
      directory: migrationFolder(),
      loadExtensions: ['.ts'],
      tableName: 'firebreak_migrations',
      // An older replica that restarts during a rolling deployment meets migrations it does not have.
      disableMigrationsListValidation: true,
      disableTransactions: true,
    });
    return z.tuple([z.number(), z.array(z.string())]).parse(result)[1];
  });
}

const named = z.object({ name: z.string() });

async function missingMigrations(knex: Knex): Promise<readonly string[]> {
  const files = readdirSync(migrationFolder()).filter((file) => file.endsWith('.ts'));
  const isThere = await untilAnswered(() => knex.schema.hasTable('firebreak_migrations'));
  const known = isThere ? await rows(knex, named, 'select name from firebreak_migrations') : [];
  const there = new Set(known.map(({ name }) => name));
  return files.filter((file) => !there.has(file)).toSorted();
}

/** The newest migration that this database has, for `doctor`; undefined before the first. */
export async function schemaVersion(knex: Knex): Promise<string | undefined> {
  if (!(await knex.schema.hasTable('firebreak_migrations'))) return undefined;
  const [newest] = await rows(knex, named, 'select name from firebreak_migrations order by id desc limit 1');
  return newest?.name;
}
