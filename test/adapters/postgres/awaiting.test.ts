import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wakeForRoom } from '../../../src/adapters/postgres/incidents/waking.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';

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
  expect(await db.store.awaiting()).toBeUndefined();
  await db.store.awaitCluster(incident, taken.claim, 30);
  await db.store.awaitCluster(incident, taken.claim, 30);
  const sql = `select data, start_after > now() as later, priority from pgboss.job
    where state = 'created' order by priority`;
  expect((await db.knex.raw(sql)).rows).toEqual([
    { data: { kind: 'triage', id, version: incident.version, deaths: 0 }, later: true, priority: -1 },
    { data: { kind: 'triage', id: next, version: 0 }, later: false, priority: 0 },
  ]);
  expect(await db.store.awaiting()).toEqual({ alerts: 1, since: '2026-03-01T12:00:00.000Z' });
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
  await db.store.awaitCluster(incident, taken.claim, 30);
  const [row] = await db.knex('incidents').where({ id: next }).select('woken_at');
  expect(row).toEqual({ woken_at: null });
});
