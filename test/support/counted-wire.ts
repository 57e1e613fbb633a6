import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** A cable to a PostgreSQL server that counts how often somebody waits for it. */
export interface CountedWire {
  /** The server's URL, by way of the cable. */
  readonly url: string;
  /**
   * Round trips since the last call: how often a client has said something after the server's last word, on all
   * connections together. Statements that are sent without waiting for each other's answers are one.
   */
  take(): number;
  /** Milliseconds since anybody said anything. */
  quietFor(): number;
  close(): Promise<void>;
}

export async function openCountedWire(target: string): Promise<CountedWire> {
  const { hostname, port } = new URL(target);
  let trips = 0;
  let last = performance.now();
  const ends = new Set<() => void>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    let waiting = false;
    const end = () => {
      near.destroy();
      far.destroy();
    };
    ends.add(end);
    near.on('data', (piece) => {
      if (!waiting) trips += 1;
      waiting = true;
      last = performance.now();
      far.write(piece);
    });
    far.on('data', (piece) => {
      waiting = false;
      last = performance.now();
      near.write(piece);
    });
    for (const socket of [near, far]) socket.on('close', end).on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(target);
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    url: url.href,
    take: () => {
      const taken = trips;
      trips = 0;
      return taken;
    },
    quietFor: () => performance.now() - last,
    close: async () => {
      for (const end of ends) end();
      server.close();
      await once(server, 'close');
    },
  };
}
