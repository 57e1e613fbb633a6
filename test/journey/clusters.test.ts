import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { Parts } from '../../src/main.ts';
import type { RequestLine } from '../../src/simulator/api/server.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';
import { eventually } from '../support/hang-guard.ts';
import { untilFull } from '../support/sandbox.ts';
import { unhurried } from '../support/unhurried.ts';
import { openWire, type Wire } from '../support/wire.ts';
import { openPlay, type Play } from './play.ts';

/* One Firebreak at two clusters that have the same namespaces and names. */

const simulated = new Map<string, SimulatedCluster>();
const written = new Map<string, RequestLine[]>();
let wire: Wire;
let play: Play;

async function simulate(name: string): Promise<SimulatedCluster> {
  const changes: RequestLine[] = [];
  const made = await createSimulatedCluster({
    speed: 6,
    onRequest: (line) => {
      if (line.changed && !line.dryRun) changes.push(line);
    },
  });
  for (const each of ['kube-system', 'shop']) made.apply(namespace(each));
  for (const each of ['web', 'api'])
    made.apply(deployment({ name: each, namespace: 'shop', replicas: 2, image: 'registry.example/web:1' }));
  await untilFull(made.url, 2);
  changes.length = 0;
  written.set(name, changes);
  simulated.set(name, made);
  return made;
}

const at = (name: string, url: string): Parts['cluster'] => {
  return async (log) => createCluster({ name, connection: plainConnection(url), log, ...unhurried });
};

beforeAll(async () => {
  const [eu, us] = [await simulate('eu'), await simulate('us')];
  wire = await openWire(us.url);
  play = await openPlay({
    cluster: at('eu', eu.url),
    otherClusters: [at('us', wire.url.replace(/\/$/, ''))],
    clusters: { us: { channels: ['C0US'], alerts: { labels: ['us-east-1'] } } },
    namespaces: { production: ['shop'], protected: [] },
  });
});

afterAll(async () => {
  // The wire first: Firebreak waits for what a cluster that is silent there was asked.
  await wire?.close();
  await play?.close();
  await Promise.all([...simulated.values()].map((each) => each.stop()));
});

const row = z.object({ cluster: z.string(), target_key: z.string(), state: z.string() });
const rowOf = async (number: number) => {
  const [found] = await play.knex('remediations').select('cluster', 'target_key', 'state').where({ number });
  return row.parse(found);
};
const writesOf = (name: string) => (written.get(name) ?? []).length;
const command = 'rollout restart deployment/web -n shop';

test('the same object in two clusters is two: each has its card, its lock and its change', async () => {
  const us = await play.ask('U0ALICE', `${command} --context us`);
  const eu = await play.ask('U0ALICE', command);
  const [inUs, inEu] = [await play.card(us, 'Approval needed'), await play.card(eu, 'Approval needed')];
  expect(inUs.text).toContain(', cluster us (remediation');
  expect(inEu.text).toContain(', cluster eu (remediation');
  await play.click('U0BOB', inUs, 'approve');
  await play.card(us, 'Verified');
  expect(await rowOf(us)).toMatchObject({ cluster: 'us', target_key: 'us/shop/Deployment/web' });
  expect(await rowOf(eu)).toMatchObject({ cluster: 'eu', state: 'waiting' });
  expect([writesOf('us'), writesOf('eu')]).toEqual([1, 0]);
  expect(await play.type('U0ALICE', 'status')).toContain('in eu');
  await play.click('U0BOB', inEu, 'approve');
  await play.card(eu, 'Verified');
  expect([writesOf('us'), writesOf('eu')]).toEqual([1, 1]);
});

