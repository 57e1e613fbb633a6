import { once } from 'node:events';
import { createServer } from 'node:http';
import { handOn } from './hand-on.ts';

/** The way to a cluster whose API server can go away, and come back. */
export interface SilentCluster {
  readonly url: string;
  close(): void;
}

/** @param isSilent asked for each request: then its connection is cut before anybody has heard of it */
export async function openSilentCluster(
  cluster: string,
  isSilent: () => boolean | Promise<boolean>,
): Promise<SilentCluster> {
  const server = createServer(async (incoming, response) => {
    if (await isSilent()) return void incoming.socket.destroy();
    handOn(cluster, incoming, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the way has no TCP port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
