import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { curedByAnnotation, lastWordsAnnotation } from '../../src/simulator/kubelet/behaviour.ts';
import { deployment, namespace, type Workload } from '../../src/simulator/workloads.ts';
import { untilFull } from '../support/sandbox.ts';
import { unhurried } from '../support/unhurried.ts';
import { openPlay, type Play } from './play.ts';

const lastWords = 'level=fatal msg="cannot read the price list"';

const workloads: readonly (Omit<Workload, 'image'> & { image?: string })[] = [
  { name: 'web', namespace: 'shop', replicas: 3 },
  { name: 'search', namespace: 'shop', replicas: 3 },
  { name: 'prices', namespace: 'shop', replicas: 3, behaviour: { [lastWordsAnnotation]: lastWords } },
  { name: 'checkout', namespace: 'shop', replicas: 2, behaviour: { [curedByAnnotation]: 'restart' } },
  { name: 'gateway', namespace: 'payments', replicas: 3 },
  { name: 'invoices', namespace: 'payments', replicas: 3 },
  { name: 'receipts', namespace: 'payments', replicas: 3 },
  { name: 'ledger', namespace: 'payments', strategy: 'Recreate' },
  { name: 'coredns', namespace: 'kube-system', replicas: 2 },
];

const namespaces = { production: ['payments'], protected: ['kube-system'] };

let cluster: SimulatedCluster;
let play: Play;

const adapter: Parameters<typeof openPlay>[0]['cluster'] = async (log) =>
  createCluster({ name: 'sandbox', connection: plainConnection(cluster.url), log, ...unhurried });

beforeAll(async () => {
  cluster = await createSimulatedCluster({ speed: 6 });
  for (const name of ['shop', 'payments']) cluster.apply(namespace(name));
  for (const workload of workloads)
    cluster.apply(deployment({ image: `registry.example/${workload.name}:1.0.0`, ...workload }));
  // All but the one that crashes.
  await untilFull(cluster.url, workloads.length - 1);
  play = await openPlay({ cluster: adapter, namespaces });
});

afterAll(async () => {
  await play?.close();
  await cluster?.stop();
});

// Each test has a target of its own, and all wait for the same pace of one message a second: they wait together.
test.concurrent('auto: runs by itself, is verified, and says so in the thread', async () => {
  const number = await play.ask('U0ALICE', 'rollout restart deployment/web -n shop -- new certificate');
  const card = await play.card(number, 'Verified');
  expect(JSON.stringify(card.blocks)).toContain('Reason: new certificate');
  expect(JSON.stringify(card.blocks)).toContain('tier auto: runs by itself');
  expect(await play.reply(card, 'Executed')).toContain('restartedAt');
  expect(await play.reply(card, 'Verified')).toContain('all 3 pods are ready and of the new revision');
});

test.concurrent('human: waits for one person other than the requester', async () => {
  const number = await play.ask('U0ALICE', 'rollout restart deployment/gateway -n payments');
  const waiting = await play.card(number, 'Approval needed');
  expect(JSON.stringify(waiting.blocks)).toContain('One person must approve');
  expect(await play.click('U0ALICE', waiting, 'approve')).toMatch(/own|requester|asked/i);
  expect(await play.click('U0GUEST', waiting, 'approve')).toMatch(/guest|may not|not among/i);
  expect(await play.click('U0BOB', waiting, 'approve', 'T0OTHER')).toContain('only to members');
  expect(await play.click('U0BOB', waiting, 'approve')).toContain(
    'Approved, 1 of 1. It runs now, unless something has changed since.',
  );
  const card = await play.card(number, 'Verified');
  expect(card.ts).toBe(waiting.ts);
  expect(await play.reply(card, 'Approved by')).toContain('<@U0BOB>');
  expect(await play.reply(card, 'Verified')).toContain('all 3 pods are ready');
  expect(await play.click('U0CAROL', waiting, 'approve')).toContain('has been carried out and verified');
});

