import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Embedded, startEmbedded } from '../../src/adapters/postgres/embedded/embedded.ts';
import { silentLog } from '../fixtures/log.ts';

/** A PostgreSQL of one's own, which may be stopped. */
export interface CrashingServer extends Embedded {
  /** What `pg_ctl stop --mode=immediate` does: no checkpoint, every connection cut, recovery at the next start. */
  crash(): Promise<void>;
  startAgain(): Promise<void>;
}

export async function openCrashingServer(): Promise<CrashingServer> {
  const home = await mkdtemp(join(tmpdir(), 'firebreak-crash-'));
  // PostgreSQL runs as nobody when the tests run as root; it must be able to enter.
  await chmod(home, 0o755);
  const dataDir = join(home, 'pg');
  const open = () => startEmbedded({ dataDir, log: silentLog });
  let server = await open();
  const pidFile = join(dataDir, 'postmaster.pid');
  return {
    url: server.url,
    crash: async () => {
      const [pid = ''] = (await readFile(pidFile, 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGQUIT');
      while (await accepts(Number(new URL(server.url).port))) await sleep(20);
    },
    startAgain: async () => {
      server = await open();
    },
    stop: async () => {
      await server.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function accepts(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = createConnection({ host: '127.0.0.1', port });
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
