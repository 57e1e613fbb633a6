import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { edited, put } from '../../src/simulator/tree.ts';
import { cronJob, deployment, disruptionBudget, namespace, node } from '../../src/simulator/workloads.ts';
import type { DoubleMessage } from '../adapters/slack/double/workspace.ts';
import { inPool, ofContainer, poolNode } from '../fixtures/manifests.ts';
import { untilFull } from '../support/sandbox.ts';
import { unhurried } from '../support/unhurried.ts';
import { openPlay, type Play } from './play.ts';

const app = (name: string, image = `registry.example/${name}:1.0.0`, replicas = 2): JsonObject =>
  deployment({ name, namespace: 'shop', image, replicas });

const nightly = (name: string): JsonObject =>
  cronJob({ name, namespace: 'shop', image: `registry.example/${name}:1.0.0`, schedule: '0 0 29 2 *' });

const objects: readonly JsonObject[] = [
  namespace('shop'),
  ...['cart', 'search', 'stock', 'prices', 'orders', 'front', 'mail'].map((name) => app(name)),
  edited(app('held'), (draft) => put(draft, ['spec', 'paused'], true)),
  ...['north', 'south'].map((name) => ofContainer('app', app(name, 'registry.example/app:1.0.0'))),
  nightly('report'),
  nightly('digest'),
  node('spare-1', '10.0.0.41', 'worker', 'zone-b'),
];

/** Three pods on each node of the pool, and a budget that lets them go one after the other. */
const pool: readonly JsonObject[] = [
  namespace('shop'),
  poolNode('batch-1', '10.0.0.31'),
  poolNode('batch-2', '10.0.0.32'),
  inPool(app('index', undefined, 6)),
  disruptionBudget('index', 'shop', 5),
];

let cluster: SimulatedCluster;
let play: Play;
/** A channel of their own for those that have much to tell, so that nobody waits for the pace of the other. */
let quiet: Play;
/** Pods take seconds to be ready here, so that the budget is still used up when the next one is to go. */
let slowCluster: SimulatedCluster;
let slow: Play;

const playOn = (on: SimulatedCluster): Promise<Play> =>
  openPlay({
    cluster: async (log) =>
      createCluster({ name: 'sandbox', connection: plainConnection(on.url), log, ...unhurried }),
    namespaces: { production: ['shop'], protected: [] },
  });

beforeAll(async () => {
  cluster = await createSimulatedCluster({ speed: 6 });
  slowCluster = await createSimulatedCluster({ speed: 0.3 });
  for (const object of objects) cluster.apply(object);
  for (const object of pool) slowCluster.apply(object);
  // All but the paused one.
  await Promise.all([untilFull(cluster.url, 9), untilFull(slowCluster.url, 1)]);
  [play, quiet, slow] = await Promise.all([playOn(cluster), playOn(cluster), playOn(slowCluster)]);
});

afterAll(async () => {
  await Promise.all([play?.close(), quiet?.close(), slow?.close()]);
  await Promise.all([cluster?.stop(), slowCluster?.stop()]);
});

const textOf = ({ blocks }: DoubleMessage): string => JSON.stringify(blocks);

/** Asks as alice, and approves as bob what must say all this; resolves with the card of what was verified. */
async function verified(on: Play, command: string, says: readonly string[]): Promise<DoubleMessage> {
  const number = await on.ask('U0ALICE', command);
  const waiting = await on.card(number, 'Approval needed');
  for (const words of ['One person must approve', ...says]) expect(textOf(waiting)).toContain(words);
  expect(await on.click('U0BOB', waiting, 'approve')).toContain(
    'Approved, 1 of 1. It runs now, unless something has changed since.',
  );
  const card = await on.card(number, 'Verified');
  expect(card.ts).toBe(waiting.ts);
  expect(await on.reply(card, 'Approved by')).toContain('<@U0BOB>');
  return card;
}

