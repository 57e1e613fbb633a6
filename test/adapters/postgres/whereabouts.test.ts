import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import { learn } from '../../../src/stages/learn/trust.ts';
import type { Store } from '../../../src/workflow/ports.ts';
import { noon } from '../../fixtures/facts.ts';
import { requester } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

/** The store of a Firebreak at a cluster of this name and identity. */
function storeAt(cluster: string, identity: string | undefined): Store {
  const { knex, queue } = db;
  const clock = () => noon;
  const rest = { channel: 'C0OPS', clock, newId: randomUUID, sha256, learn };
  return createStore({ ...rest, knex, queue, cluster, identity: () => identity });
}

async function openedBy(store: Store) {
  const action = {
    verb: 'rollout restart',
    target: { kind: 'Deployment', namespace: 'shop', name: 'web' },
  } as const;
  const asked = { id: randomUUID(), action, requestedBy: { kind: 'person', actor: requester } } as const;
  return (await store.open(asked, randomUUID())).remediation;
}

test('two clusters that are both called in-cluster are two, in one database', async () => {
  const [east, west] = [storeAt('in-cluster', 'uid-east'), storeAt('in-cluster', 'uid-west')];
  const row = await openedBy(east);
  expect(await west.belongsTo(row.id, 'uid-west')).toBe(false);
  expect(await east.belongsTo(row.id, 'uid-east')).toBe(true);
  expect(await west.belongsTo(row.id, 'uid-west')).toBe(false);
});

test('one cluster that is called otherwise from now on is the same', async () => {
  const row = await openedBy(storeAt('kind-lab', 'uid-lab'));
  expect(await storeAt('lab', 'uid-lab').belongsTo(row.id, 'uid-lab')).toBe(true);
});

test('a row without an identity goes to the first cluster of its name, and stays there', async () => {
  const row = await openedBy(storeAt('prod', undefined));
  const other = storeAt('staging', 'uid-1');
  expect(await other.belongsTo(row.id, 'uid-1')).toBe(false);
  const [first, second] = [storeAt('prod', 'uid-2'), storeAt('prod', 'uid-3')];
  expect(await first.belongsTo(row.id, 'uid-2')).toBe(true);
  expect(await second.belongsTo(row.id, 'uid-3')).toBe(false);
});

test('where the cluster does not say which it is, names count only for rows that have no identity', async () => {
  const silent = storeAt('prod', undefined);
  expect(await silent.belongsTo((await openedBy(silent)).id, undefined)).toBe(true);
  const row = await openedBy(storeAt('prod', 'uid-2'));
  expect(await silent.belongsTo(row.id, undefined)).toBe(false);
});

test('status names the cluster of what is for another', async () => {
  const east = storeAt('east', 'uid-east');
  const { number } = await openedBy(storeAt('west', 'uid-west'));
  const own = await openedBy(east);
  const found = await east.summaries({ open: true, limit: 50 });
  expect(found.find((each) => each.number === number)).toMatchObject({ elsewhere: 'west' });
  expect(found.find((each) => each.number === own.number)).not.toHaveProperty('elsewhere');
});

test('a wake that is left comes again later, and its row is as it was', async () => {
  await db.knex.raw('delete from pgboss.job');
  const store = storeAt('east', 'uid-east');
  const row = await openedBy(store);
  const [taken] = await db.queue.take(db.knex, 1, 1);
  if (taken === undefined) throw new Error('there is no wake');
  await store.leave(row, taken.claim);
  await store.leave(row, taken.claim);
  const jobs: { state: string; later: boolean }[] = (
    await db.knex.raw(
      "select state::text, start_after > now() as later from pgboss.job where name = 'wake' order by created_on",
    )
  ).rows;
  expect(jobs).toEqual([
    { state: 'completed', later: false },
    { state: 'created', later: true },
  ]);
  expect(await store.load(row.id)).toEqual(row);
});
