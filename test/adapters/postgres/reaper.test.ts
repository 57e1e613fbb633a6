import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createReaper, handOver, retryAfter } from '../../../src/adapters/postgres/jobs/reaper.ts';
import { sweep } from '../../../src/adapters/postgres/jobs/sweeper.ts';
import type { Wake } from '../../../src/workflow/ports.ts';
import { recordedLog, silentLog } from '../../fixtures/log.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

test.each([
  [1, 0, 0, 0],
  [2, 2, 3, 4],
  [3, 4, 6, 8],
  [4, 30, 45, 60],
  [5, 0, 0, 0],
  [20, 0, 0, 0],
])('after %d deaths a step waits from %d to %d s', (deaths, least, middle, most) => {
  expect([0, 0.5, 1].map((chance) => retryAfter(deaths, chance))).toEqual([least, middle, most]);
});

/** One process after the other takes what is to be done, all of it at once, and is lost. */
async function lose(instance: number, wakes: readonly Wake[]): Promise<void> {
  for (const wake of wakes) await db.queue.send(db.knex, wake, { salt: randomUUID() });
  const taken = await db.knex.transaction((trx) => db.queue.take(trx, 20, 1));
  for (const { claim, data } of taken) await handOver(options(), claim, data, { lost: instance });
}

const options = () => ({ knex: db.knex, queue: db.queue, log: silentLog });

/** Every wake comes at once, however long it would have to wait. */
const hurry = () => db.knex.raw("update pgboss.job set start_after = now() where name = 'wake'");

async function deathsOf({ id }: Wake): Promise<number> {
  const { rows } = await db.knex.raw(
    `select (data->>'deaths')::integer as deaths from pgboss.job
      where name = 'wake' and state = 'created' and data->>'id' = ?`,
    [id],
  );
  expect(rows.length).toBe(1);
  return rows[0].deaths;
}

const stepOf = (): Wake => ({ kind: 'step', id: randomUUID(), version: 3 });

beforeEach(async () => {
  await db.knex.raw('delete from pgboss.job; delete from lost_steps');
});

test('a step at which several processes died is tried again apart from those that died beside it', async () => {
  const deadly = stepOf();
  for (const instance of [1, 2, 3]) {
    await lose(instance, instance === 1 ? [deadly] : []);
    if (instance < 3) await hurry();
  }
  const { rows } = await db.knex.raw(`select extract(epoch from start_after - created_on)::float8 as seconds
    from pgboss.job where name = 'wake' and (data->>'deaths')::integer = 3`);
  expect(rows.length).toBe(1);
  expect(rows[0].seconds).toBeGreaterThan(3);
});

describe('deaths for which a step may be to blame', () => {
  test('are all of those that came one after the other, whatever else the processes did', async () => {
    const deadly = stepOf();
    await lose(1, [deadly]);
    for (const instance of [2, 3, 4, 5]) {
      await hurry();
      await lose(instance, [stepOf()]);
    }
    expect(await deathsOf(deadly)).toBe(5);
  });

  test('begin anew when a process dies without it', async () => {
    const beset = stepOf();
    await lose(1, [beset]);
    for (const instance of [2, 3, 4]) {
      await hurry();
      await lose(instance, []);
    }
    await db.knex.raw("update pgboss.job set start_after = now() + interval '1 hour' where name = 'wake'");
    await lose(5, [stepOf()]);
    expect(await deathsOf(beset)).toBe(4);
    await hurry();
    await lose(6, []);
    expect(await deathsOf(beset)).toBe(1);
  });

  test('are those of another version of the row no more than those of another row', async () => {
    const deadly = stepOf();
    await lose(1, [deadly]);
    await db.knex.raw('delete from pgboss.job');
    await lose(2, [{ ...deadly, version: 4 }]);
    expect(await deathsOf(deadly)).toBe(1);
  });

  test('are all of them where two steps clear each other for ever', async () => {
    const [one, other] = [stepOf(), stepOf()];
    const deaths: number[] = [];
    for (let instance = 0; instance < 40; instance += 1) {
      await db.knex.raw('delete from pgboss.job');
      const dies = instance % 2 === 0 ? one : other;
      await lose(instance, [dies]);
      deaths.push(await deathsOf(dies));
    }
    expect(deaths.slice(0, 38)).toEqual(Array.from({ length: 38 }, () => 1));
    expect(deaths.slice(38)).toEqual([20, 20]);
  });
});

