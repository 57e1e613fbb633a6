import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

describe('of several clusters', () => {
  const uids: Readonly<Record<string, string>> = { eu: 'uid-eu', us: 'uid-us' };
  const several = (known: Readonly<Record<string, string>> = uids): Store => {
    const { knex, queue } = db;
    const rest = { channel: 'C0OPS', clock: () => noon, newId: randomUUID, sha256, learn, knex, queue };
    return createStore({ ...rest, cluster: 'eu', clusters: ['eu', 'us'], identity: (name) => known[name] });
  };
  const target = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
  const asked = (cluster?: string) =>
    ({
      id: randomUUID(),
      action: { verb: 'rollout restart', target },
      requestedBy: { kind: 'person', actor: requester },
      ...(cluster === undefined ? {} : { cluster }),
    }) as const;

  test('a row is of the one that was asked for, with its identity', async () => {
    const store = several();
    const { remediation: us } = await store.open(asked('us'), randomUUID());
    const { remediation: eu } = await store.open(asked(), randomUUID());
    expect([us.cluster, us.targetKey, eu.cluster]).toEqual(['us', 'us/shop/Deployment/web', 'eu']);
    expect(await store.belongsTo(us.id, 'uid-us', 'us')).toBe(true);
    expect(await store.belongsTo(us.id, 'uid-eu', 'us')).toBe(false);
    expect(await store.belongsTo(eu.id, 'uid-us', 'eu')).toBe(false);
  });

  test('what comes of a remediation is for its cluster, though another is called so by now', async () => {
    const { remediation: row } = await several().open(asked('us'), randomUUID());
    const exchanged = several({ eu: 'uid-us', us: 'uid-eu' });
    const next = {
      ...row,
      state: 'no_action',
      version: 1,
      failure: 'There is nothing.',
      endedAt: noon,
    } as const;
    const { id } = asked();
    const proposal = { ...asked(), id };
    await exchanged.transition(row, { event: 'nothing', next, sideEffects: [{ kind: 'propose', proposal }] });
    expect((await exchanged.load(id))?.cluster).toBe('us');
    expect(await exchanged.belongsTo(id, 'uid-us', 'us')).toBe(true);
  });

  test('status names the cluster of each, and what is of none of them', async () => {
    const store = several();
    const { remediation: us } = await store.open(asked('us'), randomUUID());
    const { number } = await openedBy(storeAt('asia', 'uid-asia'));
    const { number: twin } = await openedBy(storeAt('us', 'uid-of-another'));
    const found = await store.summaries({ open: true, limit: 50 });
    const lineOf = (wanted: number) => found.find((each) => each.number === wanted);
    expect(lineOf(us.number)).toMatchObject({ cluster: 'us' });
    expect(lineOf(us.number)).not.toHaveProperty('elsewhere');
    expect(lineOf(number)).toMatchObject({ cluster: 'asia', elsewhere: 'asia' });
    expect(lineOf(twin)).toMatchObject({ cluster: 'us', elsewhere: 'us' });
  });
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

test.each([
  ['an alert brought about', { kind: 'playbook', playbook: 'restart', alert: 'Down', claim: 'none' }, 15],
  ['a person asked for', { kind: 'person', actor: { userId: 'U0ASK', teamId: 'T0' } }, 20],
] as const)(
  'a wake that is left of what %s keeps its place behind people',
  async (_what, requestedBy, priority) => {
    await db.knex.raw('delete from pgboss.job');
    const store = storeAt('east', 'uid-east');
    const row = { ...(await openedBy(store)), requestedBy };
    const [taken] = await db.queue.take(db.knex, 1, 1);
    if (taken === undefined) throw new Error('there is no wake');
    await store.leave(row, taken.claim);
    expect(await db.knex('pgboss.job').where({ state: 'created' }).pluck('priority')).toEqual([priority]);
  },
);

test.each([
  ['was not tried', 0, undefined, undefined],
  ['was tried before', 1, undefined, 0],
  ['was handed over before', 0, 0, 0],
  ['killed processes before', 1, 3, 3],
])('a wake whose step %s still says so when it was left', async (_name, attempt, before, deaths) => {
  await db.knex.raw('delete from pgboss.job');
  const store = storeAt('east', 'uid-east');
  const row = await openedBy(store);
  await db.knex.raw('update pgboss.job set retry_count = ?', [attempt]);
  const [taken] = await db.queue.take(db.knex, 1, 1);
  if (taken === undefined) throw new Error('there is no wake');
  await store.leave(row, { ...taken.claim, attempt }, before);
  const [job] = (await db.knex.raw("select data from pgboss.job where state = 'created'")).rows;
  expect(job).toEqual({
    data: { kind: 'step', id: row.id, version: row.version, ...(deaths !== undefined && { deaths }) },
  });
});

test('the wake of a triage that is left is one of a triage', async () => {
  await db.knex.raw('delete from pgboss.job');
  const store = storeAt('east', 'uid-east');
  const row = await openedBy(store);
  const [taken] = await db.queue.take(db.knex, 1, 1);
  if (taken === undefined) throw new Error('there is no wake');
  const incident = await store.incident(row.incidentId);
  if (incident === undefined) throw new Error('there is no incident');
  await store.leave({ ...incident, id: row.id, version: row.version }, taken.claim, undefined, 'triage');
  const [job] = (await db.knex.raw("select data from pgboss.job where state = 'created'")).rows;
  expect(job).toEqual({ data: { kind: 'triage', id: row.id, version: row.version } });
});
