import pg from 'pg';
import { z } from 'zod';
import { administer } from './cluster.ts';
import type { TestDatabase } from './database.ts';

/** One statement as the server carried it out, also inside a trigger. */
export interface Executed {
  readonly statement: string;
  /** Rows of each table that were read to find those that were wanted. */
  readonly read: Readonly<Record<string, number>>;
  /** Tables that were read from their beginning to their end. */
  readonly scanned: readonly string[];
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string | undefined;
  readonly 'Actual Rows'?: number | undefined;
  readonly 'Actual Loops'?: number | undefined;
  readonly 'Rows Removed by Filter'?: number | undefined;
  readonly 'Rows Removed by Index Recheck'?: number | undefined;
  readonly 'Rows Removed by Join Filter'?: number | undefined;
  readonly Plans?: readonly Node[] | undefined;
}

const count = z.number().optional();
const node: z.ZodType<Node> = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Actual Rows': count,
  'Actual Loops': count,
  'Rows Removed by Filter': count,
  'Rows Removed by Index Recheck': count,
  'Rows Removed by Join Filter': count,
  Plans: z.array(z.lazy(() => node)).optional(),
});

const told = z.object({ 'Query Text': z.string(), Plan: node });

const settings = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_format': 'json',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_level': 'notice',
  client_min_messages: 'notice',
};

/** The plans of a database's own connections, as auto_explain tells them of what was really carried out. */
export interface Plans {
  /** What the work had carried out, by the pool of the test's database. */
  during(work: () => Promise<unknown>): Promise<readonly Executed[]>;
  /** One statement of another connection. */
  of(sql: string): Promise<readonly Executed[]>;
}

/** From here on each new connection to the database tells its plans. */
export async function watchPlans(db: TestDatabase): Promise<Plans> {
  const name = new URL(db.url).pathname.slice(1);
  await administer(
    db.url,
    Object.entries(settings).map(([setting, value]) => `alter database ${name} set ${setting} = '${value}'`),
  );
  const heard: Executed[] = [];
  const listen = (connection: pg.Client) =>
    connection.on('notice', ({ message }) => {
      const plan = message === undefined ? undefined : readPlan(message);
      if (plan !== undefined) heard.push(plan);
    });
  // A connection from before the settings would tell nothing.
  await db.knex.destroy();
  db.knex.initialize();
  db.knex.client.pool.on('createSuccess', (_: number, connection: pg.Client) => listen(connection));
  return {
    during: async (work) => {
      heard.length = 0;
      await work();
      return [...heard];
    },
    of: async (sql) => {
      heard.length = 0;
      const client = new pg.Client({ connectionString: db.url });
      listen(client);
      await client.connect();
      await client.query(sql);
      await client.end();
      return [...heard];
    },
  };
}

function readPlan(message: string): Executed | undefined {
  const at = message.indexOf('{');
  if (!message.startsWith('duration:') || at < 0) return undefined;
  const { 'Query Text': statement, Plan } = told.parse(JSON.parse(message.slice(at)));
  const read: Record<string, number> = {};
  const scanned = new Set<string>();
  for (const each of walk(Plan)) {
    const table = each['Relation Name'];
    if (table === undefined) continue;
    if (each['Node Type'] === 'Seq Scan') scanned.add(table);
    read[table] = (read[table] ?? 0) + rowsOf(each);
  }
  return { statement, read, scanned: [...scanned] };
}

function* walk(of: Node): Generator<Node> {
  yield of;
  for (const below of of.Plans ?? []) yield* walk(below);
}

function rowsOf(of: Node): number {
  const once =
    (of['Actual Rows'] ?? 0) +
    (of['Rows Removed by Filter'] ?? 0) +
    (of['Rows Removed by Index Recheck'] ?? 0);
  return once * (of['Actual Loops'] ?? 1);
}
