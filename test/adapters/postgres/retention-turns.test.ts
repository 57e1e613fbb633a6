import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { prune } from '../../../src/adapters/postgres/retention/retention.ts';
import { policy } from '../../../src/domain/policy/policy.ts';
import { noon } from '../../fixtures/facts.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';

/* How long a run goes on with what is old. */

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
beforeEach(() => db.knex.raw('truncate incidents cascade'));
afterAll(() => db.close());

const { retention } = policy.parse({ version: 1 });
const far = '2040-01-01T00:00:00.000Z';
const incidents = async (): Promise<number> =>
  (await db.knex.raw('select count(*)::int as n from incidents')).rows[0].n;

describe('more than one turn of a table', () => {
  const silent = (count: number) =>
    db.knex.raw(
      `insert into incidents (id, state, dedup_key, title, created_at, resolved_at, closed_at, closed_why)
        select gen_random_uuid(), 'triaged', 'k' || n, 'Down', ?::timestamptz, ?::timestamptz, ?::timestamptz, 'silent'
        from generate_series(1, ?) n`,
      [noon, noon, noon, count],
    );

  test('goes within the same run', async () => {
    await silent(450);
    const left: (readonly string[])[] = [];
    const onLeft = (names: readonly string[]) => left.push(names);
    await prune({ knex: db.knex, sha256, retention, now: far, perTable: 2, onLeft });
    expect([await incidents(), left]).toEqual([0, []]);
  });

  test('is left to the next where the time is over, which is said', async () => {
    await silent(1);
    const left: (readonly string[])[] = [];
    const onLeft = (names: readonly string[]) => left.push(names);
    await prune({ knex: db.knex, sha256, retention, now: far, longest: 0, onLeft });
    expect([await incidents(), left]).toEqual([1, [expect.arrayContaining(['unheardIncidents'])]]);
    await prune({ knex: db.knex, sha256, retention, now: far, onLeft });
    expect([await incidents(), left.length]).toEqual([0, 1]);
  });
});
