import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { wakeForRoom } from '../../../src/adapters/postgres/incidents/waking.ts';
import { sweep } from '../../../src/adapters/postgres/jobs/sweeper.ts';
import { silentLog } from '../../fixtures/log.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const received = async (woken: string | null) => {
  const id = randomUUID();
  await db.knex.raw(
    `insert into incidents (id, state, dedup_key, title, created_at, woken_at)
      values (?, 'received', ?, 'Down', '2026-03-01T12:00:00Z', ?::timestamptz)`,
    [id, id, woken],
  );
  return id;
};

test('an incident that waits for its cluster comes again, once, and the next has its turn', async () => {
  const id = await received('2026-03-01T12:00:00Z');
  const next = await received(null);
  const incident = await db.store.incident(id);
  if (incident === undefined) throw new Error('there is no incident');
  await db.queue.send(db.knex, { kind: 'triage', id, version: incident.version });
  const [taken] = await db.queue.take(db.knex, 1, 1);
  if (taken === undefined) throw new Error('there is no wake');
  expect(await db.store.awaiting()).toEqual([]);
  await db.store.awaitCluster({ kind: 'triage', of: incident, cluster: 'us' }, taken.claim, 30);
  await db.store.awaitCluster({ kind: 'triage', of: incident, cluster: 'us' }, taken.claim, 30);
  const sql = `select data, start_after > now() as later, priority from pgboss.job
    where state = 'created' order by priority`;
  expect((await db.knex.raw(sql)).rows).toEqual([
    { data: { kind: 'triage', id, version: incident.version, deaths: 0 }, later: true, priority: -1 },
    { data: { kind: 'triage', id: next, version: 0 }, later: false, priority: 0 },
  ]);
  expect(await db.store.awaiting()).toEqual([
    { cluster: 'us', alerts: 1, since: '2026-03-01T12:00:00.000Z' },
  ]);
  expect(await db.store.takeAsleep(10)).toEqual([]);
});

test('those that wait for their cluster keep nobody from having a turn', async () => {
  for (let each = 0; each < 6; each += 1) await received('infinity');
  const id = await received(null);
  await wakeForRoom(db);
  const [row] = await db.knex('incidents').where({ id }).select('woken_at');
  expect(row).toEqual({ woken_at: expect.any(Date) });
});

test('one that waits again wakes nobody beyond those who have a turn already', async () => {
  await db.knex('incidents').where({ state: 'received' }).delete();
  await db.knex.raw('delete from pgboss.job');
  for (let each = 0; each < 6; each += 1) await received('2026-03-01T12:00:00Z');
  const next = await received(null);
  const incident = await db.store.incident(await received('infinity'));
  if (incident === undefined) throw new Error('there is no incident');
  await db.queue.send(db.knex, { kind: 'triage', id: incident.id, version: incident.version });
  const [taken] = await db.queue.take(db.knex, 1, 1);
  if (taken === undefined) throw new Error('there is no wake');
  await db.store.awaitCluster({ kind: 'triage', of: incident, cluster: 'us' }, taken.claim, 30);
  const [row] = await db.knex('incidents').where({ id: next }).select('woken_at');
  expect(row).toEqual({ woken_at: null });
});

