import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import type { RequestLine } from '../../src/simulator/api/server.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { edited, put } from '../../src/simulator/tree.ts';
import {
  deployment,
  disruptionBudget,
  namespace,
  service,
  statefulSet,
} from '../../src/simulator/workloads.ts';
import type { DoubleMessage } from '../adapters/slack/double/workspace.ts';
import { inPool, ofContainer, poolNode } from '../fixtures/manifests.ts';
import { untilFull } from '../support/sandbox.ts';
import { unhurried } from '../support/unhurried.ts';
import { openPlay, type Play } from './play.ts';

/* What a card says is held until the end: on PostgreSQL, the simulated cluster and Slack's double. */

const image = (name: string, tag: string) => `registry.example/${name}:${tag}`;
const web = (tag: string): JsonObject =>
  deployment({ name: 'web', namespace: 'shop', image: image('web', tag), replicas: 2 });
const store = (tag: string): JsonObject =>
  ofContainer(
    'app',
    statefulSet({ name: 'store', namespace: 'data', image: image('store', tag), replicas: 2 }),
  );
const front = service('index', 'shop');

const objects: readonly JsonObject[] = [
  ...['shop', 'data'].map((name) => namespace(name)),
  web('1.0.0'),
  store('1.0.0'),
  // Three pods on each node of the pool, and a budget that lets them go one after the other.
  poolNode('batch-1', '10.0.0.31'),
  poolNode('batch-2', '10.0.0.32'),
  inPool(deployment({ name: 'index', namespace: 'shop', image: image('index', '1.0.0'), replicas: 6 })),
  disruptionBudget('index', 'shop', 5),
  front,
];

let cluster: SimulatedCluster;
let play: Play;
const requests: RequestLine[] = [];
/** Done at the first eviction that is allowed. */
let atFirstEviction = (): void => undefined;

const evictions = () =>
  requests.filter(({ path, changed, dryRun }) => path.endsWith('/eviction') && changed && !dryRun);

beforeAll(async () => {
  cluster = await createSimulatedCluster({
    speed: 6,
    onRequest: (line) => {
      requests.push(line);
      if (evictions().length > 0) atFirstEviction();
    },
  });
  for (const object of objects) cluster.apply(object);
  await untilFull(cluster.url, 2);
  await imagesBecome('data', ['1.0.0', '1.0.0']);
  play = await openPlay({
    cluster: async (log) =>
      createCluster({ name: 'sandbox', connection: plainConnection(cluster.url), log, ...unhurried }),
    namespaces: { production: [], protected: [] },
  });
});

afterAll(async () => {
  await play?.close();
  await cluster?.stop();
});

const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), uid: z.string() }),
      spec: z.object({ containers: z.array(z.object({ image: z.string() })) }),
      status: z.object({
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
      }),
    }),
  ),
});

async function podsIn(inNamespace: string) {
  const response = await fetch(`${cluster.url}/api/v1/namespaces/${inNamespace}/pods`);
  return podList.parse(await response.json()).items.map(({ metadata, spec, status }) => ({
    ...metadata,
    tag: spec.containers[0]?.image.split(':')[1] ?? '',
    ready: status.conditions.some((each) => each.type === 'Ready' && each.status === 'True'),
  }));
}

/** Resolves when the ready pods of a namespace are of these tags. */
async function imagesBecome(inNamespace: string, tags: readonly string[]): Promise<void> {
  for (;;) {
    const ready = (await podsIn(inNamespace)).filter((pod) => pod.ready).map(({ tag }) => tag);
    if (ready.toSorted().join() === tags.toSorted().join()) return;
    await sleep(50);
  }
}

const textOf = ({ blocks }: DoubleMessage): string => JSON.stringify(blocks);

/** Asks as alice; resolves with the number and the card that waits. */
async function asked(command: string) {
  const number = await play.ask('U0ALICE', command);
  return { number, card: await play.card(number, 'Approval needed') };
}

const evidence = z.object({ verdict: z.string().nullable(), filed: z.string().nullable() });

const verdictOn = async (number: number) =>
  evidence.parse(
    await play
      .knex('remediations as r')
      .leftJoin('incident_evidence as e', 'e.remediation_id', 'r.id')
      .where('r.number', number)
      .first('r.verdict', play.knex.raw("e.verification_result->>'result' as filed")),
  );

test.concurrent('a condition that breaks between two evictions stops the drain, which is not verified and taken back', async () => {
  atFirstEviction = () => {
    atFirstEviction = () => undefined;
    // Somebody points the Service at pods that are not there.
    cluster.apply(edited(front, (draft) => put(draft, ['spec', 'selector'], { app: 'nobody' })));
  };
  const { number, card } = await asked('drain batch-1 --ignore-daemonsets');
  expect(textOf(card)).toContain('Service/index in shop must keep at least');
  for (const user of ['U0BOB', 'U0CAROL']) await play.click(user, card, 'approve');
  const failed = await play.card(number, 'Failed in execution');
  for (const words of [
    'Nothing more is sent: ',
    'Service/index in shop must keep at least',
    'Service/index in shop has 0 ready endpoints.',
  ])
    expect(failed.text).toContain(words);
  expect(failed.text).toMatch(/Done so far: 2 of 4 steps/);
  expect(await verdictOn(number)).toEqual({ verdict: 'not_verified', filed: 'not_verified' });
  const rollback = await play.offer(number);
  const waiting = await play.card(rollback, 'Approval needed');
  expect(waiting.text).toContain('Node/batch-1');
  expect(evictions()).toHaveLength(1);
  await play.click('U0BOB', waiting, 'approve');
  await play.card(rollback, 'Verified');
  expect(evictions(), 'nothing is evicted any more').toHaveLength(1);
});

test.concurrent('the second undo in a row names what the first went back from, and asks two people', async () => {
  cluster.apply(web('2.0.0'));
  await untilWeb('2.0.0');
  const first = await asked('rollout undo deployment/web -n shop');
  await play.click('U0BOB', first.card, 'approve');
  await play.card(first.number, 'Verified');
  await untilWeb('1.0.0');
  const second = await asked('rollout undo deployment/web -n shop');
  expect(textOf(second.card)).toContain('two people must approve');
  expect(textOf(second.card)).toContain(
    `Revision 2 was left as failing: remediation ${first.number} went back from it`,
  );
  expect(await play.click('U0BOB', second.card, 'approve')).toContain('1 of 2');
});

async function untilWeb(tag: string): Promise<void> {
  for (;;) {
    const pods = (await podsIn('shop')).filter(({ name }) => name.startsWith('web-'));
    if (pods.length === 2 && pods.every((pod) => pod.ready && pod.tag === tag)) return;
    await sleep(50);
  }
}

test.concurrent('an undo of an OrderedReady StatefulSet frees it of the pod that holds it up', async () => {
  cluster.apply(store('bad'));
  await imagesBecome('data', ['1.0.0']);
  const broken = (await podsIn('data')).find(({ tag }) => tag === 'bad');
  const { number, card } = await asked('rollout undo statefulset/store -n data');
  expect(textOf(card)).toContain(`Pod/${broken?.name}`);
  for (const user of ['U0BOB', 'U0CAROL']) await play.click(user, card, 'approve');
  await play.card(number, 'Verified');
  await imagesBecome('data', ['1.0.0', '1.0.0']);
  const deleted = requests.filter(({ method, changed, dryRun }) => method === 'DELETE' && changed && !dryRun);
  expect(deleted.map(({ path }) => path)).toEqual([`/api/v1/namespaces/data/pods/${broken?.name}`]);
});
