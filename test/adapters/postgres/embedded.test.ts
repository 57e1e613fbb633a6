import { chmod, chown, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hydrate } from '../../../src/adapters/postgres/embedded/binaries.ts';
import { type Embedded, startEmbedded } from '../../../src/adapters/postgres/embedded/embedded.ts';
import { silentLog } from '../../fixtures/log.ts';
import { type Child, runNode } from '../../support/child.ts';
import { administer } from '../../support/cluster.ts';

let home: string;
let dataDir: string;
const running: Embedded[] = [];
const children: Child[] = [];

const run = (file: URL, args: readonly string[], ids: { uid?: number; gid?: number } = {}): Child => {
  const child = runNode(fileURLToPath(file), args, ids);
  children.push(child);
  return child;
};

async function newHome(): Promise<void> {
  home = await mkdtemp(join(tmpdir(), 'firebreak-embedded-'));
  await chmod(home, 0o755);
  dataDir = join(home, 'pg');
}

async function stopAll(): Promise<void> {
  for (const child of children.splice(0)) await child.kill();
  for (const server of running.splice(0)) await server.stop();
}

afterEach(stopAll);

async function start(): Promise<Embedded> {
  const server = await startEmbedded({ dataDir, log: silentLog });
  running.push(server);
  return server;
}

