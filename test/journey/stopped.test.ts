import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { RequestLine } from '../../src/simulator/api/server.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';
import { untilFull } from '../support/sandbox.ts';
import { unhurried } from '../support/unhurried.ts';
import { openPlay, type Play } from './play.ts';

/* Firebreak is stopped and started from Slack: on PostgreSQL, the simulated cluster and Slack's double. */

let cluster: SimulatedCluster;
let play: Play;
const requests: RequestLine[] = [];

beforeAll(async () => {
  cluster = await createSimulatedCluster({ speed: 6, onRequest: (line) => void requests.push(line) });
  for (const object of [
    namespace('shop'),
    deployment({ name: 'web', namespace: 'shop', image: 'registry.example/web:1.0.0', replicas: 2 }),
  ])
    cluster.apply(object);
  await untilFull(cluster.url, 1);
  play = await openPlay({
    cluster: async (log) =>
      createCluster({ name: 'sandbox', connection: plainConnection(cluster.url), log, ...unhurried }),
    namespaces: { production: ['shop'], protected: [] },
  });
});
afterAll(async () => {
  await play?.close();
  await cluster?.stop();
});

const changes = () => requests.filter(({ changed, dryRun }) => changed && !dryRun).length;
const root = (words: string) =>
  play.slack.until(() => play.slack.messages().find(({ blocks }) => JSON.stringify(blocks).includes(words)));
const status = async () => (await fetch(`http://127.0.0.1:${play.running.port}/status`)).json();
const metrics = async () => (await fetch(`http://127.0.0.1:${play.running.port}/metrics`)).text();

test('stopped in the channel, nothing is sent; started, what was approved is carried out', async () => {
  const number = await play.ask('U0ALICE', 'rollout restart deployment/web -n shop');
  const card = await play.card(number, 'Approval needed');
  expect(await play.type('U0BOB', 'stop')).toContain('Say why');
  expect(await play.type('U0BOB', 'stop it restarts & <!channel> loops')).toContain(
    'Stopped, on all replicas.',
  );

  const told = JSON.stringify((await root('Firebreak is stopped by')).blocks);
  expect(told).toContain('<@U0BOB>');
  expect(told).not.toContain('"type":"mrkdwn","text":"<!channel>');
  await root('*Firebreak is stopped* by <@U0BOB> since');
  expect(await status()).toMatchObject({ standing: { stopped: { since: expect.any(String) } } });
  expect(await metrics()).toContain('firebreak_stopped 1');

  const before = changes();
  await play.click('U0BOB', card, 'approve');
  await play.card(number, 'Approved');
  expect(await play.type('U0ALICE', 'status')).toContain('Firebreak is stopped since');
  expect(changes()).toBe(before);

  expect(await play.type('U0CAROL', 'start it was a false alarm')).toContain('Started.');
  const goes = JSON.stringify((await root('Firebreak goes on, started by')).blocks);
  expect(goes).toContain(`remediation ${number}`);
  const done = await play.card(number, 'Verified');
  expect(JSON.stringify(done.blocks)).not.toContain('Firebreak is stopped');
  expect(changes()).toBeGreaterThan(before);
});
