import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { Action } from '../../src/domain/action.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import {
  failsAsAnnotation,
  lastWordsAnnotation,
  runsForAnnotation,
} from '../../src/simulator/kubelet/behaviour.ts';
import { cronJob, job, namespace } from '../../src/simulator/workloads.ts';
import { unhurried } from '../support/unhurried.ts';
import { openPlay, type Play } from './play.ts';

const lastWords = 'level=fatal msg="cannot read the price list"';
const image = 'registry.example/shop/import:1.0.0';

let cluster: SimulatedCluster;
let play: Play;

beforeAll(async () => {
  cluster = await createSimulatedCluster({ speed: 6 });
  cluster.apply(namespace('shop'));
  const nightly = { namespace: 'shop', image, schedule: '0 2 * * *' };
  for (const name of ['report', 'digest']) cluster.apply(cronJob({ ...nightly, name }));
  const imports = { namespace: 'shop', image };
  cluster.apply(job({ ...imports, name: 'prices', behaviour: { [failsAsAnnotation]: 'prices' } }));
  cluster.apply(
    job({
      ...imports,
      name: 'stock',
      image: 'registry.example/shop/import:crash',
      behaviour: { [lastWordsAnnotation]: lastWords },
    }),
  );
  cluster.apply(job({ ...imports, name: 'archive', behaviour: { [runsForAnnotation]: '100000' } }));
  play = await openPlay({
    cluster: async (log) =>
      createCluster({ name: 'sandbox', connection: plainConnection(cluster.url), log, ...unhurried }),
    namespaces: { production: [], protected: [] },
  });
  await haveFailed('prices', 'stock');
});

const jobsInShop = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({ conditions: z.array(z.object({ type: z.string() })).default([]) }).prefault({}),
    }),
  ),
});

/** A Job that still runs is not run again: those that fail must have failed. */
async function haveFailed(...names: string[]): Promise<void> {
  for (;;) {
    const response = await fetch(`${cluster.url}/apis/batch/v1/namespaces/shop/jobs`);
    const failed = jobsInShop
      .parse(await response.json())
      .items.filter(({ status }) => status.conditions.some(({ type }) => type === 'Failed'))
      .map(({ metadata: { name } }) => name);
    if (names.every((name) => failed.includes(name))) return;
    await sleep(50);
  }
}

afterAll(async () => {
  await play?.close();
  await cluster?.stop();
});

/** Opens a remediation for alice, as a command does that has been understood. */
async function ask(action: Action): Promise<number> {
  const { store, newId } = play.running.context;
  const actor = { teamId: 'T0HOME', userId: 'U0ALICE' };
  const id = newId();
  const { remediation } = await store.open({ id, action, requestedBy: { kind: 'person', actor } }, id);
  return remediation.number;
}

const jobNamed = (name: string) => ({ kind: 'Job', namespace: 'shop', name }) as const;
const cronJobNamed = (name: string) => ({ kind: 'CronJob', namespace: 'shop', name }) as const;

test.concurrent('a nightly report is suspended by itself, and that is verified', async () => {
  const card = await play.card(await ask({ verb: 'suspend', target: cronJobNamed('digest') }), 'Verified');
  expect(await play.reply(card, 'Verified')).toContain('CronJob/digest in shop is suspended');
});

test.concurrent('a run by hand waits for a person, and is verified when it has completed', async () => {
  const number = await ask({ verb: 'create job', target: cronJobNamed('report'), job: 'report-now' });
  const waiting = await play.card(number, 'Approval needed');
  expect(JSON.stringify(waiting.blocks)).toContain('It runs now, whatever the schedule says');
  await play.click('U0BOB', waiting, 'approve');
  const card = await play.card(number, 'Verified');
  expect(await play.reply(card, 'Verified')).toContain('Job/report-now in shop has completed');
});

test.concurrent('a failed import is run again and completes', async () => {
  const number = await ask({ verb: 'create job', target: jobNamed('prices'), job: 'prices-again' });
  const waiting = await play.card(number, 'Approval needed');
  expect(JSON.stringify(waiting.blocks)).toContain('may be done twice');
  await play.click('U0BOB', waiting, 'approve');
  const card = await play.card(number, 'Verified');
  expect(await play.reply(card, 'Verified')).toContain('Job/prices-again in shop has completed');
});

test.concurrent('an import that fails again is told with its last words, and the new Job can be deleted', async () => {
  const number = await ask({ verb: 'create job', target: jobNamed('stock'), job: 'stock-again' });
  await play.click('U0BOB', await play.card(number, 'Approval needed'), 'approve');
  const failed = await play.card(number, 'Failed in verification');
  expect(await play.reply(failed, 'Not verified')).toContain('cannot read the price list');
  const offer = await play.offer(number);
  const card = await play.card(offer, 'Verified');
  expect(await play.reply(card, 'Verified')).toContain('Job/stock-again in shop and its pods are gone');
});

test.concurrent('a running Job loses its pods when it is suspended, and only after a person has agreed', async () => {
  const number = await ask({ verb: 'suspend', target: jobNamed('archive') });
  const waiting = await play.card(number, 'Approval needed');
  expect(JSON.stringify(waiting.blocks)).toContain('1 running pod is stopped');
  await play.click('U0BOB', waiting, 'approve');
  const card = await play.card(number, 'Verified');
  expect(await play.reply(card, 'Verified')).toContain('none of its pods runs');
});
