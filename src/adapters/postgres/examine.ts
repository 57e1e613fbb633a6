import { readdirSync } from 'node:fs';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { Retention } from '../../domain/policy/retention.ts';
import { finalStates } from '../../domain/remediation.ts';
import { schemaVersion } from './migrate.ts';
import { migrationFolder } from './migration-folder.ts';
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
  /** Standbys that follow it now, and whether a commit waits for one. */
  readonly standbys: number;
  readonly isSynchronous: boolean;
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
  standbys: z.coerce.number(),
  synchronous: z.boolean(),
  now: z.coerce.number(),
});

const sql = `select current_setting('server_version_num') as version, current_user as "user",
  has_schema_privilege(current_user, 'public', 'create') and has_database_privilege(current_database(), 'create') as may_create,
  current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
  current_setting('full_page_writes') as full_page_writes,
  current_setting('max_connections')::int - (select count(*) from pg_stat_activity where backend_type = 'client backend') as free,
  (select count(*) from pg_stat_replication) as standbys,
  current_setting('synchronous_standby_names') <> '' as synchronous,
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
    standbys: row.standbys,
    isSynchronous: row.synchronous,
    clockBehind: (before + after) / 2000 - row.now,
    migrated: await schemaVersion(knex),
    newest: readdirSync(migrationFolder())
      .filter((file) => file.endsWith('.ts'))
      .toSorted()
      .at(-1),
  };
}

/** A table of which something should have been deleted by now, and since when; a day is left for upkeep. */
export interface Overdue {
  readonly table: string;
  /** Days that the oldest of it is older than the policy keeps it. */
  readonly days: number;
}

const oldest = z.object({ table: z.string(), days: z.coerce.number() });

/** What retention has not deleted although it may; what stays on purpose, such as what is open, is not asked for. */
export async function overdue(knex: Knex, retention: Retention): Promise<readonly Overdue[]> {
  const age = (column: string) => `extract(epoch from clock_timestamp() - ${column}) / 86400`;
  const first = (table: string, column: string, where = 'true') =>
    `(select '${table}' as "table", ${age(column)} - ?::float8 as days from ${table} where ${where} order by ${column} limit 1)`;
  const ended = `state in (${finalStates.map((state) => `'${state}'`).join(', ')})`;
  const parts = [
    first('object_history', 'started_at'),
    first('automation_operation_log', 'started_at', 'ended_at is not null'),
    first('remediations', 'updated_at', ended),
    first('remediation_events', 'at', `seq = (select min(seq) from remediation_events)`),
  ];
  const { history, operations, incidents, audit } = retention;
  const found = await rows(knex, oldest, parts.join(' union all '), [history, operations, incidents, audit]);
  return found.filter(({ days }) => days > 1);
}

/** How the audit chain stands: ages in days, undefined where there is none. */
export interface ChainStanding {
  readonly lines: number;
  readonly headAge: number | undefined;
  readonly anchorAge: number | undefined;
  /** Lines that no anchor has noted yet. */
  readonly unanchored: number;
}

const chainRow = z.object({
  lines: z.coerce.number(),
  head_age: z.coerce.number().nullable(),
  anchor_age: z.coerce.number().nullable(),
  unanchored: z.coerce.number(),
});

export async function chainStanding(knex: Knex): Promise<ChainStanding> {
  const sql = `select seq - coalesce((select min(seq) - 1 from remediation_events), 0) as lines,
      (select extract(epoch from clock_timestamp() - at) / 86400 from remediation_events order by seq desc limit 1) as head_age,
      (select extract(epoch from clock_timestamp() - at) / 86400 from audit_anchors order by seq desc limit 1) as anchor_age,
      seq - coalesce((select max(seq) from audit_anchors), 0) as unanchored
    from audit_head`;
  const [found] = await rows(knex, chainRow, sql);
  return {
    lines: found?.lines ?? 0,
    headAge: found?.head_age ?? undefined,
    anchorAge: found?.anchor_age ?? undefined,
    unanchored: found?.unanchored ?? 0,
  };
}