describe('a proposal whose cluster does not answer', () => {
  const { proposal, opened } = rowsOf(() => db);
  beforeEach(async () => {
    await db.knex.raw(
      'delete from pgboss.job; delete from running; truncate incidents, remediations, remediation_events cascade',
    );
  });

  /** One that an alert brought about, and its step as a replica has taken it. */
  async function taken() {
    const requestedBy = { kind: 'playbook', playbook: 'restart', alert: 'Down', claim: 'none' } as const;
    const of = await opened({ ...proposal(), requestedBy });
    const alert = { status: 'firing', labels: { alertname: 'Down' } };
    await db.knex('incidents').where({ id: of.incidentId }).update({ alert });
    const [job] = await db.queue.take(db.knex, 1, 1);
    if (job === undefined) throw new Error('there is no wake');
    return { waiting: { kind: 'step', of } as const, ...job };
  }
  const jobs = async () => {
    const sql = `select data, state::text, start_after > now() as later, priority from pgboss.job order by created_on, priority`;
    return (await db.knex.raw(sql)).rows;
  };

  test('comes again, once, behind all others, and says that it was tried', async () => {
    const { waiting, claim } = await taken();
    expect(await db.store.awaiting()).toEqual([]);
    await db.store.awaitCluster(waiting, claim, 30);
    await db.store.awaitCluster(waiting, claim, 30);
    const { id, createdAt } = waiting.of;
    expect(await jobs()).toMatchObject([
      { state: 'completed' },
      { state: 'created', data: { kind: 'step', id, version: 0, deaths: 0 }, later: true, priority: -1 },
    ]);
    expect(await db.store.awaiting()).toEqual([{ cluster: 'test', alerts: 1, since: createdAt }]);
    expect(await db.store.load(id)).toEqual(waiting.of);
  });

  test('lets people, alerts and other proposals go first', async () => {
    const { waiting, claim } = await taken();
    await db.store.awaitCluster(waiting, claim, 0);
    const wakes = [
      [{ kind: 'triage', id: randomUUID(), version: 0 }, {}],
      [{ kind: 'step', id: randomUUID(), version: 0 }, { nobodyWaits: true }],
      [{ kind: 'step', id: randomUUID(), version: 0 }, {}],
    ] as const;
    for (const [wake, due] of wakes) await db.queue.send(db.knex, wake, due);
    const order = [];
    for (let each = 0; each < 4; each += 1) order.push((await db.queue.take(db.knex, 1, 1))[0]?.data);
    const others = wakes.map(([wake]) => wake).toReversed();
    expect(order).toEqual([...others, { kind: 'step', id: waiting.of.id, version: 0, deaths: 0 }]);
  });

  test('is put off by nobody whose claim another has by now', async () => {
    const { waiting, claim } = await taken();
    await db.queue.fail(db.knex, claim, new Error('its replica was lost'));
    const before = await jobs();
    await db.store.awaitCluster(waiting, claim, 30);
    expect([await jobs(), await db.store.awaiting()]).toEqual([before, []]);
  });

  test('is as before where the process dies before the commit', async () => {
    const { waiting, claim } = await taken();
    const before = await jobs();
    const send = () => Promise.reject(new Error('killed'));
    const dying = db.storeWith({ ...db.queue, send });
    await expect(dying.awaitCluster(waiting, claim, 30)).rejects.toThrow('killed');
    expect([await jobs(), await db.store.awaiting()]).toEqual([before, []]);
    await db.store.awaitCluster(waiting, claim, 30);
    expect(await db.store.awaiting()).toMatchObject([{ alerts: 1 }]);
  });

  test('is woken by the sweeper where its wake is lost', async () => {
    const { waiting, claim } = await taken();
    await db.store.awaitCluster(waiting, claim, 30);
    await db.knex.raw('delete from pgboss.job');
    await sweep({ knex: db.knex, queue: db.queue, newId: randomUUID, log: silentLog });
    const { id } = waiting.of;
    expect(await jobs()).toMatchObject([{ data: { kind: 'step', id, version: 0, deaths: 0 }, later: false }]);
  });

  test('does not wait any more once it has moved, whoever moved it', async () => {
    const { waiting, claim } = await taken();
    await db.store.awaitCluster(waiting, claim, 30);
    await db.store.transition(waiting.of, transitionTo(waiting.of, 'evaluated'));
    expect(await db.store.awaiting()).toEqual([]);
  });

  test('is counted once where all of its alerts are resolved: it is looked at all the same', async () => {
    const { waiting, claim } = await taken();
    await db.store.awaitCluster(waiting, claim, 30);
    await db.knex('incidents').update({ resolved_at: db.knex.fn.now() });
    expect(await db.store.awaiting()).toMatchObject([{ cluster: 'test', alerts: 1 }]);
  });

  test('is counted with what joined it and still fires, and beside the alerts of its cluster', async () => {
    const { waiting, claim } = await taken();
    await db.store.awaitCluster(waiting, claim, 30);
    const [joins, over] = [await received(null), await received(null)];
    const joined = { state: 'triaged', joined: waiting.of.incidentId, alert: {} };
    await db.knex('incidents').whereIn('id', [joins, over]).update(joined);
    await db.knex('incidents').where({ id: over }).update({ resolved_at: db.knex.fn.now() });
    const of = (cluster: string | null) => ({ woken_at: 'infinity', awaits_cluster: cluster });
    for (const cluster of ['test', 'us', null])
      await db
        .knex('incidents')
        .where({ id: await received(null) })
        .update(of(cluster));
    const since = '2026-03-01T12:00:00.000Z';
    expect(await db.store.awaiting()).toEqual([
      { cluster: 'test', alerts: 3, since },
      { cluster: 'us', alerts: 1, since },
      { alerts: 1, since },
    ]);
  });
});
