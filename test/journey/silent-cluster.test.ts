import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { Parts } from '../../src/main.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { curedByAnnotation } from '../../src/simulator/kubelet/behaviour.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';
import { eventually } from '../support/hang-guard.ts';
import { openSilentCluster, type SilentCluster } from '../support/silent-cluster.ts';
import { unhurried } from '../support/unhurried.ts';
import { openPlay, type Play } from './play.ts';

/* A small storm over two clusters, of which one does not answer. */

const failing = ['cart', 'search', 'stock', 'prices', 'mail'];

const clusters: SimulatedCluster[] = [];
const state = { isAway: true };
let way: SilentCluster;
let play: Play;

async function simulate(): Promise<string> {
  const made = await createSimulatedCluster({ speed: 6 });
  for (const each of ['kube-system', 'shop']) made.apply(namespace(each));
  const behaviour = { [curedByAnnotation]: 'restart' };
  for (const name of failing)
    made.apply(deployment({ name, namespace: 'shop', image: 'registry.example/web:1', behaviour }));
  clusters.push(made);
  return made.url;
}

const at = (name: string, url: string): Parts['cluster'] => {
  return async (log) => createCluster({ name, connection: plainConnection(url), log, ...unhurried });
};

beforeAll(async () => {
  const [eu, us] = [await simulate(), await simulate()];
  way = await openSilentCluster(us, () => state.isAway);
  play = await openPlay({
    cluster: at('eu', eu),
    otherClusters: [at('us', way.url)],
    clusters: { us: { alerts: { labels: ['us-east-1'] } } },
    namespaces: { production: [], protected: [] },
    storm: { incidentsPerMinute: 4 },
  });
});

afterAll(async () => {
  way?.close();
  await play?.close();
  await Promise.all(clusters.map((each) => each.stop()));
});

const alertOf = (deployment: string, cluster?: string) => ({
  status: 'firing',
  labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', deployment, ...(cluster && { cluster }) },
  startsAt: new Date().toISOString(),
});

/** What alerts brought about in a cluster, each as often; not the cards in the place of those that the storm has overtaken. */
const proposedIn = async (cluster: string): Promise<readonly unknown[]> => {
  const found: unknown[] = await play
    .knex('remediations')
    .where({ cluster })
    .whereNot('state', 'requested')
    .whereRaw("data ->> 'replaces' is null")
    .pluck('target_key');
  return found.toSorted();
};

const allOf = (cluster: string) => failing.map((name) => `${cluster}/shop/Deployment/${name}`).toSorted();

const said = (words: string) => play.slack.messages().filter(({ text }) => text.includes(words));
const ofUs = 'for the API of the cluster us';

test('those for the cluster that answers are proposed for at once, the others wait, and one message says so', async () => {
  const alerts = failing.flatMap((name) => [alertOf(name), alertOf(name, 'us-east-1')]);
  expect(await play.alert(alerts)).toBe(200);
  await eventually(async () => expect(await proposedIn('eu')).toEqual(allOf('eu')));
  await eventually(() =>
    expect(said(`${failing.length} alerts wait ${ofUs}, which does not answer`)).toHaveLength(1),
  );
  expect(said(ofUs)).toHaveLength(1);
  expect(said('cluster eu, which does not answer')).toEqual([]);
  expect(await proposedIn('us')).toEqual([]);
});

test('when it is back each is proposed for, once, and the message says that none waits any more', async () => {
  state.isAway = false;
  // They are looked at again in half a minute; that is now.
  await play.knex.raw(`update pgboss.job set start_after = now()
    where name = 'wake' and state < 'active' and start_after > now() and data->>'kind' in ('triage', 'step')`);
  await play.knex.raw(`select pg_notify('firebreak', 'job')`);
  await eventually(async () => expect(await proposedIn('us')).toEqual(allOf('us')));
  await eventually(() => expect(said(`No alert waits ${ofUs} any more.`)).toHaveLength(1));
  expect(said(ofUs)).toHaveLength(1);
  expect(await proposedIn('us')).toEqual(allOf('us'));
  expect(await proposedIn('eu')).toEqual(allOf('eu'));
  expect(said('Storm: ')).toHaveLength(1);
  expect(await play.knex('incidents').where({ state: 'received' })).toEqual([]);
});
