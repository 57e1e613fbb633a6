import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAudit } from '../../../src/adapters/postgres/audit/audit.ts';
import { answerTimeout } from '../../../src/adapters/postgres/connect.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
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

test('the chain of years is checked to its end, however long the server reads before it says anything', async () => {
  await movedTo('waiting');
  const seconds = answerTimeout / 1000 + 2;
  // What is read of a table is not there before that time, once.
  await db.knex.raw(`alter table remediations rename to stored;
    create view remediations as select stored.* from stored
      where case when current_setting('test.slept', true) = 'yes' then true
        when set_config('test.slept', 'yes', true) is not null then pg_sleep(${seconds}) is not null end`);
  expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'intact' });
});
