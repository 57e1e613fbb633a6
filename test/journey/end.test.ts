import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { createQueue, type Queue } from '../../src/adapters/postgres/jobs/queue.ts';
import { sweep } from '../../src/adapters/postgres/jobs/sweeper.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';
import type { DoubleMessage } from '../adapters/slack/double/workspace.ts';
import { silentLog } from '../fixtures/log.ts';
import { cloneDatabase } from '../support/database.ts';
import { untilFull } from '../support/sandbox.ts';
import { sha256 } from '../support/sha256.ts';
import { unhurried } from '../support/unhurried.ts';
import { openPlay, type Play } from './play.ts';

/* From an alert that nobody has a playbook for, and what a person did about it, to the end: the thread read from top to bottom. */

let cluster: SimulatedCluster;
let play: Play;
let queue: Queue;

beforeAll(async () => {
  cluster = await createSimulatedCluster({ speed: 6 });
  cluster.apply(namespace('shop'));
  cluster.apply(deployment({ name: 'web', namespace: 'shop', replicas: 2, image: 'registry.example/web:1' }));
  await untilFull(cluster.url, 1);
  const database = await cloneDatabase();
  play = await openPlay({
    cluster: async (log) =>
      createCluster({ name: 'sandbox', connection: plainConnection(cluster.url), log, ...unhurried }),
    namespaces: { production: [], protected: [] },
    incidents: { quietMinutes: 0 },
    database,
  });
  queue = createQueue({ url: database.url, sha256, log: silentLog });
  await queue.start();
});
afterAll(async () => {
  await queue?.stop();
  await play?.close();
  await cluster?.stop();
});

const alert = (status: 'firing' | 'resolved') => ({
  ...{ status, fingerprint: 'slow', startsAt: '2026-01-01T00:00:00Z', annotations: {} },
  labels: { alertname: 'SlowAnswers', namespace: 'shop', deployment: 'web', severity: 'warning' },
  ...(status === 'resolved' ? { endsAt: '2026-01-01T00:30:00Z' } : {}),
});
const text = (message: DoubleMessage) => `${message.text} ${JSON.stringify(message.blocks)}`;
const root = () => play.slack.messages().find((message) => message.thread_ts === undefined);
const inThread = () => play.slack.messages().filter(({ thread_ts }) => thread_ts === root()?.ts);
const said = (words: string) => inThread().find((message) => text(message).includes(words));

test('what it is about was looked at when it came, though nothing is proposed', async () => {
  expect(await play.alert([alert('firing')])).toBe(200);
  const seen = await play.slack.until(() => said('Seen at'));
  expect(text(seen)).toContain('All 2 pods are ready.');
  const [kept] = await play.knex('incident_evidence').where('kind', 'arrival');
  expect(kept?.payload).toMatchObject({ target: 'Deployment/web in shop', missing: [] });
});

test('what a person does about it is in its thread', async () => {
  const number = await play.ask('U0ALICE', 'rollout restart deployment/web -n shop -- answers are slow');
  const card = await play.card(number, 'Verified');
  expect(card.thread_ts).toBe(root()?.ts);
});

test('when it is over its head says so, and its thread ends with what was done, and with the report', async () => {
  await play.alert([alert('resolved')]);
  await play.slack.until(() => said('Alert resolved at'));
  await play.knex.raw(`update incidents set look_at = now() - interval '1 second'`);
  await sweep({ knex: play.knex, queue, newId: randomUUID, log: silentLog });
  const report = await play.slack.until(() => inThread().find(({ files }) => files !== undefined));
  const end = said('Closed after');
  expect(end && text(end)).toMatch(/its alert is over.*rollout restart deployment\/web.*U0ALICE/);
  await play.slack.until(() =>
    /Incident \d+ is closed since/.test(text(root() ?? report)) ? true : undefined,
  );
  const [file] = report.files ?? [];
  const headings = file?.text.split('\n').filter((line) => line.startsWith('#'));
  expect(headings).toEqual([
    expect.stringMatching(/^# Incident \d+: Deployment\/web in shop\. Closed after .*: its alert is over\.$/),
    '## Timeline',
    '## What was seen when it began',
    expect.stringMatching(/^## Remediation \d+: succeeded$/),
  ]);
  const order = ['Seen at', 'Verified', 'Alert resolved at', 'Closed after'].map(
    (words) => said(words)?.ts ?? '',
  );
  expect([...order, report.ts]).toEqual([...order, report.ts].toSorted());
});

test('who asks for the incident is offered its report, and gets it in the thread once more', async () => {
  const [incident] = await play.knex('incidents').whereNull('joined').select('number');
  const told = await play.type('U0BOB', `incident ${incident?.number}`);
  expect(told).toContain(`/remediate incident ${incident?.number} report`);
  expect(await play.type('U0BOB', `incident ${incident?.number} report`)).toContain('follows in its thread');
  await play.slack.until(() => (inThread().filter(({ files }) => files).length === 2 ? true : undefined));
});
