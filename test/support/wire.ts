import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * What happens to a statement on its way. `cut`: both sides see the connection end. `silent`: nobody hears anything from
 * the other any more, and nobody is told. `before`: the server does not get it; `after`: it does, and its answer is lost;
 * `answered`: the connection goes when the answer has been heard.
 */
export type Fate = 'pass' | `${'cut' | 'silent'} ${'before' | 'after' | 'answered'}`;

/** A cable between a client and a TCP server, for the faults that a server by itself never has. */
export interface Wire {
  /** The server's URL, by way of the cable. */
  readonly url: string;
  /** From now on nothing is heard through it, on old connections and new ones, and no connection ends. */
  silence(): void;
  /** New connections work again; those that fell silent stay so, as behind a firewall that has forgotten them. */
  heal(): void;
  /** Ends every connection. */
  cut(): void;
  close(): Promise<void>;
}

/** @param fateOf asked for each piece that a client sends; it may keep count */
export async function openWire(
  target: string,
  fateOf: (piece: string) => Fate = () => 'pass',
): Promise<Wire> {
  const { hostname, port } = new URL(target);
  const cables = new Set<Cable>();
  let silent = false;
  const server = createServer((near) => {
    const cable = lay(near, connect(Number(port), hostname), fateOf);
    if (silent) cable.silence();
    cables.add(cable);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(target);
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const all = (what: 'silence' | 'cut') => {
    for (const cable of cables) cable[what]();
  };
  return {
    url: url.href,
    silence: () => {
      silent = true;
      all('silence');
    },
    heal: () => {
      silent = false;
    },
    cut: () => all('cut'),
    close: async () => {
      all('cut');
      server.close();
      await once(server, 'close');
    },
  };
}

interface Cable {
  silence(): void;
  cut(): void;
}

function lay(near: Socket, far: Socket, fateOf: (piece: string) => Fate): Cable {
  let silent = false;
  /** What becomes of the next answer. */
  let next: Fate = 'pass';
  const cut = () => {
    near.destroy();
    far.destroy();
  };
  const silence = () => {
    silent = true;
  };
  const end = (fate: Fate) => (fate.startsWith('cut') ? cut() : silence());
  near.on('data', (piece) => {
    if (silent) return;
    const fate = fateOf(piece.toString('latin1'));
    if (fate.endsWith('before')) return end(fate);
    if (fate !== 'pass') next = fate;
    far.write(piece);
  });
  far.on('data', (piece) => {
    if (silent) return;
    if (next.endsWith('after')) return end(next);
    near.write(piece);
    if (next === 'pass') return;
    const fate = next;
    // The answer is on its way; the next statement must not be.
    setImmediate(() => end(fate));
  });
  // A cable that is silent tells neither end of the other's.
  near.on('close', () => (silent ? undefined : cut()));
  far.on('close', () => (silent ? undefined : cut()));
  near.on('error', () => undefined);
  far.on('error', () => undefined);
  return { silence, cut };
}
