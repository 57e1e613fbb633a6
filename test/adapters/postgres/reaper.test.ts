import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { handOver, retryAfter } from '../../../src/adapters/postgres/jobs/reaper.ts';
import { silentLog } from '../../fixtures/log.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

test.each([
  [1, 0, 0, 0],
  [2, 2, 3, 4],
  [3, 4, 6, 8],
  [4, 8, 12, 16],
])('after %d deaths a step waits from %d to %d s', (deaths, least, middle, most) => {
  expect([0, 0.5, 1].map((chance) => retryAfter(deaths, chance))).toEqual([least, middle, most]);
});

test('a step at which several processes died is tried again apart from those that died beside it', async () => {
  await db.queue.send(db.knex, { kind: 'step', id: randomUUID(), version: 0, deaths: 2 });
  const [taken] = await db.knex.transaction((trx) => db.queue.take(trx, 1));
  if (taken === undefined) throw new Error('there was no job to take');
  const options = { knex: db.knex, queue: db.queue, log: silentLog };
  expect(await handOver(options, taken.claim, taken.data, 'died')).toBe(true);
  const { rows } = await db.knex.raw(`select extract(epoch from start_after - created_on)::float8 as seconds
    from pgboss.job where name = 'wake' and (data->>'deaths')::integer = 3`);
  expect(rows.length).toBe(1);
  expect(rows[0].seconds).toBeGreaterThan(3);
});
