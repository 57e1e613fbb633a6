import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Connection, plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { namespace } from '../../src/simulator/workloads.ts';
import { pace } from '../chaos/witness.ts';
import { restOver } from '../contract/rest.ts';
import { unhurried } from '../support/unhurried.ts';
import { alertCases, alertScript, createScene } from './alert-cases.ts';
import { ownerCases } from './owner-cases.ts';
import { openPlay, type Play } from './play.ts';

/* Alerts that are half true, in the simulated cluster; test/cluster/alerts.test.ts plays them on the real control plane. */

let cluster: SimulatedCluster;
let connection: Connection;
let play: Play;

beforeAll(async () => {
  cluster = await createSimulatedCluster({ speed: 10 });
  connection = plainConnection(cluster.url);
  play = await openPlay({
    ...alertScript,
    cluster: async (log) => createCluster({ name: 'sandbox', connection, log, ...unhurried }),
    namespaces: { production: [], protected: [] },
  });
  await play.knex.raw(pace);
});
afterAll(async () => {
  await play?.close();
  await cluster?.stop();
});

describe.concurrent('what is half true', () => {
  test.each([...alertCases, ...ownerCases].map((each, index) => ({ ...each, index })))(
    '$name',
    async ({ play: run, index }) => {
      const own = `case-${index}`;
      cluster.apply(namespace(own));
      const scene = createScene({
        play,
        rest: restOver(connection),
        apply: async (object) => {
          cluster.apply(object);
        },
        get: async (path) => (await fetch(`${cluster.url}${path}`)).json(),
      });
      await run(scene, own);
    },
  );
});
