import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAnythingDue } from '../../../src/adapters/postgres/outbox/due.ts';
import { createOutbox, freeLeases } from '../../../src/adapters/postgres/outbox/outbox.ts';
import type { Delivered, Delivery, Outbox } from '../../../src/workflow/ports.ts';
import { bigTables, fillTables } from '../../support/big-tables.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { type Executed, type Plans, watchPlans } from '../../support/plans.ts';

/*
 * Every statement that people or the next step wait for, carried out on tables of 100,000 rows: none reads a table that
 * grows from end to end, none reads more of it than a few pages. The server itself says what it read (auto_explain).
 */

/** Rows of one table that a statement may read. */
const most = 500;

let db: TestDatabase;
let plans: Plans;
let outbox: Outbox;
beforeAll(async () => {
  db = await openDatabase();
  await fillTables(db);
  plans = await watchPlans(db);
  outbox = createOutbox({
    knex: db.knex,
    queue: db.queue,
    liveness: { instance: 1, on: () => () => {} },
  });
});
afterAll(() => db.close());

/** What was wrong with statements: `scans remediations`, `reads 4711 rows of slack_outbox`. */
function faults(executed: readonly Executed[], limit = most): string[] {
  return executed.flatMap(({ statement, read, scanned }) =>
    bigTables.flatMap((table) => {
      const rows = read[table] ?? 0;
      const wrong = [
        ...(scanned.includes(table) ? [`scans ${table}`] : []),
        ...(rows > limit ? [`reads ${rows} rows of ${table}`] : []),
      ];
      return wrong.map((fault) => `${fault}: ${statement.replaceAll(/\s+/g, ' ').slice(0, 200)}`);
    }),
  );
}

async function carriedOut(work: () => Promise<unknown>): Promise<void> {
  const executed = await plans.during(work);
  expect(executed.length).toBeGreaterThan(0);
  expect(faults(executed)).toEqual([]);
}

const sent = (ts: string): Delivered => ({ kind: 'sent', channel: 'C0OPS', ts });
const free = () => db.knex.raw('delete from slack_lanes');

async function leased(limit = 10): Promise<readonly Delivery[]> {
  await free();
  const found = await outbox.lease(limit);
  expect(found.length).toBeGreaterThan(0);
  return found;
}

describe('the outbox', () => {
  test('lease', () => carriedOut(() => leased()));

  test('lease while nothing may be sent', async () => {
    await db.knex.raw(`insert into slack_lanes values ('C0OPS', now() + interval '1 hour'), ('*updates', now() + interval '1 hour')
      on conflict (lane) do update set free_at = excluded.free_at`);
    await carriedOut(() => outbox.lease(10));
  });

  test('mark, settle as sent, with the replies that waited for it, and as put off', async () => {
    await db.knex('slack_outbox').whereNotNull('leased_until').update({ leased_until: null });
    const [post, update] = await leased();
    if (post === undefined || update === undefined) throw new Error('there is a post and an update');
    await carriedOut(async () => {
      await outbox.markSending(post);
      await outbox.settle(post, sent('7.7'));
      await outbox.settle(update, { kind: 'later', afterSeconds: 1, reason: 'rate limited' });
    });
  });

  test('until when nothing is due', () => carriedOut(() => outbox.wait(0.01, new AbortController().signal)));

  test('what the liveness check asks', () => carriedOut(() => db.knex.raw(`select ${isAnythingDue} as due`)));

  test('leases of a dead process', () => carriedOut(() => freeLeases(db.knex, [1])));
});
