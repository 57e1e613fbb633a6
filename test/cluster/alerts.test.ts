import { afterAll, beforeAll, describe, inject, test } from 'vitest';
import { connect } from '../../src/adapters/kubernetes/client/connect.ts';
import type { Connection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { pace } from '../chaos/witness.ts';
import { restOver } from '../contract/rest.ts';
import { alertCases, alertScript, createScene } from '../journey/alert-cases.ts';
import { ownerCases } from '../journey/owner-cases.ts';
import { openPlay, type Play } from '../journey/play.ts';
import { unhurried } from '../support/unhurried.ts';
import { identityOf } from './credentials.ts';
import { freshNamespace, kubectl } from './oracle.ts';

/* Alerts that are half true, on the real control plane: the same cases as in the simulated cluster. */

let play: Play;
let connection: Connection;

beforeAll(async () => {
  const { kubeconfigPath } = identityOf(inject('controlPlane').identities, 'admin');
  connection = await connect({ kubeconfig: kubeconfigPath });
  play = await openPlay({
    ...alertScript,
    cluster: async (log) => createCluster({ name: connection.cluster, connection, log, ...unhurried }),
    namespaces: { production: [], protected: [] },
  });
  await play.knex.raw(pace);
});
afterAll(() => play?.close());

describe.concurrent('what is half true', () => {
  test.each([...alertCases, ...ownerCases])('$name', async ({ play: run }) => {
    const own = await freshNamespace('alerts');
    const scene = createScene({
      play,
      rest: restOver(connection),
      apply: async (object) => {
        await kubectl(['apply', '-f', '-'], JSON.stringify(object));
      },
      get: async (path) => JSON.parse(await kubectl(['get', '--raw', path])),
    });
    await run(scene, own);
  });
});
