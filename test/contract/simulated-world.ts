import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { createSimulatedCluster } from '../../src/simulator/cluster.ts';
import { silentLog } from '../fixtures/log.ts';
import { unhurried } from '../support/unhurried.ts';
import type { ClusterWorld } from './cluster-world.ts';

/** The Kubernetes adapter on the simulated API server. */
export async function simulatedWorld(): Promise<ClusterWorld> {
  const server = await createSimulatedCluster({ speed: 20 });
  // What RBAC withholds it withholds before it looks, so this one needs no objects.
  const closed = await createSimulatedCluster({ forbid: [{ verb: '*', resource: '*' }] });
  const connection = plainConnection(server.url);
  const outside = plainConnection(closed.url);
  return {
    cluster: createCluster({ name: 'sandbox', connection, log: silentLog, ...unhurried }),
    connection,
    powerless: createCluster({ name: 'sandbox', connection: outside, log: silentLog, ...unhurried }),
    teardown: async () => {
      await Promise.all([connection.close(), outside.close()]);
      await Promise.all([server.stop(), closed.stop()]);
    },
  };
}
