import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connect } from '../../src/adapters/kubernetes/client/connect.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { deployment, type Workload } from '../../src/simulator/workloads.ts';
import { openPlay, type Play } from '../journey/play.ts';
import { unhurried } from '../support/unhurried.ts';
import { writeKubeconfig } from './credentials.ts';
import { applyShared, freshNamespace, kubectl } from './oracle.ts';

const rbac = resolve(import.meta.dirname, '../../deploy/base/rbac.yaml');
const account = '--serviceaccount=firebreak:firebreak';

let folder: string;
let place: { shop: string; payments: string; core: string; foreign: string };
let play: Play;

/** Everything Firebreak does here it does as the service account of deploy/base/rbac.yaml, with its own token. */
beforeAll(async () => {
  await applyShared(rbac);
  const [shop, payments, core, foreign] = await Promise.all(
    ['shop', 'payments', 'core', 'foreign'].map(freshNamespace),
  );
  if (!shop || !payments || !core || !foreign) throw new Error('a namespace is missing');
  place = { shop, payments, core, foreign };
  for (const namespace of [shop, payments, core])
    await kubectl([
      'create',
      'rolebinding',
      'firebreak',
      '-n',
      namespace,
      '--clusterrole=firebreak-act',
      account,
    ]);
  await Promise.all(
    [
      { name: 'web', namespace: shop, replicas: 3 },
      { name: 'prices', namespace: shop, replicas: 2 },
      { name: 'gateway', namespace: payments, replicas: 3 },
      { name: 'ledger', namespace: payments, strategy: 'Recreate' as const },
      { name: 'dns', namespace: core },
      { name: 'web', namespace: foreign, replicas: 3 },
    ].map(born),
  );
  folder = await mkdtemp(join(tmpdir(), 'firebreak-token-'));
  const { url, ca } = inject('controlPlane');
  const kubeconfigPath = join(folder, 'kubeconfig.json');
  const token = (await kubectl(['create', 'token', 'firebreak', '-n', 'firebreak'])).trim();
  writeKubeconfig({ name: 'firebreak', token, kubeconfigPath }, { url, ca });
  play = await openPlay({
    cluster: async (log) => {
      const connection = await connect({ kubeconfig: kubeconfigPath });
      return createCluster({ name: connection.cluster, connection, log, ...unhurried });
    },
    namespaces: { production: [payments], protected: [core] },
  });
});

afterAll(async () => {
  await play?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

async function born(workload: Omit<Workload, 'image'>): Promise<void> {
  const { name, namespace } = workload;
  const manifest = deployment({ image: `registry.example/${name}:1.0.0`, ...workload });
  await kubectl(['apply', '-f', '-'], JSON.stringify(manifest));
  await kubectl(['rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=300s']);
}

const podsOf = (name: string, namespace: string) =>
  kubectl([
    'get',
    'pods',
    '-n',
    namespace,
    '-l',
    `app=${name}`,
    '--output=jsonpath={.items[*].metadata.uid}',
  ]);

const imageOf = (name: string, namespace: string) =>
  kubectl(['get', `deployment/${name}`, '-n', namespace, '--output=jsonpath={..containers[0].image}']);

test.concurrent('auto: three pods are new, and Slack says Verified', async () => {
  const before = await podsOf('web', place.shop);
  const number = await play.ask('U0ALICE', `rollout restart deployment/web -n ${place.shop}`);
  const card = await play.card(number, 'Verified');
  expect(await play.reply(card, 'Verified')).toContain('all 3 pods are ready and of the new revision');
  const after = await podsOf('web', place.shop);
  for (const uid of before.split(' ')) expect(after).not.toContain(uid);
});

test.concurrent('human: nothing moves before bob agrees', async () => {
  const before = await podsOf('gateway', place.payments);
  const number = await play.ask('U0ALICE', `rollout restart deployment/gateway -n ${place.payments}`);
  const waiting = await play.card(number, 'Approval needed');
  expect(JSON.stringify(waiting.blocks)).toContain('tier human');
  expect(await podsOf('gateway', place.payments)).toBe(before);
  await play.click('U0BOB', waiting, 'approve');
  const card = await play.card(number, 'Verified');
  await play.reply(card, 'Verified');
  const after = await podsOf('gateway', place.payments);
  for (const uid of before.split(' ')) expect(after).not.toContain(uid);
});

test.concurrent('dual: nothing moves before bob and carol agree', async () => {
  const before = await podsOf('ledger', place.payments);
  const number = await play.ask('U0ALICE', `rollout restart deployment/ledger -n ${place.payments}`);
  const waiting = await play.card(number, 'Approval needed');
  expect(JSON.stringify(waiting.blocks)).toContain('tier dual');
  await play.click('U0BOB', waiting, 'approve');
  expect(await podsOf('ledger', place.payments)).toBe(before);
  await play.click('U0CAROL', waiting, 'approve');
  await play.card(number, 'Verified');
  expect(await podsOf('ledger', place.payments)).not.toContain(before);
});

test.concurrent('blocked: the protected namespace keeps its pods', async () => {
  const before = await podsOf('dns', place.core);
  const number = await play.ask('U0ALICE', `rollout restart deployment/dns -n ${place.core}`);
  const card = await play.card(number, 'Blocked');
  expect(card.text).toContain(`The namespace ${place.core} is protected.`);
  expect(await podsOf('dns', place.core)).toBe(before);
});

test.concurrent('not verified: an image that crashes is found out, and the rollback restores the live one', async () => {
  const command = `set image deployment/prices prices=registry.example/prices:crash -n ${place.shop}`;
  const number = await play.ask('U0ALICE', command);
  await play.click('U0BOB', await play.card(number, 'Approval needed'), 'approve');
  const failed = await play.card(number, 'Failed in verification');
  expect(await play.reply(failed, 'Not verified')).toContain('CrashLoopBackOff');
  expect(await imageOf('prices', place.shop)).toBe('registry.example/prices:crash');
  const offer = await play.offer(number);
  await play.click('U0CAROL', await play.card(offer, 'Approval needed'), 'approve');
  await play.card(offer, 'Verified');
  expect(await imageOf('prices', place.shop)).toBe('registry.example/prices:1.0.0');
});

test.concurrent('where the role is not bound, the dry run names the verb and the resource', async () => {
  const before = await podsOf('web', place.foreign);
  const number = await play.ask('U0ALICE', `rollout restart deployment/web -n ${place.foreign}`);
  const card = await play.card(number, 'Failed in dry run');
  expect(card.text).toContain(`patch deployments.apps in namespace ${place.foreign}`);
  expect(await podsOf('web', place.foreign)).toBe(before);
});

test.concurrent('nodes are not granted with the rest', async () => {
  const number = await play.ask('U0ALICE', 'cordon node-0');
  const card = await play.card(number, 'Failed in dry run');
  expect(card.text).toContain('patch nodes');
  expect(await kubectl(['get', 'node/node-0', '--output=jsonpath={.spec.unschedulable}'])).toBe('');
});
