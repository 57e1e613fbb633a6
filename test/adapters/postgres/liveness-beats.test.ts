import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createLiveness, type Liveness } from '../../../src/adapters/postgres/jobs/liveness.ts';
import { recordedLog, silentLog } from '../../fixtures/log.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { messagesOf } from './messages.ts';

/* What one connection hears and says, beat by beat. */

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
const ends: (() => Promise<unknown>)[] = [];
/** What somebody who is gone has in hand is looked at more often. */
beforeEach(() =>
  db.knex('running').insert({ job_id: randomUUID(), attempt: 0, queue: 'wake', instance: 999, wake: '{}' }),
);
afterEach(async () => {
  vi.restoreAllMocks();
  for (const end of ends.splice(0)) await end();
  await db.knex.raw('truncate pgboss.job, running, slack_outbox, stops cascade');
});
afterAll(() => db.close());

const { promised } = messagesOf(() => db);
const madeWith = (options: Partial<Parameters<typeof createLiveness>[0]> = {}): Liveness => {
  const liveness = createLiveness({ url: db.url, log: silentLog, ...options });
  ends.push(() => liveness.stop());
  return liveness;
};

/** What it has called for since the last time. */
function calls(liveness: Liveness) {
  const heard: string[] = [];
  const stops = (['jobs', 'outbox'] as const).map((channel) =>
    liveness.on(channel, () => heard.push(channel)),
  );
  return {
    heard: () => [...new Set(heard.splice(0))],
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

/** So many beats from now. */
function beats(liveness: Liveness, count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = count;
  const end = liveness.onCheck(() => {
    left -= 1;
    if (left === 0) resolve();
  });
  return promise.finally(end);
}

test('it lives from its start to its stop, on one connection', async () => {
  const liveness = madeWith();
  expect([liveness.isLive(), liveness.isStopped(), liveness.clockSkew()]).toEqual([false, false, 0]);
  expect(liveness.heartbeatAge()).toBe(Number.POSITIVE_INFINITY);
  await Promise.all([liveness.start(), liveness.start()]);
  expect(liveness.isLive()).toBe(true);
  expect(Number.isFinite(liveness.heartbeatAge())).toBe(true);
  const backends = () =>
    db
      .knex('pg_stat_activity')
      .where('application_name', 'firebreak-liveness')
      .whereRaw('datname = current_database()');
  expect(await backends()).toHaveLength(1);
  const locks = await db.knex.raw(
    `select from pg_locks where locktype = 'advisory' and classid = ?::bigint::oid and objid = ?::bigint::oid and granted`,
    [0x4642616c, liveness.instance],
  );
  expect(locks.rows).toHaveLength(1);
  await liveness.stop();
  expect(liveness.isLive()).toBe(false);
  await eventually(async () => expect(await backends()).toEqual([]));
});

test.each([
  ['slack_outbox', 'outbox'],
  ['job', 'jobs'],
])('what is notified of %s is for the %s', async (payload, channel) => {
  const liveness = madeWith();
  await liveness.start();
  const { heard, stop } = calls(liveness);
  await beats(liveness, 1);
  expect(heard(), 'nothing is due').toEqual([]);
  await db.knex.raw('select pg_notify(?, ?)', ['firebreak', payload]);
  await beats(liveness, 1);
  expect(heard()).toEqual([channel]);
  stop();
  await db.knex.raw('select pg_notify(?, ?)', ['firebreak', payload]);
  await beats(liveness, 1);
  expect(heard()).toEqual([]);
});

test('each beat calls for what is due, and says whether Firebreak was stopped', async () => {
  const liveness = madeWith();
  await liveness.start();
  const { heard } = calls(liveness);
  await db.queue.send(db.knex, { kind: 'step', id: randomUUID(), version: 0 });
  await beats(liveness, 1);
  heard();
  await beats(liveness, 1);
  expect(heard()).toEqual(['jobs']);
  await db.knex.raw('delete from pgboss.job');
  await promised();
  await db.knex.raw(`insert into stops (at, reason) values (now(), 'it is tried')`);
  await beats(liveness, 1);
  heard();
  await beats(liveness, 1);
  expect(heard()).toEqual(['outbox']);
  expect(liveness.isStopped()).toBe(true);
});

test('it is live once what waits for the connection is done, and begins anew where that fails', async () => {
  const { log, said } = recordedLog();
  const { promise, resolve } = Promise.withResolvers<void>();
  let times = 0;
  const regained = async () => {
    times += 1;
    if (times === 1) throw new Error('not yet');
    await promise;
  };
  const liveness = madeWith({ log, regained });
  const started = liveness.start();
  await eventually(() => expect(times).toBe(2));
  expect(liveness.isLive()).toBe(false);
  expect(said).toEqual([
    [
      'warn',
      { err: new Error('not yet') },
      'the liveness check lost its database connection; connecting again',
    ],
  ]);
  resolve();
  await started;
  expect(liveness.isLive()).toBe(true);
});

test('a connection of its own that the server has not missed yet is ended for the next', async () => {
  const liveness = madeWith();
  const earlier = new pg.Client({ connectionString: db.url });
  earlier.on('error', () => {});
  await earlier.connect();
  ends.push(() => earlier.end().catch(() => {}));
  const gone = new Promise<void>((resolve) => earlier.once('end', resolve));
  await earlier.query('select pg_advisory_lock($1, $2)', [0x4642616c, liveness.instance]);
  await liveness.start();
  await gone;
  expect(liveness.isLive()).toBe(true);
});

test('a clock that is off by what is worth minding is minded, and it does not jump with every beat', async () => {
  const liveness = madeWith();
  const now = Date.now.bind(Date);
  let off = 1_000;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + off);
  await liveness.start();
  const after = async (milliseconds: number): Promise<number> => {
    off = milliseconds;
    await beats(liveness, 2);
    return liveness.clockSkew();
  };
  expect(await after(1_000)).toBe(0);
  const hour = 3_600_000;
  const behind = await after(-hour);
  expect(Math.abs(behind - hour)).toBeLessThan(600_000);
  expect(await after(-hour + 500)).toBe(behind);
  expect(Math.abs((await after(hour)) + hour)).toBeLessThan(600_000);
  expect(await after(1_000)).toBe(0);
});
