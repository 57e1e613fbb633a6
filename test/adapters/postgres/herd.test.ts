import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { bothWays } from '../../support/herd.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

/* In full size: npx vitest run --project matrix test/matrix/herd.matrix.ts */
test.each([
  [1, 1],
  [2, 3],
])(
  'alerts that come late, twice and after their ends are as if in order and once: seed %i, %i replicas',
  async (seed, replicas) => {
    const found = await bothWays(db, seed, { alerts: 150, owners: 8, replicas });
    expect(found.arrived).toBe(found.inOrder);
    expect(found.doubled).toEqual([]);
  },
);