test.concurrent('objects chosen by label are one card, one approval and one verdict that names each', async () => {
  const card = await verified(play, "rollout restart deployment -l 'app in (cart,search)' -n shop", [
    '2 Deployments in shop with app in (cart,search): cart, search',
    'All pods of Deployment/cart in shop are replaced; the template stays as it is. The same for search.',
    '*+6* A restart cannot be taken back',
    'cart: 2 pods are replaced.',
    'search: 2 pods are replaced.',
  ]);
  const [executed, told] = [await play.reply(card, 'Executed'), await play.reply(card, 'Verified')];
  for (const name of ['cart', 'search']) {
    expect(executed).toContain(`Restart Deployment/${name} in shop`);
    expect(told).toContain(`Deployment/${name} in shop: all 2 pods are ready and of the new revision`);
  }
  expect(play.slack.messages().filter(({ text }) => text.includes('Deployments with app in'))).toHaveLength(
    1,
  );
});

test.concurrent('one of several that is blocked blocks them all', async () => {
  const number = await play.ask('U0ALICE', 'rollout restart deployment/stock deployment/held -n shop');
  const card = await play.card(number, 'Blocked');
  expect(textOf(card)).toContain('2 Deployments in shop: stock, held');
  expect(card.text).toContain('Deployment/held is paused: a restart would do nothing. Resume it first.');
  expect(textOf(card)).not.toContain('"Approve"');
});

test.concurrent.each([
  {
    command: 'set env deployment/prices LOG_LEVEL=debug -n shop',
    says: [
      'In Deployment/prices in shop prices runs with LOG_LEVEL set.',
      'It changes how the code of Deployment/prices runs.',
      '*Rollback:* Undo Deployment/prices in shop to revision 1',
    ],
    proof: 'Deployment/prices in shop: all 2 pods are ready and of the new revision',
  },
  {
    command: 'set resources deployment/orders --limits=memory=512Mi --requests=cpu=200m -n shop',
    says: [
      'orders: cpu request from 100m to 200m',
      'orders has a memory limit of 512Mi, a cpu request of 200m',
    ],
    proof: 'Deployment/orders in shop: all 2 pods are ready and of the new revision',
  },
  {
    command: 'label deployment/front team=storefront -n shop',
    says: [
      'Deployment/front in shop has the label team=storefront.',
      'Put the labels of Deployment/front in shop back',
    ],
    proof: 'Deployment/front in shop has the label team=storefront.',
  },
  {
    command: 'create job report-now --from=cronjob/report -n shop',
    says: [
      'run CronJob/report in shop as Job/report-now',
      'It runs now, whatever the schedule says',
      '*Rollback:* Delete Job/report-now in shop',
    ],
    proof: 'Job/report-now in shop has completed',
  },
  {
    command: 'suspend cronjob/digest -n shop',
    says: ['CronJob/digest in shop starts no runs until it is resumed', '*Rollback:* Resume CronJob/digest'],
    proof: 'CronJob/digest in shop is suspended',
  },
])('/remediate $command waits, runs and is verified', async ({ command, says, proof }) => {
  const card = await verified(play, command, says);
  expect(await play.reply(card, 'Verified')).toContain(proof);
});

test.concurrent('an autoscaler is made, and its limit is raised by a patch', async () => {
  const made = await verified(quiet, 'autoscale deployment/mail --min=2 --max=4 --cpu=70% -n shop', [
    'HorizontalPodAutoscaler/mail keeps Deployment/mail in shop at 2 to 4 replicas',
    'kubectl delete hpa mail -n shop',
  ]);
  expect(await quiet.reply(made, 'Verified')).toContain('keeps 2 to 4 replicas and has 2');
  const patch = `patch hpa/mail -p '{"spec":{"maxReplicas":6}}' -n shop`;
  const raised = await verified(quiet, patch, [
    'HorizontalPodAutoscaler/mail in shop has spec.maxReplicas 6.',
    '*Rollback:* Set spec.maxReplicas to 4',
  ]);
  expect(await quiet.reply(raised, 'Executed')).toContain('Set spec.maxReplicas from 4 to 6');
  expect(await quiet.reply(raised, 'Verified')).toContain(
    'HorizontalPodAutoscaler/mail in shop has spec.maxReplicas 6.',
  );
});