const postmaster = async (): Promise<number> =>
  Number((await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
const isRunning = (pid: number): Promise<boolean> =>
  readFile(`/proc/${pid}/status`, 'utf8').then(
    (status) => !/^State:\s+Z/m.test(status),
    () => false,
  );
const notes = async (url: string) =>
  (await administer(url, ['select text from notes']))[0]?.rows.map((row) => row.text);

describe('one data folder, started again and again', () => {
  beforeAll(newHome);
  afterAll(() => rm(home, { recursive: true, force: true }));

  test('the server outlives a kill -9 of the process that started it; the next start attaches and finds the data', async () => {
    const child = run(new URL('starter.ts', import.meta.url), [dataDir]);
    const url = await child.line();
    await administer(url, [
      'create table if not exists notes (text text)',
      'truncate notes',
      "insert into notes values ('kept')",
    ]);
    const pid = await postmaster();
    await child.kill();
    const again = await start();
    expect(again.url).toBe(url);
    expect(await postmaster()).toBe(pid);
    expect(await notes(url)).toEqual(['kept']);
  });

  test('after a kill -9 of the server itself the next start recovers the data', async () => {
    const { url } = await start();
    await administer(url, [
      'create table if not exists notes (text text)',
      'truncate notes',
      "insert into notes values ('committed')",
    ]);
    const pid = await postmaster();
    process.kill(pid, 'SIGKILL');
    const again = await start();
    expect(again.url).toBe(url);
    expect(await postmaster()).not.toBe(pid);
    expect(await notes(url)).toEqual(['committed']);
  });

  test('a stop ends the server and a later start finds the data', async () => {
    const { url, stop } = await start();
    await administer(url, [
      'create table if not exists notes (text text)',
      'truncate notes',
      "insert into notes values ('kept')",
    ]);
    const pid = await postmaster();
    await stop();
    expect(await isRunning(pid)).toBe(false);
    expect(await notes((await start()).url)).toEqual(['kept']);
  });

  test('only this machine can reach it, and only with the password that its owner can read', async () => {
    const { url } = await start();
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address !== undefined && !address.internal && address.family === 'IPv4');
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(administer(wrong.href, ['select 1'])).rejects.toThrow('password authentication failed');
    expect((await stat(`${dataDir}.keys.json`)).mode & 0o777).toBe(0o600);
    if (outside === undefined) return;
    const elsewhere = new URL(url);
    elsewhere.hostname = outside.address;
    await expect(administer(elsewhere.href, ['select 1'])).rejects.toThrow('ECONNREFUSED');
  });

  test('a port that another program has taken meanwhile is given up for a free one', async () => {
    const first = await start();
    await administer(first.url, [
      'create table if not exists notes (text text)',
      'truncate notes',
      "insert into notes values ('kept')",
    ]);
    await first.stop();
    const taken = run(new URL('squatter.ts', import.meta.url), [new URL(first.url).port]);
    expect(await taken.line()).toBe('listening');
    const second = await start();
    await taken.kill();
    expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
    expect(await notes(second.url)).toEqual(['kept']);
  });
});

describe('a folder of its own', () => {
  beforeEach(newHome);
  afterEach(async () => {
    await stopAll();
    await rm(home, { recursive: true, force: true });
  });

  test('two processes that start at once share one server, and it stays until both are done', async () => {
    const child = run(new URL('starter.ts', import.meta.url), [dataDir]);
    const [url, own] = await Promise.all([child.line(), start()]);
    expect(own.url).toBe(url);
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    await own.stop();
    expect((await other.query('select 1')).rowCount).toBe(1);
    await other.end();
    await child.kill();
  });

  test.runIf(process.getuid?.() === 0)('an ordinary user can start it as well', async () => {
    await chown(home, 65534, 65534);
    const child = run(new URL('starter.ts', import.meta.url), [dataDir], { uid: 65534, gid: 65534 });
    const url = await child.line();
    expect((await administer(url, ['select 1']))[0]?.rowCount).toBe(1);
    await child.kill();
    await start();
  });

  test.runIf(process.getuid?.() === 0)(
    'root may keep the data where the account of PostgreSQL cannot go',
    async () => {
      const closed = join(home, 'closed');
      await mkdir(closed, { mode: 0o700 });
      const said: object[] = [];
      const log = { ...silentLog, info: (fields: object) => said.push(fields) };
      const server = await startEmbedded({ dataDir: join(closed, 'pg'), log });
      try {
        expect((await administer(server.url, ['select 1']))[0]?.rowCount).toBe(1);
        const [moved] = said;
        expect(moved).toMatchObject({
          dataDir: expect.stringMatching(/^\/var\/lib\/firebreak\/[0-9a-f]{16}$/),
        });
      } finally {
        await server.stop();
        for (const { dataDir: place } of said.filter(
          (fields): fields is { dataDir: string } => 'dataDir' in fields,
        )) {
          await rm(place, { recursive: true, force: true });
          await rm(`${place}.keys.json`, { force: true });
        }
      }
    },
  );

  test('data of another major version is refused with the way out', async () => {
    await mkdir(dataDir, { mode: 0o700 });
    await writeFile(join(dataDir, 'PG_VERSION'), '15\n');
    await writeFile(`${dataDir}.keys.json`, JSON.stringify({ port: 1, password: 'x' }));
    await expect(startEmbedded({ dataDir, log: silentLog })).rejects.toThrow(
      `${dataDir} was made by PostgreSQL 15, the embedded one is 18: upgrade it with pg_upgrade or move it away.`,
    );
  });

  test('data without its password file is refused with the way out', async () => {
    await mkdir(dataDir, { mode: 0o700 });
    await writeFile(join(dataDir, 'PG_VERSION'), '18\n');
    await expect(startEmbedded({ dataDir, log: silentLog })).rejects.toThrow(
      `${dataDir}.keys.json with the password of the embedded PostgreSQL is missing`,
    );
  });

  test('a kill in the middle of the first start leaves nothing in the way', async () => {
    await mkdir(`${dataDir}.new`);
    await writeFile(join(`${dataDir}.new`, 'PG_VERSION'), '18\n');
    expect((await administer((await start()).url, ['select 1']))[0]?.rowCount).toBe(1);
  });

  test('links that an install without scripts left out are made, and made once', async () => {
    await mkdir(join(home, 'native/lib'), { recursive: true });
    await writeFile(join(home, 'native/lib/libx.so.1.2'), 'library');
    const links = [
      { source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so' },
      { source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' },
    ];
    await writeFile(join(home, 'native/pg-symlinks.json'), JSON.stringify(links));
    expect(await Promise.all([hydrate(home), hydrate(home)])).toEqual([true, true]);
    expect(await hydrate(home)).toBe(true);
    expect(await readFile(join(home, 'native/lib/libx.so'), 'utf8')).toBe('library');
    expect(await readlink(join(home, 'native/lib/libx.so.1'))).toBe('libx.so.1.2');
  });
});
