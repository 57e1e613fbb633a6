import { randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';

/** What must outlive this process: how to reach the cluster. Kept beside the data folder, readable by us alone. */
const keys = z.strictObject({ port: z.number().int(), password: z.string() });
export type Keys = z.infer<typeof keys>;

const user = 'firebreak';

/** The address of a database in the cluster. */
export function addressOf(known: Keys, database = 'firebreak'): string {
  return `postgresql://${user}:${known.password}@127.0.0.1:${known.port}/${database}`;
}

/** The keys of an earlier start, or new ones on a free port. */
export async function readKeys(dataDir: string): Promise<Keys> {
  const text = await readFile(keyFile(dataDir), 'utf8').catch(() => undefined);
  if (text !== undefined) return keys.parse(JSON.parse(text));
  if (await isMade(dataDir)) {
    throw new Error(
      `${keyFile(dataDir)} with the password of the embedded PostgreSQL is missing: put it back, or move ${dataDir} away to start anew.`,
    );
  }
  return writeKeys(dataDir, { port: await freePort(), password: randomBytes(24).toString('hex') });
}

/** Writes beside and renames, so that the file is whole or not there. */
export async function writeKeys(dataDir: string, known: Keys): Promise<Keys> {
  await mkdir(dirname(dataDir), { recursive: true });
  const draft = `${keyFile(dataDir)}.new`;
  await writeFile(draft, JSON.stringify(known), { mode: 0o600 });
  await rename(draft, keyFile(dataDir));
  return known;
}

function keyFile(dataDir: string): string {
  return `${dataDir}.keys.json`;
}

/** Makes the cluster if there is none. A kill in the middle leaves a draft folder that the next start removes. */
export async function createCluster(
  dataDir: string,
  known: Keys,
  binaries: Binaries,
  account: Account,
): Promise<void> {
  const version = await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version !== undefined) return checkVersion(version.trim(), binaries, dataDir);
  const draft = `${dataDir}.new`;
  const passwordFile = `${dataDir}.password`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, known.password, { mode: 0o600 });
  await account.own(draft);
  await account.own(passwordFile);
  try {
    await account.run(join(binaries.bin, 'initdb'), [
      `--pgdata=${draft}`,
      `--username=${user}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
    ]);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draft, dataDir);
}

function checkVersion(found: string, binaries: Binaries, dataDir: string): void {
  const ours = /-(\d+)\./.exec(binaries.version)?.[1];
  if (found === ours) return;
  throw new Error(
    `${dataDir} was made by PostgreSQL ${found}, the embedded one is ${ours}: upgrade it with pg_upgrade or move it away.`,
  );
}

/** Starts the server; it is no child of this process and lives on when this process is killed. */
export async function startServer(
  dataDir: string,
  known: Keys,
  binaries: Binaries,
  account: Account,
): Promise<void> {
  await clearDeadPidFile(dataDir);
  await account.own(dataDir);
  const settings = [
    `-p ${known.port}`,
    '-c listen_addresses=127.0.0.1',
    "-c unix_socket_directories=''",
    '-c max_connections=400',
  ].join(' ');
  const log = join(dataDir, 'server.log');
  try {
    await account.run(join(binaries.bin, 'pg_ctl'), [
      'start',
      '--wait',
      '--timeout=60',
      `--pgdata=${dataDir}`,
      `--log=${log}`,
      `--options=${settings}`,
    ]);
  } catch (cause) {
    const tail = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-5).join('\n');
    throw new Error(`The embedded PostgreSQL in ${dataDir} did not start: ${tail}`, { cause });
  }
}

/** Stops the server in PostgreSQL's "fast" mode: open transactions are rolled back, everything is written out. */
export async function stopServer(dataDir: string, binaries: Binaries, account: Account): Promise<void> {
  await account.run(join(binaries.bin, 'pg_ctl'), [
    'stop',
    '--wait',
    '--timeout=60',
    '--mode=fast',
    `--pgdata=${dataDir}`,
  ]);
}

/**
 * A postmaster that was killed and not yet reaped (a zombie), or a pid that another program has by now, looks alive
 * to PostgreSQL and stops it from starting. Only Linux tells us; elsewhere PostgreSQL's own check must do.
 */
async function clearDeadPidFile(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postmaster.pid');
  const pid = (await readFile(file, 'utf8').catch(() => '')).split('\n')[0];
  if (pid === undefined || pid === '' || process.platform !== 'linux') return;
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const alive = /^Name:\s+postgres$/m.test(status) && !/^State:\s+Z/m.test(status);
  if (!alive) await rm(file, { force: true });
}

/** True when the server of this very data folder answers. */
export async function isAlive(dataDir: string, known: Keys): Promise<boolean> {
  const client = new pg.Client({
    connectionString: addressOf(known, 'postgres'),
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const answer = await client.query("select current_setting('data_directory') as folder");
    return z.object({ folder: z.string() }).parse(answer.rows[0]).folder === dataDir;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Without somebody who hears it an error between two statements ends the process. */
function newClient(known: Keys): pg.Client {
  const client = new pg.Client({ connectionString: addressOf(known, 'postgres') });
  client.on('error', () => {});
  return client;
}

/** Creates our database if it is not there. */
export async function createDatabase(known: Keys): Promise<void> {
  const client = newClient(known);
  await client.connect();
  try {
    const found = await client.query("select 1 from pg_database where datname = 'firebreak'");
    if (found.rowCount === 0) await client.query('create database firebreak');
  } finally {
    await client.end();
  }
}

/** Connections of programs other than the one that asks. */
export async function otherClients(known: Keys): Promise<number> {
  const client = newClient(known);
  await client.connect();
  try {
    const answer = await client.query(
      "select count(*)::integer as n from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    );
    return z.object({ n: z.number() }).parse(answer.rows[0]).n;
  } finally {
    await client.end();
  }
}

/** A port of this machine that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Whether initdb has made a cluster here; every cluster has this file. */
export async function isMade(dataDir: string): Promise<boolean> {
  return access(join(dataDir, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}