test('who wants it is told alone how it ended, once and with the way to the card', async () => {
  expect(await play.type('U0BOB', 'notify me on')).toContain('You get a direct message');
  expect(await play.type('U0CAROL', 'notify me on')).toContain('You get a direct message');
  const number = await play.ask('U0ALICE', 'annotate deployment/web note=x -n shop --context us');
  const card = await play.card(number, 'Approval needed');
  await play.click('U0BOB', card, 'approve');
  await play.card(number, 'Verified');
  const told = () => play.slack.messages().filter(({ channel }) => channel.startsWith('D'));
  const [direct] = await play.slack.until(() => (told().length > 0 ? told() : undefined));
  expect(direct?.channel).toBe('D0BOB');
  expect(direct?.text).toContain(`, cluster us (remediation ${number})`);
  expect(JSON.stringify(direct?.blocks)).toContain(`archives/C0OPS/p${card.ts.replace('.', '')}|thread>`);
  expect(await play.type('U0BOB', 'notify me off')).toContain('You get no direct messages');
  const again = await play.ask('U0ALICE', 'annotate deployment/api note=y -n shop --context us');
  await play.click('U0BOB', await play.card(again, 'Approval needed'), 'approve');
  await play.card(again, 'Verified');
  expect(told()).toHaveLength(1);
  expect(await play.type('U0BOB', 'notify everybody')).toContain('notify me on');
});

test('a wrong name gets the names that there are', async () => {
  expect(await play.type('U0ALICE', `${command} --context asia`)).toContain(
    'There is no cluster \\"asia\\" here; there are eu, us.',
  );
});

test('an alert of a cluster that nobody knows proposes nothing, anywhere', async () => {
  const labels = { alertname: 'KubePodCrashLooping', namespace: 'shop', deployment: 'web', cluster: 'asia' };
  await play.alert([{ status: 'firing', labels, startsAt: '2026-01-01T00:00:00Z' }]);
  const found = await play.slack.until(() =>
    play.slack.messages().find(({ blocks }) => JSON.stringify(blocks).includes('There is no cluster')),
  );
  expect(JSON.stringify(found.blocks)).toContain('there are eu, us.');
});

test('an alert that comes to nothing says which cluster was looked at, and so does its incident', async () => {
  const labels = { alertname: 'KubePodCrashLooping', namespace: 'shop', deployment: 'api' };
  await play.alert([{ status: 'firing', labels, startsAt: '2026-01-01T00:00:00Z' }]);
  await play.slack.until(() =>
    play.slack.messages().find(({ text }) => text.startsWith('Alert: KubePodCrashLooping, cluster eu. ')),
  );
  const number = await play.knex('incidents').max('number').where({ owner_key: 'eu/shop/Deployment/api' });
  const told = await play.type('U0ALICE', `incident ${number[0]?.['max']}`);
  expect(told).toContain('Deployment/api in shop, cluster eu: open since');
});

test('what was done is looked for in one of them', async () => {
  const inUs = await play.type('U0ALICE', 'history deployment/web --context us');
  expect(inUs).toContain('in us');
  expect(inUs).not.toContain('in eu');
  expect(await play.type('U0ALICE', 'history deployment/web')).toContain('in eu');
});

test('one that hangs keeps nobody else waiting, and is named', async () => {
  wire.silence();
  const us = await play.ask('U0ALICE', `${command} --context us`);
  const eu = await play.ask('U0ALICE', 'scale deployment/web --replicas=3 -n shop');
  await play.click('U0BOB', await play.card(eu, 'Approval needed'), 'approve');
  await play.card(eu, 'Verified');
  expect(['requested', 'failed']).toContain((await rowOf(us)).state);
  expect([writesOf('us'), writesOf('eu')]).toEqual([3, 2]);
  const ask = (path: string) => fetch(`http://127.0.0.1:${play.running.port}${path}`);
  const away = { name: 'us', kind: 'away', reason: expect.any(String), since: expect.any(String) };
  const health = async () => (await ask('/status')).text();
  await eventually(async () =>
    expect(JSON.parse(await health())).toMatchObject({
      ready: true,
      clusters: [{ name: 'eu', kind: 'reachable' }, away],
    }),
  );
  await eventually(async () =>
    expect(await (await ask('/metrics')).text()).toMatch(
      /firebreak_cluster_reachable\{cluster="eu"\} 1\nfirebreak_cluster_reachable\{cluster="us"\} 0/,
    ),
  );
});
