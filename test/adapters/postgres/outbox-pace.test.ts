import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createOutbox } from '../../../src/adapters/postgres/outbox/outbox.ts';
import { priorities } from '../../../src/adapters/postgres/outbox/priority.ts';
import type { Outbox } from '../../../src/workflow/outbox-port.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { messagesOf } from './messages.ts';

let db: TestDatabase;
let outbox: Outbox;
beforeAll(async () => {
  db = await openDatabase();
  const liveness = { instance: 1, on: () => () => {}, isLive: () => true };
  outbox = createOutbox({ knex: db.knex, queue: db.queue, liveness });
});
beforeEach(() => db.knex.raw('truncate slack_outbox, slack_lanes'));
afterAll(() => db.close());

const { promised: one } = messagesOf(() => db);

/** Promises messages about alerts or about what people asked for. */
async function promised(count: number, priority: number): Promise<void> {
  for (let nth = 0; nth < count; nth += 1) await one({ priority });
}

/** Seconds. */
async function serverTime(): Promise<number> {
  return Number(
    (await db.knex.raw('select extract(epoch from clock_timestamp())::float8 as now')).rows[0].now,
  );
}

/**
 * Posts all that may be posted in so many seconds, at most one each two seconds. The clock is the lanes': it is as far as is
 * said, however long the work itself has taken.
 */
async function postedIn(seconds: number): Promise<number> {
  let [posted, skipped] = [0, 0];
  const began = await serverTime();
  for (let passed = 0; passed < seconds; passed += 2) {
    for (const delivery of await outbox.lease(1)) {
      await outbox.settle(delivery, { kind: 'sent', channel: 'C0OPS', ts: `${posted}` });
      posted += 1;
    }
    const missing = passed + 2 - (await serverTime()) + began - skipped;
    skipped += missing;
    await db.knex.raw('update slack_lanes set free_at = free_at - make_interval(secs => ?)', [missing]);
  }
  return posted;
}

test('of what alerts brought about 18 a minute at most, and beside it what people asked for', async () => {
  await promised(60, priorities.chatter);
  const first = await postedIn(60);
  expect(first).toBeGreaterThan(15);
  expect(first).toBeLessThanOrEqual(18);
  const second = await postedIn(60);
  expect(second).toBeGreaterThan(8);
  expect(second).toBeLessThanOrEqual(11);
  await promised(5, priorities.askedReply);
  expect(await postedIn(10)).toBeGreaterThanOrEqual(5);
});

test('one sender after the other looks for what is to be sent', async () => {
  await db.knex.raw('truncate slack_outbox, slack_lanes');
  await promised(1, priorities.reply);
  const leases = 0x46426f62;
  const other = await db.knex.transaction();
  await other.raw('select pg_advisory_xact_lock(?)', [leases]);
  const leasing = outbox.lease(10);
  const waits = `select from pg_locks where locktype = 'advisory' and not granted and objid = ?`;
  let isHeld = true;
  const isWaiting = eventually(async () => expect((await db.knex.raw(waits, [leases])).rows).toHaveLength(1));
  await Promise.race([isWaiting, leasing.then(() => expect(isHeld).toBe(false))]);
  isHeld = false;
  await other.rollback();
  expect(await leasing).toHaveLength(1);
});

test('of two updates of the same priority the one that has waited longer is sent first', async () => {
  await db.knex.raw('truncate slack_outbox, slack_lanes');
  await promised(2, priorities.reply);
  const waiting = `update slack_outbox set ts = seq::text,
      next_attempt_at = clock_timestamp() - case when seq = (select min(seq) from slack_outbox) then 5 else 50 end * interval '1 second'`;
  await db.knex.raw(waiting);
  const sent = [...(await outbox.lease(1)), ...(await outbox.lease(1))].map(({ ts }) => Number(ts));
  expect(sent).toEqual(sent.toSorted((a, b) => b - a));
  expect(new Set(sent).size).toBe(2);
});

/** The channel's lane is as if so many seconds were taken out of it already. */
const laneTaken = (seconds: number) =>
  db.knex.raw(
    `insert into slack_lanes (lane, free_at) values ('C0OPS', clock_timestamp() + interval '${seconds} seconds')`,
  );

test('what people asked for is posted four times in a row, the rest waits until the channel has rested', async () => {
  await laneTaken(3.2);
  await promised(1, priorities.card);
  expect(await outbox.lease(10)).toEqual([]);
  await promised(1, priorities.askedReply);
  expect(await outbox.lease(10)).toHaveLength(1);
});

test.each([4, 3600])('the fifth in a row waits: the channel is busy for %d s', async (seconds) => {
  await laneTaken(seconds);
  await promised(1, priorities.askedReply);
  expect(await outbox.lease(10)).toEqual([]);
});

test('who listens hears of what is promised, and not of what was sent', async () => {
  const listener = new pg.Client({ connectionString: db.url });
  await listener.connect();
  const heard: (string | undefined)[] = [];
  listener.on('notification', ({ payload }) => heard.push(payload));
  await listener.query('listen firebreak');
  const said = async () => {
    await listener.query('select 1');
    return heard.splice(0).filter((payload) => payload === 'slack_outbox').length;
  };
  const send = async () => {
    const [delivery] = await outbox.lease(1);
    if (delivery === undefined) throw new Error('there was nothing to send');
    await outbox.settle(delivery, { kind: 'sent', channel: 'C0OPS', ts: '1.1' });
  };
  await promised(1, priorities.askedReply);
  expect(await said()).toBe(1);
  await send();
  expect(await said()).toBe(0);
  await db.knex.raw('update slack_outbox set desired_revision = desired_revision + 1');
  expect(await said()).toBe(1);
  await send();
  expect(await said()).toBe(0);
  await listener.end();
});
