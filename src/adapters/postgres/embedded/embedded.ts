import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../../workflow/ports.ts';
import { type Account, chooseAccount } from './account.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import {
  addressOf,
  createCluster,
  createDatabase,
  freePort,
  isAlive,
  isMade,
  type Keys,
  otherClients,
  readKeys,
  startServer,
  stopServer,
  writeKeys,
} from './cluster.ts';
import { withStartLock } from './start-lock.ts';

/** A running PostgreSQL of our own. `stop` leaves it running while another process is connected to it. */
export interface Embedded {
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether a start with this `dataDir` would find a database that is there already. */
export async function hasEmbedded(dataDir: string): Promise<boolean> {
  const wanted = resolve(dataDir);
  return (await isMade(wanted)) || (await isMade(elsewhere(wanted)));
}

interface Place {
  readonly dataDir: string;
  readonly binaries: Binaries;
  readonly account: Account;
}

/**
 * Starts PostgreSQL 18 on 127.0.0.1 with its data in `dataDir`, or attaches to the one already running there: the
 * server survives a kill of this process, and the next start finds it. Port and password are kept beside the
 * folder in a file that only its owner reads. Throws one sentence when this platform has no binaries, or when the
 * folder belongs to another major version. For one machine only; several replicas need a real server.
 */
export async function startEmbedded(options: {
  readonly dataDir: string;
  readonly log: Log;
}): Promise<Embedded> {
  const account = chooseAccount();
  const dataDir = await reachableFolder(resolve(options.dataDir), account, options.log);
  return withStartLock(dataDir, 60, async () => {
    const binaries = await findBinaries(account, cacheFolder());
    const place = { dataDir, binaries, account };
    const known = await start(place, await readKeys(dataDir), options.log);
    await createDatabase(known);
    return { url: addressOf(known), stop: () => stop(place, known, options.log) };
  });
}

/** Seconds that a server may take to end or to recover after a crash. */
const patience = 60;

async function start(place: Place, known: Keys, log: Log): Promise<Keys> {
  await mkdir(dirname(place.dataDir), { recursive: true });
  const deadline = performance.now() + patience * 1000;
  for (let current = known; ; ) {
    if (await isAlive(place.dataDir, current)) {
      log.info({ dataDir: place.dataDir, port: current.port }, 'the embedded PostgreSQL is running');
      return current;
    }
    const port = await tryToStart(place, current, deadline);
    current = port === current.port ? current : await writeKeys(place.dataDir, { ...current, port });
  }
}

/** Tries once; answers the port to try next. Throws what waiting and another port cannot mend. */
async function tryToStart(place: Place, known: Keys, deadline: number): Promise<number> {
  try {
    await createCluster(place.dataDir, known, place.binaries, place.account);
    await startServer(place.dataDir, known, place.binaries, place.account);
    return known.port;
  } catch (error) {
    if (!(error instanceof Error) || performance.now() > deadline) throw error;
    if (/could not bind|Address already in use/.test(error.message)) return freePort();
    // A killed server takes a moment to be gone, and its children another; one that recovers answers a bit later.
    if (!/lock file|shared memory/.test(error.message)) throw error;
    await sleep(200);
    return known.port;
  }
}

async function stop(place: Place, known: Keys, log: Log): Promise<void> {
  await withStartLock(place.dataDir, 60, async () => {
    if (!(await isAlive(place.dataDir, known))) return;
    if (await isShared(known)) {
      log.info(
        { dataDir: place.dataDir },
        'left the embedded PostgreSQL running: another process is using it',
      );
      return;
    }
    await stopServer(place.dataDir, place.binaries, place.account);
  });
}

/** Our own connections close a moment after we end them, so a busy answer is asked for again. */
async function isShared(known: Keys): Promise<boolean> {
  for (let look = 0; look < 10; look += 1) {
    if ((await otherClients(known)) === 0) return false;
    await sleep(50);
  }
  return true;
}

/**
 * Root's PostgreSQL runs as nobody, who cannot enter a folder below /root, for example. Such data goes to a folder
 * of the system that is found again by the asked path.
 */
async function reachableFolder(wanted: string, account: Account, log: Log): Promise<string> {
  await mkdir(dirname(wanted), { recursive: true });
  if (await account.reaches(dirname(wanted))) return wanted;
  const dataDir = elsewhere(wanted);
  await mkdir(dirname(dataDir), { recursive: true, mode: 0o755 });
  log.info(
    { wanted, dataDir },
    'the data folder cannot be entered by the account of PostgreSQL; it lies elsewhere',
  );
  return dataDir;
}

function elsewhere(wanted: string): string {
  return join('/var/lib/firebreak', createHash('sha256').update(wanted).digest('hex').slice(0, 16));
}

function cacheFolder(): string {
  return process.getuid?.() === 0 ? '/var/cache/firebreak' : join(homedir(), '.cache', 'firebreak');
}