test.concurrent('dual: waits for two different people', async () => {
  const number = await play.ask('U0ALICE', 'rollout restart deployment/ledger -n payments');
  const waiting = await play.card(number, 'Approval needed');
  expect(JSON.stringify(waiting.blocks)).toContain('tier dual: two people must approve');
  expect(await play.click('U0BOB', waiting, 'approve')).toContain('1 of 2. One more person');
  expect(await play.click('U0BOB', waiting, 'approve')).toMatch(/already/i);
  expect(await play.click('U0CAROL', waiting, 'approve')).toContain(
    '2 of 2. It runs now, unless something has changed since.',
  );
  const card = await play.card(number, 'Verified');
  expect(await play.reply(card, '1 of 2, by')).toContain('<@U0BOB>');
  expect(await play.reply(card, 'Approved by')).toContain('<@U0CAROL>');
});

test.concurrent('blocked: names the rule and offers no button', async () => {
  const number = await play.ask('U0ALICE', 'rollout restart deployment/coredns -n kube-system');
  const card = await play.card(number, 'Blocked');
  expect(card.text).toContain('The namespace kube-system is protected.');
  expect(JSON.stringify(card.blocks)).not.toContain('"Approve"');
  const logged = play
    .knex('automation_operation_log as log')
    .join('remediations as r', 'r.id', 'log.remediation_id');
  expect(await logged.where('r.number', number).first('outcome', 'detail')).toMatchObject({
    outcome: 'no_action',
    detail: expect.stringContaining('blocked'),
  });
});

test.concurrent('a rejected request changes nothing', async () => {
  const number = await play.ask('U0ALICE', 'rollout restart deployment/invoices -n payments');
  const waiting = await play.card(number, 'Approval needed');
  await play.click('U0BOB', waiting, 'reject');
  const card = await play.card(number, 'Rejected');
  expect(await play.reply(card, 'Rejected by')).toContain('<@U0BOB>');
  expect(await play.click('U0CAROL', waiting, 'approve')).toContain('was rejected');
  expect(JSON.stringify(card.blocks)).not.toContain('Changes made in the cluster');
});

test.concurrent("not verified: the thread has the failing pods' words, and the rollback is offered and works", async () => {
  const number = await play.ask(
    'U0ALICE',
    'set image deployment/prices prices=registry.example/prices:crash -n shop',
  );
  await play.click('U0BOB', await play.card(number, 'Approval needed'), 'approve');
  const failed = await play.card(number, 'Failed in verification');
  const stderr = await play.reply(failed, 'Not verified');
  expect(stderr).toContain('cannot read the price list');
  const rollback = await play.offer(number);
  const waiting = await play.card(rollback, 'Approval needed');
  expect(JSON.stringify(waiting.blocks)).toContain('registry.example/prices:1.0.0');
  await play.click('U0CAROL', waiting, 'approve');
  const healed = await play.card(rollback, 'Verified');
  expect(await play.reply(healed, 'Verified')).toContain('all 3 pods are ready');
});

const firing = (labels: object, fingerprint: string) => ({
  status: 'firing',
  labels,
  annotations: { summary: `${fingerprint} fires.` },
  startsAt: '2026-03-01T12:00:00.000Z',
  fingerprint,
});

const podList = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

async function podOf(name: string): Promise<string> {
  const response = await fetch(`${cluster.url}/api/v1/namespaces/shop/pods?labelSelector=app%3D${name}`);
  return podList.parse(await response.json()).items.at(0)?.metadata.name ?? 'none';
}