test.each([
  ['in the middle of it is no death, but it may have been begun', 'stops', 0],
  ['before it is nothing', 'stops before it', null],
] as const)('a process that stops of its own accord %s', async (_name, why, deaths) => {
  const wake = stepOf();
  await db.queue.send(db.knex, wake);
  const [taken] = await db.knex.transaction((trx) => db.queue.take(trx, 1, 1));
  if (taken === undefined) throw new Error('there was no job to take');
  expect(await handOver(options(), taken.claim, taken.data, why)).toBe(true);
  expect(await deathsOf(wake)).toBe(deaths);
});

test('what was noted of deaths is forgotten after an hour', async () => {
  await lose(1, [stepOf()]);
  await db.knex.raw("delete from pgboss.job; update lost_steps set at = at - interval '61 minutes'");
  await lose(2, [stepOf()]);
  await sweep({ ...options(), newId: randomUUID });
  expect(await db.knex('lost_steps').pluck('instance')).toEqual([2]);
});

test('an attempt that was lost long ago takes nothing from the one that is under way', async () => {
  const wake = stepOf();
  await db.queue.send(db.knex, wake);
  const [lost] = await db.queue.take(db.knex, 1, 1);
  if (lost === undefined) throw new Error('the wake was not there');
  await db.queue.fail(db.knex, lost.claim, new Error('given back'));
  await hurry();
  const [now] = await db.queue.take(db.knex, 1, 2);
  expect(await handOver(options(), lost.claim, lost.data, { lost: 1 })).toBe(false);
  expect(await db.knex('running').where({ job_id: lost.claim.jobId })).toMatchObject([
    { attempt: now?.claim.attempt, instance: 2 },
  ]);
});

test('a process that is gone is taken over from at the second look: its steps, and what it was sending', async () => {
  const wake = stepOf();
  await db.queue.send(db.knex, wake);
  await db.queue.take(db.knex, 1, 41);
  await db.knex.raw(`insert into slack_outbox (id, key, kind, channel, notice, ts, sent_channel, sent_revision, attempts, leased_by, leased_until)
    values (gen_random_uuid(), 'leased', 'anchor', 'C0OPS', '{}', '1.1', 'C0OPS', 0, 1, 41, now() + interval '1 hour')`);
  const listener = new pg.Client({ connectionString: db.url });
  await listener.connect();
  const heard: (string | undefined)[] = [];
  listener.on('notification', ({ payload }) => heard.push(payload));
  await listener.query('listen firebreak');
  let looked = 0;
  const reap = createReaper({
    ...{ queue: db.queue, log: silentLog },
    get knex() {
      looked += 1;
      return db.knex;
    },
  });
  reap({ gone: [41], frozen: [] });
  reap({ gone: [], frozen: [] });
  reap({ gone: [41], frozen: [] });
  expect(looked).toBe(0);
  reap({ gone: [41], frozen: [] });
  await eventually(async () => {
    const [message] = await db.knex('slack_outbox').where('key', 'leased');
    expect(message).toMatchObject({ leased_by: null, leased_until: null, uncertain: true });
  });
  // Who sends hears of what was freed, and need not wait for the next beat.
  await eventually(async () => {
    await listener.query('select 1');
    expect(heard).toContain('slack_outbox');
  });
  await listener.end();
  expect(await deathsOf(wake)).toBe(1);
  await db.knex('slack_outbox').where('key', 'leased').delete();
});