test.concurrent('a taint that no pod has to leave for runs by itself', async () => {
  const number = await play.ask('U0ALICE', 'taint node spare-1 maintenance=soon:PreferNoSchedule');
  const card = await play.card(number, 'Verified');
  expect(textOf(card)).toContain('not needed, runs by itself');
  expect(textOf(card)).toContain('*Rollback:* On Node/spare-1 remove maintenance:PreferNoSchedule.');
  expect(await play.reply(card, 'Verified')).toContain(
    'Node/spare-1 has the taint maintenance=soon:PreferNoSchedule.',
  );
});

test.concurrent('a drain tells how far it has come, and is verified when its pods have left', async () => {
  const number = await slow.ask('U0ALICE', 'drain batch-1 --ignore-daemonsets');
  const waiting = await slow.card(number, 'Approval needed');
  expect(textOf(waiting)).toContain('3 pods are evicted.');
  expect(textOf(waiting)).toContain('its pods are evicted as their budgets allow');
  await slow.click('U0BOB', waiting, 'approve');
  const held = await slow.slack.until(() =>
    slow.slack.messages().find(({ ts, text }) => ts === waiting.ts && text.includes('Done so far')),
  );
  expect(held.text).toMatch(/Pod index-\S+ in namespace shop may not be evicted now: .*: [23] of 4 steps\./);
  const card = await slow.card(number, 'Verified');
  const executed = await slow.reply(card, 'Executed');
  expect(executed).toContain('Cordon Node/batch-1.');
  const evicted = executed.matchAll(/Evict Pod\/(index-\S+) in shop; Deployment\/index starts another/g);
  expect(new Set([...evicted].map(([, pod]) => pod)).size).toBe(3);
  expect(await slow.reply(card, 'Verified')).toContain(
    'All 3 pods that had to go from Node/batch-1 have left, and what ran there is ready elsewhere.',
  );
});

test.concurrent('several that do not work: the rollback is offered on a card for each', async () => {
  const number = await quiet.ask(
    'U0ALICE',
    'set image deployment/north deployment/south app=registry.example/app:bad -n shop',
  );
  const waiting = await quiet.card(number, 'Approval needed');
  expect(textOf(waiting)).toContain('*Rollback:* one for each.');
  await quiet.click('U0BOB', waiting, 'approve');
  const failed = await quiet.card(number, 'Failed in verification');
  const told = await quiet.reply(failed, 'Not verified');
  for (const name of ['north', 'south']) expect(told).toMatch(new RegExp(`Pod ${name}-\\S+ is in \\w*Image`));
  const words = `rollback of remediation ${number}"`;
  const offers = await quiet.slack.until(() => {
    const found = quiet.slack.messages().filter((each) => textOf(each).includes(words));
    return found.length === 2 ? found : undefined;
  });
  for (const { text } of offers) {
    const offer = Number(/\(remediation (\d+)\)/.exec(text)?.[1]);
    const name = text.includes('Deployment/north') ? 'north' : 'south';
    const back = await quiet.card(offer, 'Approval needed');
    expect(textOf(back)).toContain('app runs registry.example/app:1.0.0');
    await quiet.click('U0CAROL', back, 'approve');
    const healed = await quiet.card(offer, 'Verified');
    const whole = `Deployment/${name} in shop: all 2 pods are ready`;
    expect(await quiet.reply(healed, whole)).toContain('Verified');
  }
  expect(offers.map(({ text }) => /Deployment\/(\w+)/.exec(text)?.[1]).toSorted()).toEqual([
    'north',
    'south',
  ]);
});
