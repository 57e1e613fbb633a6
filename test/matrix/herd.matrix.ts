import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type TestDatabase } from '../support/database.ts';
import { bothWays } from '../support/herd.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

test.each([
  [1, 1],
  [2, 3],
  [3, 3],
])(
  '10,000 alerts of 40 owners, in whatever order and however often: seed %i, %i replicas',
  async (seed, replicas) => {
    const found = await bothWays(db, seed, { alerts: 10_000, owners: 40, replicas });
    expect(found.arrived).toBe(found.inOrder);
    expect(found.doubled).toEqual([]);
  },
);
