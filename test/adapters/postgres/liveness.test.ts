import { randomUUID } from 'node:crypto';
import { expect, type TestContext, test } from 'vitest';
import { connect } from '../../../src/adapters/postgres/connect.ts';
import {
  createLiveness,
  type Liveness,
  type LivenessCheck,
  poolName,
} from '../../../src/adapters/postgres/jobs/liveness.ts';
import { silentLog } from '../../fixtures/log.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { openWire } from '../../support/wire.ts';

/** Each test has a database of its own, so that they wait for their beats together. */
async function ofItsOwn({ onTestFinished }: TestContext): Promise<TestDatabase> {
  const db = await openDatabase();
  onTestFinished(() => db.close());
  return db;
}

/** Server processes of liveness connections. */
const backends = async (db: TestDatabase): Promise<number[]> =>
  (
    await db.knex.raw(
      `select pid from pg_stat_activity where application_name = 'firebreak-liveness' and datname = current_database()`,
    )
  ).rows.map(({ pid }: { pid: number }) => pid);

/** What the next checks find, so many of them. */
function nextChecks(liveness: Liveness, count: number): Promise<LivenessCheck[]> {
  const { promise, resolve } = Promise.withResolvers<LivenessCheck[]>();
  const seen: LivenessCheck[] = [];
  const end = liveness.onCheck((found) => {
    seen.push(found);
    if (seen.length === count) resolve(seen);
  });
  return promise.finally(end);
}

const holdJob = (db: TestDatabase, instance: number) =>
  db.knex('running').insert({ job_id: randomUUID(), attempt: 0, queue: 'wake', instance, wake: '{}' });

test.concurrent('a connection that falls silent is replaced, and the server keeps none of it', async (context) => {
  const db = await ofItsOwn(context);
  const wire = await openWire(db.url);
  const liveness = createLiveness({ url: wire.url, log: silentLog });
  await liveness.start();
  const before = await backends(db);
  expect(before).toHaveLength(1);
  wire.silence();
  await eventually(() => expect(liveness.isLive()).toBe(false));
  expect(liveness.heartbeatAge()).toBe(Number.POSITIVE_INFINITY);
  wire.heal();
  await eventually(() => expect(liveness.isLive()).toBe(true));
  const after = await backends(db);
  expect(after).toHaveLength(1);
  expect(after).not.toEqual(before);
  // And it stays so: it does not lose to itself.
  await nextChecks(liveness, 4);
  expect(await backends(db)).toEqual(after);
  await liveness.stop();
  await wire.close();
});

test.concurrent('a connection that the server ends is replaced, and from then on nobody takes it for gone', async (context) => {
  const db = await ofItsOwn(context);
  const [victim, other] = [0, 1].map(() => createLiveness({ url: db.url, log: silentLog }));
  if (victim === undefined || other === undefined) throw new Error('two were made');
  await Promise.all([victim.start(), other.start()]);
  await holdJob(db, victim.instance);
  await nextChecks(other, 4);
  // What was asked for while it had no connection may be told a moment after it has one again.
  const missed: number[] = [];
  const end = other.onCheck(({ gone }) => {
    if (victim.isLive() && gone.includes(victim.instance)) missed.push(victim.instance);
  });
  await db.knex.raw(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = ${victim.instance}::bigint::oid`,
  );
  await eventually(() => expect(victim.isLive()).toBe(false));
  await eventually(() => expect(victim.isLive()).toBe(true));
  await nextChecks(other, 6);
  end();
  expect(missed.length).toBeLessThan(2);
  await Promise.all([victim.stop(), other.stop()]);
});

test.concurrent('who has lost its lock and still has a connection is not taken for dead', async (context) => {
  const db = await ofItsOwn(context);
  const wire = await openWire(db.url);
  const victim = createLiveness({ url: wire.url, log: silentLog });
  const pool = connect(db.url, 1, { name: poolName(victim.instance) });
  const other = createLiveness({ url: db.url, log: silentLog });
  await Promise.all([victim.start(), other.start(), pool.raw('select 1')]);
  await holdJob(db, victim.instance);
  await nextChecks(other, 4);
  wire.silence();
  wire.cut();
  const found = await nextChecks(other, 4);
  expect(victim.isLive()).toBe(false);
  expect(found.flatMap(({ gone }) => gone)).toEqual([]);
  await pool.destroy();
  await eventually(async () => {
    const [check] = await nextChecks(other, 1);
    expect(check?.gone).toEqual([victim.instance]);
  });
  wire.heal();
  await Promise.all([victim.stop(), other.stop()]);
  await wire.close();
});

test.concurrent('a heartbeat that is overdue is told at once by who could have seen another, and not right after a start', async (context) => {
  const db = await ofItsOwn(context);
  const jobId = randomUUID();
  await db.queue.send(db.knex, { kind: 'step', id: randomUUID(), version: 0 });
  await db.knex.raw(
    `update pgboss.job set id = ?, state = 'active', heartbeat_on = now() - interval '11 seconds' where name = 'wake'`,
    [jobId],
  );
  const liveness = createLiveness({ url: db.url, log: silentLog });
  await liveness.start();
  await db
    .knex('running')
    .insert({ job_id: jobId, attempt: 0, queue: 'wake', instance: liveness.instance, wake: '{}' });
  const [first] = await nextChecks(liveness, 1);
  expect(first?.frozen).toEqual([]);
  await eventually(async () => {
    const [check] = await nextChecks(liveness, 1);
    expect(check?.frozen).toEqual([jobId]);
  });
  await liveness.stop();
});
