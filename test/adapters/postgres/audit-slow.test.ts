import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { verifyAudit, verifyPatiently } from '../../../src/adapters/postgres/audit/audit.ts';
import { answerTimeout } from '../../../src/adapters/postgres/connect.ts';
import { startUpkeep } from '../../../src/adapters/postgres/upkeep.ts';
import { defaultPolicy, noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { sha256 } from '../../support/sha256.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const { opened, movedTo } = rowsOf(() => db);

test('no more rows are held at a time than a small process has room for', async () => {
  for (let many = 0; many < 250; many += 10) await Promise.all(Array.from({ length: 10 }, () => opened()));
  const read: number[] = [];
  const note = ({ rows }: { rows?: unknown[] }, { sql }: { sql: string }) => {
    if (sql.includes('r.data')) read.push(rows?.length ?? 0);
  };
  db.knex.on('query-response', note);
  expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'intact' });
  db.knex.off('query-response', note);
  expect(read.reduce((sum, each) => sum + each, 0)).toBe(250);
  expect(Math.max(...read)).toBeLessThanOrEqual(200);
});

/** What is read of the table is not there before that time, once in a transaction. */
const slowBy = (seconds: number) =>
  db.knex.raw(`create or replace view remediations as select stored.* from stored
    where case when current_setting('test.slept', true) = 'yes' then true
      when set_config('test.slept', 'yes', true) is not null then pg_sleep(${seconds}) is not null end`);

test('the chain of years is checked to its end, however long the server reads before it says anything', async () => {
  await movedTo('waiting');
  await db.knex.raw('alter table remediations rename to stored');
  await slowBy(answerTimeout / 1000 + 2);
  expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'intact' });
});

test('a statement is given its time, and no more', async () => {
  await slowBy(60);
  await expect(verifyPatiently(db.knex, { sha256, each: 500 })).rejects.toMatchObject({ code: '57014' });
});

test('the check in the background ends when the replica does, in the middle of a statement, and complains of nothing', async () => {
  await slowBy(60);
  const warnings: unknown[] = [];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const end = startUpkeep({
    ...{ knex: db.knex, sha256, newId: randomUUID, channel: 'C0OPS', clusters: [] },
    ...{ policy: () => defaultPolicy, clock: () => noon },
    log: { ...silentLog, warn: (fields: object) => warnings.push(fields) },
  });
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
  const reading = `from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`;
  await eventually(async () => expect((await db.knex.raw(`select ${reading}`)).rowCount).toBeGreaterThan(0));
  const begin = performance.now();
  await end();
  expect(performance.now() - begin).toBeLessThan(answerTimeout);
  expect(warnings).toEqual([]);
  await db.knex.raw(`select pg_terminate_backend(pid) ${reading}`);
});
