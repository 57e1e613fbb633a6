import { afterAll, beforeAll, expect, test } from 'vitest';
import { findUsage } from '../../../src/adapters/postgres/remediations/usage.ts';
import { noon } from '../../fixtures/facts.ts';
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

test('asking writes nothing', async () => {
  const asked = db.knex.transaction((trx) => findUsage(trx, { cluster: 'test' }, noon), { readOnly: true });
  expect(await asked).toMatchObject({ cluster: expect.any(Object) });
});
