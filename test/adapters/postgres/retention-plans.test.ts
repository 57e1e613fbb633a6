import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOfData } from '../../../src/adapters/postgres/remediations/remediations.ts';
import { prune } from '../../../src/adapters/postgres/retention/retention.ts';
import { bigTables, openBigDatabase } from '../../support/big-tables.ts';
import { onlooker, type TestDatabase } from '../../support/database.ts';
import { type Plans, watchPlans } from '../../support/plans.ts';
import { sha256 } from '../../support/sha256.ts';

/* Pruning on tables of 100,000 rows: no batch reads a table from end to end, or more of it than it deletes. */

let db: TestDatabase;
let plans: Plans;
beforeAll(async () => {
  db = await openBigDatabase();
  await vouchForOldest(400);
  plans = await watchPlans(db);
});
afterAll(() => db.close());

/** What the chain does not vouch for would stay. The chain's own lines are in the order of time. */
async function vouchForOldest(count: number): Promise<void> {
  // Without the time-outs of production: a busy machine takes long to hash so many lines.
  const knex = onlooker(db.url);
  const old = await knex('remediations').orderBy('updated_at').limit(count).select('id', 'data');
  for (const { id, data } of old)
    await knex('remediation_events')
      .where({ remediation_id: id })
      .update({ data_digest: digestOfData(data, sha256) });
  await knex.raw(`update remediation_events set kind = 'policy', remediation_id = null, version = seq,
      hash = lpad(to_hex(seq), 64, '0') where seq <= 20000;
    insert into policy_changes (digest, diff, policy) select repeat('d', 64), '{}', '{}' from generate_series(1, 3);
    analyze remediation_events`);
  await knex.raw("alter function audit_old_enough() set firebreak.audit_days = '-36500'");
  await knex.raw(hashAnew);
  await knex.destroy();
}

/** Lines that do not hang together would stay. More of them than the batches take. */
const hashAnew = `do $$
  declare
    line remediation_events;
    last text := repeat('0', 64);
  begin
    for line in select * from remediation_events where seq <= 6000 order by seq loop
      line.prev_hash := last;
      last := audit_line_hash(line);
      update remediation_events set prev_hash = line.prev_hash, hash = last where seq = line.seq;
    end loop;
  end $$`;

/** Rows of one table that a statement may read: lines of a checkpoint, the most of all. */
const most = 5_500;

test('each batch reads what it deletes and little else', async () => {
  const retention = { incidents: 31, messages: 31, operations: 31, history: 31, audit: 31 };
  const now = new Date(Date.now() + 86_400_000 * 40).toISOString();
  const deleted: Record<string, number> = {};
  const executed = await plans.during(async () => {
    Object.assign(deleted, await prune({ knex: db.knex, sha256, retention, now, most: 24, perTable: 3 }));
  });
  const names = ['objectHistory', 'earlyResolutions', 'operations', 'messages', 'endedCases', 'lines'];
  expect(Object.keys(deleted)).toEqual(expect.arrayContaining(names));
  const wrong = executed.flatMap(({ statement, read, scanned }) =>
    bigTables
      .filter((table) => scanned.includes(table) || (read[table] ?? 0) > most)
      .map((table) => `${table} ${read[table]}: ${statement.replaceAll(/\s+/g, ' ').slice(0, 200)}`),
  );
  expect(wrong).toEqual([]);
});
