import { Socket } from 'node:net';
import type { ClientBase } from 'pg';

/** The socket under pg's client; with TLS the one that encrypts. */
export function socketOf(client: ClientBase): Socket {
  const connection: unknown = Reflect.get(client, 'connection');
  const stream: unknown = connection instanceof Object ? Reflect.get(connection, 'stream') : undefined;
  if (stream instanceof Socket) return stream;
  throw new Error('this version of pg keeps its socket in another place than connection.stream');
}

/**
 * What is asked of a connection before this process does anything else is sent to the server in one piece, and not in one for
 * each statement, which are calls of the kernel, and wake it each time.
 */
export function sendWithOthers(client: ClientBase): void {
  const socket = socketOf(client);
  if (socket.writableCorked > 0) return;
  socket.cork();
  process.nextTick(() => socket.uncork());
}