test.concurrent('an alert restarts what its pod belongs to, and it will be looked whether it lasts', async () => {
  const alert = firing(
    { alertname: 'KubePodCrashLooping', namespace: 'shop', pod: await podOf('checkout') },
    'checkout',
  );
  expect(await play.alert([alert])).toBe(200);
  const requested = await play.slack.until(() =>
    play.slack.messages().find(({ text }) => text.includes('restart Deployment/checkout')),
  );
  const number = Number(/\(remediation (\d+)\)/.exec(requested.text)?.[1]);
  const row = await play.running.context.store.byNumber(number);
  if (row?.state === 'waiting')
    await play.click('U0BOB', await play.card(number, 'Approval needed'), 'approve');
  const card = await play.card(number, 'Verified');
  expect(JSON.stringify(card.blocks)).toContain('restart-crash-looping');
  // That it was verified earns nothing yet: in some hours it is looked whether it has lasted.
  expect(await play.knex('playbook_outcomes').where('playbook', 'restart-crash-looping')).toEqual([]);
  expect(await play.knex('second_looks').where('remediation_id', row?.id).first('result')).toEqual({
    result: null,
  });

  expect(await play.alert([{ ...alert, status: 'resolved', endsAt: '2026-03-01T12:05:00.000Z' }])).toBe(200);
  expect(await play.reply(card, 'Alert resolved')).toContain('2026-03-01 12:05 UTC');
  expect(await play.alert([alert])).toBe(200);
  expect(
    play.slack.messages().filter(({ text }) => text.includes('restart Deployment/checkout')),
  ).toHaveLength(1);
});

test.concurrent('an alert that no playbook knows is shown and logged, and nothing is done', async () => {
  expect(await play.alert([firing({ alertname: 'DiskAlmostFull', severity: 'page' }, 'disk')])).toBe(200);
  const shown = await play.slack.until(() =>
    play.slack.messages().find(({ text }) => text.includes('DiskAlmostFull')),
  );
  expect(JSON.stringify(shown.blocks)).toContain('No playbook matches the alert DiskAlmostFull.');
  const logged = await play
    .knex('automation_operation_log')
    .where('detail', 'like', '%DiskAlmostFull%')
    .first('outcome');
  expect(logged).toEqual({ outcome: 'no_action' });
});

test.concurrent.each([
  { text: 'help', says: '/remediate rollout restart deployment/web -n shop' },
  { text: 'history', says: 'remediation' },
  { text: 'status', says: 'way' },
  { text: 'status 4711', says: 'There is no remediation' },
  { text: 'rollout restart deployment/web | sh', says: '^' },
])('/remediate $text is answered to its sender alone', async ({ text, says }) => {
  expect(await play.type('U0CAROL', text)).toContain(says);
});

test.concurrent('a target that is not there ends as nothing done, with the reason', async () => {
  const number = await play.ask('U0ALICE', 'rollout restart deployment/nobody -n shop');
  const card = await play.card(number, 'Nothing done');
  expect(card.text).toContain('nobody');
});

test('a request that nobody decides expires', async () => {
  const impatient = await openPlay({ cluster: adapter, namespaces, approvalTtl: 2 });
  const number = await impatient.ask('U0ALICE', 'rollout restart deployment/receipts -n payments');
  const waiting = await impatient.card(number, 'Approval needed');
  const card = await impatient.card(number, 'Expired');
  expect(card.ts).toBe(waiting.ts);
  expect(await impatient.reply(card, 'not enough approvals in time')).toContain('Nothing was changed.');
  expect(await impatient.click('U0BOB', waiting, 'approve')).toContain('has expired');

  // Who finds it too late asks anew, in their own name: once, whoever clicks and however often.
  expect(JSON.stringify(card.blocks)).toContain('Ask anew');
  expect(await impatient.click('U0GUEST', card, 'askAnew')).toMatch(/guest|may not|not among/i);
  const told = await impatient.click('U0BOB', card, 'askAnew');
  const again = Number(/Remediation (\d+)\./.exec(told)?.[1]);
  expect(await impatient.click('U0CAROL', card, 'askAnew')).toMatch(
    new RegExp(`Remediation ${again} (asks the same already|has expired)`),
  );
  expect(await impatient.knex('remediations').pluck('number').orderBy('number')).toEqual([number, again]);
  const next = await impatient.card(again, 'Expired');
  expect(JSON.stringify(next.blocks)).toContain('*Requested by*\\n<@U0BOB>');
  expect(JSON.stringify(next.blocks)).toContain(
    `*Asked anew:* remediation ${number}, asked for by <@U0ALICE>, expired at `,
  );
  await impatient.close();
});
