import { randomUUID } from 'node:crypto';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heldClaim } from '../../../src/adapters/postgres/jobs/claims.ts';
import {
  claimedJob,
  endedJob,
  type NewJob,
  newJobs,
  queueName,
  takenJobs,
} from '../../../src/adapters/postgres/jobs/job-rows.ts';
import { send } from '../../../src/adapters/postgres/sql.ts';
import type { Wake } from '../../../src/workflow/ports.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';

/* What Firebreak writes to the library's table itself is what the library would have written. */

let db: TestDatabase;
let boss: PgBoss;
beforeAll(async () => {
  db = await openDatabase();
  boss = new PgBoss({ connectionString: db.url, schedule: false, supervise: false });
  await boss.start();
});
afterAll(async () => {
  await boss.stop({ graceful: false });
  await db.close();
});

const jobOf = (after: number | string): NewJob => {
  const id = randomUUID();
  return { id, wake: { kind: 'step', id: randomUUID(), version: 3 }, priority: 20, after };
};

/** A row without what is its own: its id, its data, and its instants, which become whether they are there, or how far apart. */
async function rowOf(id: string): Promise<object> {
  const sql = `select to_jsonb(job) - array['id', 'data', 'created_on', 'start_after', 'keep_until', 'started_on', 'heartbeat_on',
        'completed_on', 'output'] || jsonb_build_object(
      'waits', round(extract(epoch from start_after - created_on)), 'kept', keep_until - start_after,
      'started', started_on is not null, 'beats', heartbeat_on is not null, 'completed', completed_on is not null,
      'put', coalesce(output, 'null')) as row
    from pgboss.job where id = ?`;
  const { rows } = await db.knex.raw(sql, [id]);
  return rows[0].row;
}

async function theirs(job: NewJob): Promise<string> {
  const { id, wake, priority, after: startAfter } = job;
  await boss.send(queueName, wake, { id, priority, startAfter });
  return id;
}

async function ours(job: NewJob): Promise<string> {
  await send(db.knex, newJobs([job]));
  return job.id;
}

const inAnHour = new Date(Date.now() + 3_600_000).toISOString();

const notesOf = (id: string) => db.knex('running').where({ job_id: id });

describe('a job', () => {
  test.each([0, 30, inAnHour])('due after %s', async (after) => {
    expect(await rowOf(await ours(jobOf(after)))).toEqual(await rowOf(await theirs(jobOf(after))));
  });

  test('that is there stays as it is', async () => {
    const job = jobOf(0);
    await ours(job);
    await ours({ ...job, priority: 1, after: 60 });
    expect(await rowOf(job.id)).toMatchObject({ priority: 20, waits: 0 });
  });

  test('that is taken when it is due, the most urgent first, and once more after it failed', async () => {
    await db.knex.raw('delete from pgboss.job');
    const [low, high] = [{ ...jobOf(0), priority: 1 }, jobOf(0)];
    await send(db.knex, newJobs([low, high, { ...jobOf(60), priority: 0 }]));
    const take = async (instance: number) => {
      const { sql, bindings } = takenJobs(1, instance);
      return (await db.knex.raw(sql, [...bindings])).rows;
    };
    expect(await take(7)).toEqual([{ id: high.id, retry_count: 0, data: high.wake, expire_seconds: 120 }]);
    expect(await take(8)).toMatchObject([{ id: low.id }]);
    expect(await take(9)).toEqual([]);
    expect(await notesOf(high.id)).toMatchObject([{ attempt: 0, instance: 7, wake: high.wake }]);

    const their = await theirs({ ...jobOf(0), priority: 30 });
    expect(await boss.fetch(queueName)).toHaveLength(1);
    expect(await rowOf(high.id)).toEqual({ ...(await rowOf(their)), priority: 20 });
    for (const id of [their, high.id]) await boss.fail(queueName, id, new Error('no'));
    await db.knex.raw('update pgboss.job set start_after = now()');
    expect(await take(8)).toMatchObject([{ id: their, retry_count: 1 }]);
    expect(await take(8)).toMatchObject([{ id: high.id, retry_count: 1 }]);
    expect(await notesOf(high.id)).toMatchObject([{ instance: 7 }, { attempt: 1, instance: 8 }]);
  });

  test('for which people wait comes first, then what they do not wait for', async () => {
    await db.knex.raw('delete from pgboss.job');
    const wake = (kind: Wake['kind']): Wake => ({ kind, id: randomUUID(), version: 0 });
    for (const kind of ['triage', 'look', 'end', 'expire'] as const) await db.queue.send(db.knex, wake(kind));
    await db.queue.send(db.knex, wake('step'), { nobodyWaits: true });
    await db.queue.send(db.knex, wake('step'));
    const sql = `select data->>'kind' as kind, priority from pgboss.job order by priority desc, created_on`;
    expect((await db.knex.raw(sql)).rows).toEqual([
      { kind: 'step', priority: 20 },
      { kind: 'step', priority: 15 },
      { kind: 'expire', priority: 10 },
      ...['triage', 'look', 'end'].map((kind) => ({ kind, priority: 0 })),
    ]);
  });

  test('that another has by now is named', () => {
    const claim = { queue: queueName, jobId: 'this-one', attempt: 0 };
    expect(heldClaim(claim).orElse).toMatchObject({ message: 'job this-one was given to another' });
  });

  test('that is taken, and ended', async () => {
    await db.knex.raw('delete from pgboss.job');
    const [their, our] = [await theirs(jobOf(0)), jobOf(0)];
    expect(await boss.fetch(queueName)).toHaveLength(1);
    await send(db.knex, claimedJob(our, 7));
    expect(await rowOf(our.id)).toEqual(await rowOf(their));
    expect(await notesOf(our.id)).toMatchObject([{ attempt: 0, instance: 7 }]);

    const claim = { queue: queueName, jobId: our.id, attempt: 0 };
    await send(db.knex, endedJob({ ...claim, attempt: 1 }));
    expect(await notesOf(our.id)).toHaveLength(1);
    await boss.complete(queueName, { id: their, retryCount: 0 }, null);
    const lost = jobOf(0);
    await send(db.knex, claimedJob(lost, 7));
    await boss.fail(queueName, lost.id, new Error('no'));
    await send(db.knex, endedJob({ ...claim, jobId: lost.id }));
    expect(await rowOf(lost.id)).toMatchObject({ state: 'retry', completed: false });
    expect(await notesOf(lost.id)).toHaveLength(1);
    await send(db.knex, endedJob(claim));
    expect(await rowOf(our.id)).toEqual(await rowOf(their));
    expect(await notesOf(our.id)).toEqual([]);
  });
});
