import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { curedByAnnotation } from '../../src/simulator/kubelet/behaviour.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';
import { untilFull } from '../support/sandbox.ts';
import { unhurried } from '../support/unhurried.ts';
import { openPlay, type Play } from './play.ts';

/* More happens at once than one cause explains: on PostgreSQL, the simulated cluster and Slack's double. */

const failing = ['cart', 'search', 'stock', 'prices'];

let cluster: SimulatedCluster;
let play: Play;

beforeAll(async () => {
  cluster = await createSimulatedCluster({ speed: 6 });
  cluster.apply(namespace('shop'));
  cluster.apply(
    deployment({ name: 'web', namespace: 'shop', image: 'registry.example/web:1.0.0', replicas: 3 }),
  );
  for (const name of failing)
    cluster.apply(
      deployment({
        name,
        namespace: 'shop',
        image: `registry.example/${name}:1.0.0`,
        replicas: 2,
        behaviour: { [curedByAnnotation]: 'restart' },
      }),
    );
  await untilFull(cluster.url, 1);
  play = await openPlay({
    cluster: async (log) =>
      createCluster({ name: 'sandbox', connection: plainConnection(cluster.url), log, ...unhurried }),
    namespaces: { production: [], protected: [] },
    storm: { incidentsPerMinute: 3 },
  });
});
afterAll(async () => {
  await play?.close();
  await cluster?.stop();
});

const digest = (words: string) =>
  play.slack.until(() =>
    play.slack
      .messages()
      .find(({ text, blocks }) => text.includes('Storm: ') && JSON.stringify(blocks).includes(words)),
  );

test('one message lists every owner, and what would run by itself waits for a person', async () => {
  const alerts = failing.map((name) => ({
    status: 'firing',
    labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', deployment: name },
    startsAt: new Date().toISOString(),
  }));
  expect(await play.alert(alerts)).toBe(200);
  for (const name of failing) await digest(`deployment/${name}`);
  const all = await digest('Open ');
  expect(play.slack.messages().filter(({ text }) => text.includes('Storm: '))).toHaveLength(1);

  const asked = await play.ask('U0ALICE', 'scale deployment/web --replicas=4 -n shop');
  const card = await play.card(asked, 'Approval needed');
  expect(JSON.stringify(card.blocks)).toContain('A storm of');
  expect(JSON.stringify(all.blocks)).toContain('Nothing runs by itself until it is over');
});
