import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Forbidden } from './api/access.ts';
import { createApiServer, type RequestLine } from './api/server.ts';
import type { JsonObject } from './json.ts';
import { applyManifest } from './manifest.ts';
import { bareCluster, sampleCluster } from './scenario.ts';
import { replaySeeds } from './seed.ts';
import { createSimulation } from './simulation.ts';

export interface SimulatedClusterOptions {
  /** TCP port on 127.0.0.1; a free one by default. */
  readonly port?: number;
  /** Seconds of simulated time in one second; 1 by default. */
  readonly speed?: number;
  /** Milliseconds between two looks of the controllers; by default as often as the speed asks for. */
  readonly lookEvery?: number;
  /** What the API answers with 403. */
  readonly forbid?: readonly Forbidden[];
  /** Bearer token that every request must carry; none by default. */
  readonly token?: string;
  /** Starts with the sample cluster, a quarter of an hour into its life, instead of three bare nodes. */
  readonly scenario?: boolean;
  /** Told of every answered request. */
  readonly onRequest?: (line: RequestLine) => void;
}

export interface SimulatedCluster {
  /** `http://127.0.0.1:<port>`, for Firebreak's Kubernetes adapter and for `kubectl --server`. */
  readonly url: string;
  /** Creates an object, or replaces the one of that name; fills in defaults. Throws for what the API would refuse. */
  apply(object: JsonObject): JsonObject;
  stop(): Promise<void>;
}

/** Milliseconds between two looks of the controllers, at natural speed. */
const interval = 100;

/**
 * A Kubernetes cluster that is simulated in this process and speaks the REST API on loopback: objects, rollouts
 * over time, pods that crash and recover. It lives until `stop`.
 */
export async function createSimulatedCluster(
  options: SimulatedClusterOptions = {},
): Promise<SimulatedCluster> {
  const { port = 0, speed = 1, forbid = [], token, scenario = false, onRequest = () => undefined } = options;
  const { lookEvery = Math.max(10, interval / speed) } = options;
  const clock = { offset: 0 };
  const simulation = createSimulation({ now: () => Date.now() + clock.offset, newId: randomUUID, speed });
  replaySeeds(
    simulation,
    clock,
    scenario ? [bareCluster, ...sampleCluster] : [{ ...bareCluster, secondsAgo: 5 }],
  );
  const access = { forbid, ...(token === undefined ? {} : { token }) };
  const server = createApiServer(simulation, { ...access, log: onRequest });
  const timer = setInterval(simulation.tick, lookEvery);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause: unknown) => {
    clearInterval(timer);
    throw new Error(`The simulated cluster cannot listen on 127.0.0.1:${port}; choose another port.`, {
      cause,
    });
  });
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    apply: (object) => applyManifest(simulation.world, object),
    stop: async () => {
      clearInterval(timer);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string')
    throw new Error('the simulated cluster has no TCP port');
  return address.port;
}
