import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while no other process of this machine runs it for the same folder. The lock is a listening local
 * socket: the kernel lets go of it when its process dies, however it dies. Waits up to `seconds`, then throws `busy`.
 */
export async function withStartLock<T>(
  dataDir: string,
  seconds: number,
  work: () => Promise<T>,
  busy = 'Another process has been starting the embedded PostgreSQL for a minute: stop it first.',
): Promise<T> {
  const server = await acquire(addressOf(dataDir), performance.now() + seconds * 1000, busy);
  try {
    return await work();
  } finally {
    await new Promise((closed) => server.close(closed));
  }
}

/** Linux has sockets without a file, Windows has pipes; elsewhere the file of a dead holder is cleared away. */
function addressOf(dataDir: string): string {
  const name = `firebreak-${createHash('sha256').update(dataDir).digest('hex').slice(0, 24)}`;
  if (process.platform === 'linux') return `\0${name}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : `/tmp/${name}.sock`;
}

async function acquire(address: string, deadline: number, busy: string): Promise<Server> {
  for (;;) {
    const server = await listen(address);
    if (server !== undefined) return server;
    if (performance.now() > deadline) throw new Error(busy);
    if (address.startsWith('/') && !(await isHeld(address))) await rm(address, { force: true });
    await sleep(50);
  }
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? done(undefined) : fail(error),
    );
    server.listen(address, () => done(server));
    server.unref();
  });
}

function isHeld(address: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(address);
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });
}
