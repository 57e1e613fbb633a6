import type { Knex } from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { RequestLine } from '../../src/simulator/api/server.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';
import { untilFull } from '../support/sandbox.ts';
import { unhurried } from '../support/unhurried.ts';
import { openPlay, type Play } from './play.ts';

const requests: RequestLine[] = [];
let cluster: SimulatedCluster;
let play: Play;

beforeAll(async () => {
  cluster = await createSimulatedCluster({ onRequest: (line) => requests.push(line) });
  cluster.apply(namespace('payments'));
  cluster.apply(
    deployment({ name: 'gateway', namespace: 'payments', replicas: 3, image: 'registry.example/gateway:1' }),
  );
  await untilFull(cluster.url, 1);
  requests.length = 0;
  play = await openPlay({
    cluster: async (log) =>
      createCluster({ name: 'sandbox', connection: plainConnection(cluster.url), log, ...unhurried }),
    namespaces: { production: ['payments'], protected: [] },
    budgets: { concurrent: { cluster: 1 } },
  });
});

afterAll(async () => {
  await play?.close();
  await cluster?.stop();
});

/** Every row of Firebreak's own tables and of its queue, by table. */
async function everything(knex: Knex): Promise<Record<string, unknown>> {
  const named: { name: string }[] = (
    await knex.raw(`select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname = 'public' or (schemaname = 'pgboss' and tablename like '%job%') order by 1`)
  ).rows;
  expect(named.length).toBeGreaterThan(15);
  const tables: Record<string, unknown> = {};
  for (const { name } of named)
    tables[name] = (await knex.raw(`select t::text as line from ${name} t order by 1`)).rows;
  return tables;
}

test('the API says what a command would be judged, as the card does later, and leaves no trace', async () => {
  const command = 'rollout restart deployment/gateway -n payments';
  const before = await everything(play.knex);
  const { status, answer } = await play.evaluate({ command });
  expect({ status, answer }).toMatchObject({
    status: 200,
    answer: {
      understood: `kubectl ${command}`,
      spec: { tier: 'human' },
      circumstances: { usage: { cluster: { running: 0 }, namespace: { running: 0 } } },
      facts: { cluster: 'sandbox', subject: { kind: 'workload', desired: 3 } },
    },
  });
  expect((await play.evaluate({ command: 'rollout restrat gateway' })).status).toBe(422);
  expect((await play.evaluate({ command: 'rollout restart deployment/gate -n payments' })).status).toBe(404);
  expect(await everything(play.knex)).toEqual(before);
  expect(requests.length).toBeGreaterThan(0);
  expect(requests.filter(({ method, changed }) => method !== 'GET' || changed)).toEqual([]);
  expect(play.slack.messages()).toEqual([]);

  const number = await play.ask('U0ALICE', command);
  await play.card(number, 'Approval needed');
  const row = await play.running.context.store.byNumber(number);
  const { score, tier, lineItems, constraints } = row !== undefined && 'spec' in row ? (row.spec ?? {}) : {};
  expect(answer).toMatchObject({ spec: { score, tier, lineItems, constraints } });
});
