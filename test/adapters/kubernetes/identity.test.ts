import { expect, test } from 'vitest';
import { plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import type { Forbidden } from '../../../src/simulator/api/access.ts';
import { createSimulatedCluster } from '../../../src/simulator/cluster.ts';
import { silentLog } from '../../fixtures/log.ts';
import { unhurried } from '../../support/unhurried.ts';

const signal = new AbortController().signal;
/** A cluster behind an address, and every request that came to it. */
async function openCluster(forbid: readonly Forbidden[] = []) {
  const requests: string[] = [];
  const simulated = await createSimulatedCluster({
    speed: 1,
    forbid,
    onRequest: ({ path }) => void requests.push(path),
  });
  const connection = plainConnection(simulated.url);
  return {
    cluster: createCluster({ name: 'in-cluster', connection, log: silentLog, ...unhurried }),
    requests,
    stop: simulated.stop,
  };
}

test('two clusters of one name are told apart by their own, and many that ask at once ask once', async () => {
  const [east, west] = await Promise.all([openCluster(), openCluster()]);
  expect(east.cluster.knownIdentity()).toBeUndefined();
  const asked = await Promise.all([1, 2, 3].map(() => east.cluster.identity(signal)));
  expect(new Set(asked).size).toBe(1);
  expect(asked[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(east.cluster.knownIdentity()).toBe(asked[0]);
  expect(east.requests).toEqual(['/api/v1/namespaces/kube-system']);
  expect(await west.cluster.identity(signal)).not.toBe(asked[0]);
  for (const each of [east, west]) await each.cluster.close().then(each.stop);
});

test('a cluster that does not let us read that namespace does not say which it is', async () => {
  const { cluster, stop } = await openCluster([{ verb: 'get', resource: 'namespaces' }]);
  expect(await cluster.identity(signal)).toBeUndefined();
  await cluster.close();
  await stop();
});
