import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Knex } from 'knex';
import { z } from 'zod';
import { connect } from '../../src/adapters/postgres/connect.ts';
import { openStorage, type Storage } from '../../src/adapters/postgres/storage.ts';
import { json } from '../../src/domain/text/json.ts';
import { learn } from '../../src/stages/learn/trust.ts';
import { silentLog } from '../fixtures/log.ts';
import { cloneDatabase } from './database.ts';
import { sha256 } from './sha256.ts';

const fixtures = new URL('../fixtures/release-0.1.0/', import.meta.url);
const migrations = new URL('../../migrations/', import.meta.url);

/** The newest migration that the release had. */
const lastMigration = '0020-held-targets.ts';

const line = z.strictObject({ table: z.string(), row: z.record(z.string(), json) });
type Line = z.infer<typeof line>;

/** A database that the old code wrote, brought up to date by today's. */
export interface OldRelease {
  readonly storage: Storage;
  /** How many rows each table was given. */
  readonly loaded: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Makes the schema of the release, loads what its code wrote, and opens it as a new version does when it starts. */
export async function openOldRelease(): Promise<OldRelease> {
  const { url, drop } = await cloneDatabase();
  const tables = Map.groupBy(
    linesOf('database.jsonl.gz').map((text) => line.parse(JSON.parse(text))),
    ({ table }) => table,
  );
  const jobs = tables.get('pgboss.job') ?? [];
  tables.delete('pgboss.job');
  const knex = connect(url, 2);
  await migrateAsThen(knex);
  await knex.raw('delete from audit_head');
  for (const [table, lines] of tables) await insert(knex, table, lines);
  await knex.raw(afterLoading);
  await knex.destroy();
  const storage = await openStorage({
    database: { kind: 'url', url },
    channel: 'C0OPS',
    cluster: 'sandbox',
    identity: () => undefined,
    newId: randomUUID,
    sha256,
    learn,
    log: silentLog,
  });
  await insert(storage.knex, 'pgboss.job', jobs);
  await storage.knex.raw(
    `update pgboss.job set start_after = least(start_after, now()), keep_until = now() + interval '1 day'`,
  );
  const loaded = new Map([...tables].map(([table, lines]) => [table, lines.length]));
  const close = async () => {
    await storage.close();
    await drop();
  };
  return { storage, loaded: loaded.set('pgboss.job', jobs.length), close };
}

/** The lines of a file of the release. */
export function linesOf(name: string): string[] {
  const text = gunzipSync(readFileSync(new URL(name, fixtures))).toString();
  return text.split('\n').filter((each) => each !== '');
}

async function migrateAsThen(knex: Knex): Promise<void> {
  await knex.raw('drop schema public cascade; create schema public; drop schema pgboss cascade');
  const names = readdirSync(migrations)
    .filter((name) => name <= lastMigration)
    .toSorted();
  await knex.migrate.latest({
    tableName: 'firebreak_migrations',
    migrationSource: {
      getMigrations: async () => names,
      getMigrationName: (name: string) => name,
      getMigration: (name: string) => import(new URL(name, migrations).href),
    },
  });
}

async function insert(knex: Knex, table: string, lines: readonly Line[]): Promise<void> {
  const columns = Object.keys(lines[0]?.row ?? {})
    .map((name) => `"${name}"`)
    .join(', ');
  const sql = `insert into ${table} (${columns}) overriding system value
    select ${columns} from json_populate_recordset(null::${table}, ?::json)`;
  if (lines.length > 0) await knex.raw(sql, [JSON.stringify(lines.map(({ row }) => row))]);
}

/** New rows are numbered after those that are there. The clock of this machine may be behind that of the data. */
const afterLoading = `
  select setval(pg_get_serial_sequence('remediations', 'number'), (select max(number) from remediations));
  select setval(pg_get_serial_sequence('incident_evidence', 'id'), (select max(id) from incident_evidence));
  select setval(pg_get_serial_sequence('automation_operation_log', 'id'), (select max(id) from automation_operation_log));
  select setval(pg_get_serial_sequence('slack_outbox', 'seq'), (select max(seq) from slack_outbox));
  select setval(pg_get_serial_sequence('policy_changes', 'number'), (select max(number) from policy_changes));
  update slack_lanes set free_at = least(free_at, now());
  update slack_outbox set next_attempt_at = least(next_attempt_at, now()), leased_until = least(leased_until, now())`;
