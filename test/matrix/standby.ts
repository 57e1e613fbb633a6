import { once } from 'node:events';
import { appendFile, chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { chooseAccount } from '../../src/adapters/postgres/embedded/account.ts';
import { findBinaries } from '../../src/adapters/postgres/embedded/binaries.ts';
import {
  addressOf,
  createCluster,
  createDatabase,
  freePort,
  type Keys,
  startServer,
  stopServer,
} from '../../src/adapters/postgres/embedded/cluster.ts';
import { administer } from '../support/cluster.ts';

/** A primary and a standby that follows it, behind an address that is always the primary's. */
export interface Pair {
  readonly url: string;
  /** From now on the standby hears nothing more. */
  leaveBehind(): Promise<void>;
  /** The primary dies and the standby takes its place, with or without what it has not heard. */
  failOver(): Promise<void>;
  close(): Promise<void>;
}

/** @param isSynchronous a commit waits until the standby has it on its disk */
export async function openPair(isSynchronous: boolean): Promise<Pair> {
  const home = await mkdtemp(join(tmpdir(), 'firebreak-pair-'));
  // PostgreSQL runs as nobody when the tests run as root; it must be able to enter.
  await chmod(home, 0o755);
  const account = chooseAccount();
  const cache = process.getuid?.() === 0 ? '/var/cache/firebreak' : join(homedir(), '.cache', 'firebreak');
  const binaries = await findBinaries(account, cache);
  const folders = { primary: join(home, 'primary'), standby: join(home, 'standby') };
  const primary: Keys = { port: await freePort(), password: 'for-this-test-only' };
  const standby: Keys = { ...primary, port: await freePort() };
  await createCluster(folders.primary, primary, binaries, account);
  await startServer(folders.primary, primary, binaries, account);
  await createDatabase(primary);
  await copyRunning(primary, folders);
  await follow(folders.standby, primary);
  await startServer(folders.standby, standby, binaries, account);
  await untilFollowed(primary);
  if (isSynchronous)
    await administer(addressOf(primary), ["alter system set synchronous_standby_names = '*'", reload]);
  const way = await openWay(primary.port);
  const url = new URL(addressOf(primary));
  url.port = String(way.port);
  return {
    url: url.href,
    leaveBehind: async () => {
      await administer(addressOf(standby), ["alter system set primary_conninfo = ''", reload]);
      await sleep(500);
    },
    failOver: async () => {
      const [pid = ''] = (await readFile(join(folders.primary, 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGQUIT');
      await administer(addressOf(standby), [
        "alter system set synchronous_standby_names = ''",
        'select pg_promote()',
      ]);
      way.leadTo(standby.port);
    },
    close: async () => {
      await way.close();
      for (const folder of Object.values(folders))
        await stopServer(folder, binaries, account).catch(() => undefined);
      await rm(home, { recursive: true, force: true });
    },
  };
}

const reload = 'select pg_reload_conf()';

/** As PostgreSQL's documentation, "Making a Base Backup Using the Low Level API", has it: one connection for all of it. */
async function copyRunning(
  primary: Keys,
  { primary: from, standby: to }: Record<string, string>,
): Promise<void> {
  const client = new pg.Client({ connectionString: addressOf(primary) });
  await client.connect();
  try {
    await client.query("select pg_backup_start('standby', true)");
    await cp(from ?? '', to ?? '', {
      recursive: true,
      filter: (file) => !/postmaster\.(pid|opts)$|server\.log$/.test(file),
    });
    const { rows } = await client.query('select labelfile from pg_backup_stop(false)');
    await writeFile(join(to ?? '', 'backup_label'), String(rows[0].labelfile));
  } finally {
    await client.end();
  }
}

async function follow(folder: string, primary: Keys): Promise<void> {
  const conninfo = `host=127.0.0.1 port=${primary.port} user=firebreak password=${primary.password}`;
  await appendFile(join(folder, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\n`);
  await writeFile(join(folder, 'standby.signal'), '');
}

async function untilFollowed(primary: Keys): Promise<void> {
  for (;;) {
    const [found] = await administer(addressOf(primary), [
      "select 1 from pg_stat_replication where state = 'streaming'",
    ]);
    if (found?.rowCount === 1) return;
    await sleep(50);
  }
}

/** An address whose server may change, as behind a load balancer: then every connection ends. */
async function openWay(first: number) {
  let port = first;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    leadTo: (next: number) => {
      port = next;
      cut();
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
