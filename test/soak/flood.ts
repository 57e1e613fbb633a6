import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { handOn } from '../support/hand-on.ts';

/** An API server whose logs, and whose refusals of one object, never seem to end. */
export interface Flood {
  readonly url: string;
  /** How many answers were poured out, and the bytes that the network took of them. */
  poured(): { readonly answers: number; readonly bytes: number };
  close(): void;
}

/** Of each. */
const mebibytes = 50;
const line = `${'panic: this is the same line again and again '.repeat(3)}\n`;
const piece = Buffer.from(line.repeat(400));

/**
 * Hands every request on to the cluster but those for a pod's log, which are answered with 50 MiB whatever they ask for, and
 * the writes of `refused`, which are refused with as much.
 */
export async function startFlood(cluster: string, refused: string): Promise<Flood> {
  const seen = { answers: 0, bytes: 0 };
  const server = createServer((incoming, response) => {
    const path = incoming.url?.split('?')[0] ?? '';
    const isWrite = incoming.method === 'PATCH' && path.endsWith(`/${refused}`);
    const status = path.endsWith('/log') ? 200 : isWrite ? 422 : undefined;
    if (status === undefined) handOn(cluster, incoming, response);
    else void pour(status, response, seen).catch(() => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the flood has no TCP port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    poured: () => seen,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function pour(status: number, response: ServerResponse, seen: { answers: number; bytes: number }) {
  seen.answers += 1;
  const closed = once(response, 'close');
  response.writeHead(status, { 'content-type': 'text/plain' });
  for (let sent = 0; sent < mebibytes * 1024 * 1024 && !response.destroyed; sent += piece.length) {
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), closed]);
    if (!response.destroyed) seen.bytes += piece.length;
  }
  response.end();
}
