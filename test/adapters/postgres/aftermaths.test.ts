import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweep } from '../../../src/adapters/postgres/jobs/sweeper.ts';
import type { Aftermath } from '../../../src/domain/manifest/emergency.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import type { AftermathStep } from '../../../src/workflow/lasting/aftermath-port.ts';
import { noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const { opened } = rowsOf(() => db);
const wanted: Aftermath = { request: { step: 'wanted' } };
const end = '2999-01-01T00:00:00.000Z';

async function begun(at = end): Promise<Remediation> {
  const row = await opened();
  const effects = [{ kind: 'aftermath', aftermath: wanted, at } as const];
  const transition = transitionTo(row, 'evaluated', effects);
  expect(await db.store.transition(row, transition)).toBe('committed');
  return transition.next;
}

const step = (steps: number, more: Partial<AftermathStep> = {}): AftermathStep => ({
  steps,
  aftermath: { request: { step: 'ended', sentence: 'Merged.', applied: true } },
  dueAt: undefined,
  told: { kind: 'reply', headline: 'It lasts', broadcast: false },
  ...more,
});

const wakesOf = async (row: Remediation) =>
  (await db.knex('pgboss.job').whereRaw("data->>'kind' = 'aftermath'").select('data'))
    .filter(({ data }) => data.id === row.id)
    .map(({ data }) => data.version);

test('a step is written once, with its word in the thread and its line in the log', async () => {
  const row = await begun();
  expect(await db.store.aftermath(row.id)).toEqual({ steps: 0, aftermath: wanted, dueAt: end });
  expect(await wakesOf(row)).toEqual([0]);
  expect(await db.store.settleAftermath(row, step(0, { dueAt: end }))).toBe('committed');
  expect(await db.store.settleAftermath(row, step(0))).toBe('stale');
  expect(await wakesOf(row)).toEqual([0, 1]);
  expect(await db.knex('slack_outbox').where('key', `reply:aftermath:${row.id}:0`)).toHaveLength(1);
  expect(
    await db.knex('automation_operation_log').where('request_key', `aftermath:${row.id}:0`),
  ).toMatchObject([{ detail: expect.stringContaining('It lasts') }]);
  expect(await db.store.settleAftermath(row, step(1))).toBe('committed');
  expect(await db.store.aftermath(row.id)).toMatchObject({ steps: 2, dueAt: undefined });
  expect(await db.store.settleAftermath(row, step(2))).toBe('stale');
});

test('one whose wake was lost is woken by the sweeper', async () => {
  const [lost, waiting] = [await begun(noon), await begun()];
  await db.knex('pgboss.job').whereRaw("data->>'kind' = 'aftermath'").delete();
  await sweep({ knex: db.knex, queue: db.queue, newId: randomUUID, log: silentLog });
  expect([await wakesOf(lost), await wakesOf(waiting)]).toEqual([[0], []]);
});

test('where there was no emergency there is nothing', async () => {
  expect(await db.store.aftermath((await opened()).id)).toBeUndefined();
});
