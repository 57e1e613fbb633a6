import { readdirSync } from 'node:fs';
import type { Knex } from 'knex';
import { z } from 'zod';
import { migrationFolder, schemaVersion } from './migrate.ts';
import { rows } from './sql.ts';

/** What an operator must know of a database before Firebreak keeps its promises in it. */
export interface Examined {
  /** As in `150018` for 15.18. */
  readonly version: number;
  readonly user: string;
  readonly mayCreate: boolean;
  /** Settings that decide whether what was committed is there after a crash of the server. */
  readonly durable: Readonly<Record<'fsync' | 'synchronous_commit' | 'full_page_writes', string>>;
  readonly freeConnections: number;
  /** Seconds by which the database's clock is before this process's. */
  readonly clockBehind: number;
  /** The newest migration that was run, and the newest that this version has. */
  readonly migrated: string | undefined;
  readonly newest: string | undefined;
}

const found = z.object({
  version: z.coerce.number(),
  user: z.string(),
  may_create: z.boolean(),
  fsync: z.string(),
  synchronous_commit: z.string(),
  full_page_writes: z.string(),
  free: z.coerce.number(),
  now: z.coerce.number(),
});

const sql = `select current_setting('server_version_num') as version, current_user as "user",
  has_schema_privilege(current_user, 'public', 'create') and has_database_privilege(current_database(), 'create') as may_create,
  current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
  current_setting('full_page_writes') as full_page_writes,
  current_setting('max_connections')::int - (select count(*) from pg_stat_activity where backend_type = 'client backend') as free,
  extract(epoch from clock_timestamp()) as now`;

/** Reads it; changes nothing. */
export async function examine(knex: Knex): Promise<Examined> {
  const before = Date.now();
  const [row] = await rows(knex, found, sql);
  const after = Date.now();
  if (row === undefined) throw new Error('the database answered a question without a row');
  const { fsync, synchronous_commit, full_page_writes } = row;
  return {
    version: row.version,
    user: row.user,
    mayCreate: row.may_create,
    durable: { fsync, synchronous_commit, full_page_writes },
    freeConnections: row.free,
    clockBehind: (before + after) / 2000 - row.now,
    migrated: await schemaVersion(knex),
    newest: readdirSync(migrationFolder)
      .filter((file) => file.endsWith('.ts'))
      .toSorted()
      .at(-1),
  };
}
