import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startUpkeep } from '../../../src/adapters/postgres/upkeep.ts';
import { defaultPolicy, noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());
afterEach(() => void vi.useRealTimers());

const { movedTo } = rowsOf(() => db);
const days = (count: number) => new Date(Date.parse(noon) + count * 86_400_000).toISOString();
const remediations = async () => (await db.knex('remediations')).length;

/** Ten minutes of upkeep by this clock, on a machine whose own is fifteen years ahead; answers what was deleted. */
async function upkept(at: string): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: Date.parse(days(5_500)) });
  const log = { ...silentLog, info: (fields: object) => resolve(Reflect.get(fields, 'deleted')) };
  const end = startUpkeep({
    ...{ knex: db.knex, sha256, log, newId: randomUUID, channel: 'C0OPS', clusters: [] },
    ...{ policy: () => defaultPolicy, clock: () => at },
  });
  vi.advanceTimersByTime(600_000);
  const deleted = await promise;
  await end();
  vi.useRealTimers();
  return deleted;
}

/** What is old by any clock, so that it is told when the rest has been looked at. */
const oldResolution = () =>
  db
    .knex('early_resolutions')
    .insert({ dedup_key: randomUUID(), resolved_at: days(-99), received_at: days(-99) });

test('what is old is told by the clock of the database: a machine that is years ahead deletes nothing', async () => {
  await movedTo('succeeded');
  await db.knex.raw(
    `update slack_outbox set ts = 'ts-' || seq, sent_revision = desired_revision, created_at = '${noon}'`,
  );
  await oldResolution();
  expect(await upkept(days(10))).toEqual({ earlyResolutions: 1 });
  expect(await remediations()).toBe(1);
  await oldResolution();
  await upkept(days(5_000));
  expect(await remediations()).toBe(0);
});
