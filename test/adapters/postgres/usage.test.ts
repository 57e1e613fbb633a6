import { afterAll, beforeAll, expect, test } from 'vitest';
import { findUsage } from '../../../src/adapters/postgres/remediations/usage.ts';
import { remediation } from '../../../src/domain/remediation.ts';
import { noon } from '../../fixtures/facts.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const { movedTo } = rowsOf(() => db);

test('usage adds up what was started since, and counts what runs', async () => {
  await movedTo('waiting');
  await movedTo('executing');
  await movedTo('succeeded');
  const shop = { cluster: 'test', namespace: 'shop' };
  const both = { score: 40, automatic: 0, running: 1 };
  expect(await db.store.usage(shop, noon)).toEqual({ cluster: both, namespace: both });
  expect(await db.store.usage({ cluster: 'test' }, noon)).toEqual({ cluster: both });
  expect(await db.store.usage({ ...shop, namespace: 'other' }, noon)).toEqual({
    cluster: both,
    namespace: { score: 0, automatic: 0, running: 0 },
  });
  const later = '2026-03-01T12:00:01.000Z';
  expect(await db.store.usage(shop, later)).toMatchObject({ cluster: { score: 0, running: 1 } });
  expect(await db.store.usage({ cluster: 'another' }, noon)).toEqual({
    cluster: { score: 0, automatic: 0, running: 0 },
  });
});

test('what ran by itself and failed is counted back to the last that helped', async () => {
  const { knex } = db;
  const own = `update remediations set data = jsonb_set(data, '{spec,tier}', '"auto"'), tier = 'auto', cluster = 'row' where id = ?`;
  const failed = async (sql = own) => {
    const row = await movedTo('executing');
    const { now, ...rest } = { ...transitionTo(row, 'executing').next, now: noon };
    const ended = {
      version: row.version + 1,
      state: 'failed',
      stage: 'execution',
      failure: 'no',
      endedAt: now,
    };
    const next = remediation.parse({ ...rest, ...ended });
    await db.store.transition(row, { event: 'failed', next, sideEffects: [] });
    await knex.raw(sql, [row.id]);
  };
  const asked = `update remediations set cluster = 'row' where id = ?`;
  const unsure = own.replace('set data', `set state = 'inconclusive', verdict = 'inconclusive', data`);
  const inARow = async () =>
    (await db.store.usage({ cluster: 'row', namespace: 'shop' }, noon)).cluster.failedInARow;
  await failed();
  await failed(unsure);
  await failed(asked);
  expect(await inARow()).toBe(2);
  const usage = (namespace: string) => db.store.usage({ cluster: 'row', namespace }, noon);
  expect((await usage('shop')).namespace).toMatchObject({ failedInARow: 2, automatic: 2 });
  expect((await usage('other')).namespace?.failedInARow).toBeUndefined();
  const helped = await movedTo('succeeded');
  await knex.raw(own, [helped.id]);
  await knex.raw(`update remediations set updated_at = updated_at + interval '1 second' where id = ?`, [
    helped.id,
  ]);
  expect(await inARow()).toBeUndefined();
});

test('asking writes nothing', async () => {
  const asked = db.knex.transaction((trx) => findUsage(trx, { cluster: 'test' }, noon), { readOnly: true });
  expect(await asked).toMatchObject({ cluster: expect.any(Object) });
});
