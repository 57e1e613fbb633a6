import { access, chmod } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbedded } from '../../src/adapters/postgres/embedded/embedded.ts';
import { silentLog } from '../fixtures/log.ts';

/** The server of this test run: TEST_DATABASE_URL if it is set, else an embedded one that the first caller starts. */
export async function sharedServer(home: string): Promise<string> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  const known = started.get(home) ?? startIn(home);
  started.set(home, known);
  return known;
}

/** Asking the server again whether it is there, once for each clone, would only find out that it is busy. */
const started = new Map<string, Promise<string>>();

async function startIn(home: string): Promise<string> {
  // PostgreSQL runs as nobody when the tests run as root; it must be able to enter.
  await chmod(home, 0o755);
  const { url } = await startEmbedded({ dataDir: join(home, 'pg'), log: silentLog });
  await administer(url, shortLived);
  return url;
}

/** What a server that lives for minutes does without: the hundreds of databases of a run would be vacuumed in turn. */
const shortLived = [
  'alter system set autovacuum = off',
  'alter system set jit = off',
  'select pg_reload_conf()',
];

/** The name of this run's template database. */
export const templateOf = (home: string): string =>
  basename(home)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '_');

export async function stopShared(home: string): Promise<void> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') {
    const ours = `select datname as name from pg_database where starts_with(datname, '${templateOf(home)}')`;
    const [found] = await administer(given, [ours]);
    const names: readonly { readonly name: string }[] = found?.rows ?? [];
    await administer(
      given,
      names.map(({ name }) => `drop database if exists ${name} with (force)`),
    );
    return;
  }
  if (
    !(await access(join(home, 'pg.keys.json')).then(
      () => true,
      () => false,
    ))
  )
    return;
  const server = await startEmbedded({ dataDir: join(home, 'pg'), log: silentLog });
  await untilAlone(server.url);
  await server.stop();
}

/** Workers that are about to end may have connections yet, and a server that somebody uses is left running. */
async function untilAlone(url: string): Promise<void> {
  const others = `select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`;
  for (let look = 0; look < 200; look += 1) {
    const [found] = await administer(url, [others]);
    if (found?.rowCount === 0) return;
    await sleep(50);
  }
}

/** Runs a statement over a connection that is there for the next one as well, and ends soon when there is none. */
export async function ask(server: string, statement: string): Promise<pg.QueryResult> {
  const pool = pools.get(server) ?? newPool(server);
  pools.set(server, pool);
  return pool.query(statement);
}

const pools = new Map<string, pg.Pool>();

function newPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 4, idleTimeoutMillis: 200, allowExitOnIdle: true });
  // Of a connection that nobody uses.
  pool.on('error', () => {});
  return pool;
}

/** Runs statements outside of any transaction, one after the other, over a connection of their own. */
export async function administer(url: string, statements: readonly string[]): Promise<pg.QueryResult[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const results = [];
    for (const statement of statements) results.push(await client.query(statement));
    return results;
  } finally {
    await client.end();
  }
}