describe('who takes over', () => {
  const looking = (knex = () => db.knex) => {
    const { log, said } = recordedLog();
    let looks = 0;
    const reap = createReaper({
      ...{ queue: db.queue, log },
      get knex() {
        looks += 1;
        return knex();
      },
    });
    return { reap, said, looks: () => looks };
  };
  const takenBy = async (instance: number, wake = stepOf()) => {
    await db.queue.send(db.knex, wake);
    const [taken] = await db.queue.take(db.knex, 1, instance);
    if (taken === undefined) throw new Error('the wake was not there');
    return taken.claim;
  };

  test('tells which step, and no messages where there were none', async () => {
    const wake = stepOf();
    const { jobId } = await takenBy(42, wake);
    const { reap, said } = looking();
    const listener = new pg.Client({ connectionString: db.url });
    await listener.connect();
    const heard: (string | undefined)[] = [];
    listener.on('notification', ({ payload }) => heard.push(payload));
    await listener.query('listen firebreak');
    reap({ gone: [], frozen: [jobId] });
    await eventually(async () => {
      await listener.query('select 1');
      expect(heard).toContain('running');
    });
    await eventually(() =>
      expect(said).toEqual([['info', { wake }, 'took over a step from a process that was lost']]),
    );
    await listener.end();
    expect(heard).not.toContain('slack_outbox');
  });

  test('tells how many messages it has freed', async () => {
    const leased = (instance: number) =>
      db.knex.raw(
        `insert into slack_outbox (id, key, kind, channel, notice, ts, sent_channel, sent_revision, attempts, leased_by, leased_until)
          values (gen_random_uuid(), gen_random_uuid(), 'anchor', 'C0OPS', '{}', '1.1', 'C0OPS', 0, 1, ?, now() + interval '1 hour')`,
        [instance],
      );
    for (const instance of [43, 43, 44]) await leased(instance);
    const { reap, said } = looking();
    reap({ gone: [43], frozen: [] });
    reap({ gone: [43], frozen: [] });
    await eventually(() =>
      expect(said).toEqual([['info', { freed: 2 }, 'took over messages from a process that died']]),
    );
    await db.knex('slack_outbox').delete();
  });

  test('does so once at a time, and tells of what it could not do yet', async () => {
    let isAway = true;
    const { reap, said, looks } = looking(() => {
      if (isAway) throw new Error('away');
      return db.knex;
    });
    const { jobId } = await takenBy(45);
    for (let look = 0; look < 3; look += 1) reap({ gone: [], frozen: [jobId] });
    expect(looks()).toBe(1);
    await eventually(() =>
      expect(said).toEqual([
        ['warn', { err: new Error('away') }, 'a lost process could not be taken over from yet'],
      ]),
    );
    isAway = false;
    reap({ gone: [], frozen: [jobId] });
    await eventually(() => expect(said).toHaveLength(2));
  });

  test('gives a wake back that only a newer version knows', async () => {
    const claim = await takenBy(46);
    expect(await handOver(options(), claim, { kind: 'dance' }, { lost: 46 })).toBe(false);
    expect(await db.knex('pgboss.job').where('id', claim.jobId)).toMatchObject([
      { state: 'retry', output: { message: 'its process was lost' } },
    ]);
    expect(await db.knex('running').where('job_id', claim.jobId)).toEqual([]);
  });

  test.each([
    ['stops', 2],
    ['stops before it', 2],
  ] as const)('forgets none of the deaths before: of a process that %s', async (why, deaths) => {
    const wake = { ...stepOf(), deaths: 2 };
    const claim = await takenBy(47, wake);
    expect(await handOver(options(), claim, wake, why)).toBe(true);
    expect(await deathsOf(wake)).toBe(deaths);
    const [job] = await db.knex('pgboss.job').where('state', 'created');
    expect(job.id).not.toBe(claim.jobId);
  });
});
