import { getEventListeners } from 'node:events';
import { setImmediate as nextRound } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { connect } from '../../../src/adapters/postgres/connect.ts';
import { createOutbox } from '../../../src/adapters/postgres/outbox/outbox.ts';
import type { Outbox } from '../../../src/workflow/outbox-port.ts';
import { connected, openDatabase, type TestDatabase } from '../../support/database.ts';
import { messagesOf } from './messages.ts';
import { sendingOf, sent } from './sending.ts';

/* How long the outbox waits before it looks again, and how long it trusts what it saw. */

let db: TestDatabase;
let isLive = true;
let ring = () => {};
let outbox: Outbox;
beforeAll(async () => {
  db = await openDatabase();
  await connected(db);
});
beforeEach(async () => {
  await db.knex.raw('truncate slack_outbox, slack_lanes, slack_doubles');
  isLive = true;
  outbox = anew();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => db.close());

const anew = (knex = db.knex) =>
  createOutbox({
    knex,
    queue: db.queue,
    liveness: {
      instance: 1,
      isLive: () => isLive,
      on: (bell, listener) => {
        if (bell === 'outbox') ring = listener;
        return () => {};
      },
    },
  });

const { leaseOne, pass, stored, dueOne } = sendingOf(
  () => db,
  () => outbox,
);
const { promised } = messagesOf(() => db);
const hour = 3600;
const never = new AbortController().signal;

/** A wait, and whether it is over so many seconds after it has begun; what goes on in the database takes no time. */
async function waiting(seconds = 30, signal = never) {
  const before = vi.getTimerCount();
  let isOver = false;
  const wait = outbox.wait(seconds, signal).then(() => {
    isOver = true;
  });
  const began = Date.now();
  const over = async (at: number): Promise<boolean> => {
    // Its timer is the one that is left when nothing is asked of the database any more.
    while (!isOver && (db.knex.client.pool.numUsed() > 0 || vi.getTimerCount() <= before)) await nextRound();
    vi.advanceTimersByTime(began + at * 1000 - Date.now());
    await nextRound();
    return isOver;
  };
  return { wait, over };
}

describe('a wait', () => {
  test.each<[string, number, number, () => unknown]>([
    ['lasts as long as it is to where nothing is known to come', 30, 30, () => {}],
    [
      'lasts two seconds at most while nothing can be notified',
      30,
      2,
      () => {
        isLive = false;
      },
    ],
    [
      'lasts no longer than it is to then either',
      1,
      1,
      () => {
        isLive = false;
      },
    ],
  ])('%s', async (_name, asked, lasts, change) => {
    expect(await outbox.lease(10)).toEqual([]);
    change();
    const { over } = await waiting(asked);
    expect(await over(lasts - 0.001)).toBe(false);
    expect(await over(lasts)).toBe(true);
  });

  test('is begun before the first look, too', async () => {
    const { over } = await waiting(5);
    expect(await over(4)).toBe(false);
    expect(await over(5)).toBe(true);
  });

  test.each<[string, number, () => Promise<unknown>]>([
    ['ends when the next message is due, as the last look found it', hour - 1000, () => outbox.lease(10)],
    [
      'ends when the next message is due, as of now where something was sent since',
      hour,
      async () => {
        const other = await unknown();
        await outbox.lease(10);
        await outbox.settle(other, sent('1.1', 'C0ELSE'));
      },
    ],
  ])('%s', async (_name, lasts, look) => {
    await promised({ after: hour });
    await look();
    vi.advanceTimersByTime(1_000_000);
    const { over } = await waiting(10 * hour);
    expect(await over(lasts - 100)).toBe(false);
    expect(await over(lasts)).toBe(true);
  });

  test('looks again a moment after the time that was found, and not at once', async () => {
    await promised({ after: 5 });
    await outbox.lease(10);
    vi.advanceTimersByTime(60_000);
    const { over } = await waiting();
    expect(await over(0.019)).toBe(false);
    expect(await over(0.02)).toBe(true);
  });

  test('goes on while what was taken is on its way', async () => {
    await promised();
    await leaseOne();
    const { over } = await waiting(5);
    expect(await over(4.9)).toBe(false);
    expect(await over(5)).toBe(true);
  });

  const asking = async (): Promise<void> => {};
  test.each<[string, () => Promise<unknown>, (stop: AbortController) => void]>([
    ['is notified', () => outbox.lease(10), () => ring()],
    ['is given up', () => outbox.lease(10), (stop) => stop.abort()],
    ['is notified while it asks when the next is due', asking, () => ring()],
    ['is given up while it asks when the next is due', asking, (stop) => stop.abort()],
  ])('ends when it %s, and leaves nothing behind', async (_name, look, end) => {
    await look();
    const stop = new AbortController();
    const before = vi.getTimerCount();
    const { wait } = await waiting(hour, stop.signal);
    end(stop);
    await wait;
    expect(vi.getTimerCount()).toBe(before);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  test.each<[string, () => void, AbortSignal]>([
    ['was notified since the last look', () => ring(), never],
    ['is over already', () => {}, AbortSignal.abort()],
  ])('that %s asks nobody anything', async (_name, before, signal) => {
    const gone = connect(db.url, 1);
    await gone.destroy();
    outbox = anew(gone);
    before();
    await outbox.wait(hour, signal);
  });

  test('is heard of again after the next look', async () => {
    ring();
    await outbox.lease(10);
    const { over } = await waiting(5);
    expect(await over(4.9)).toBe(false);
    expect(await over(5)).toBe(true);
  });
});

/** One that this outbox has not taken itself. */
const unknown = async () => {
  await promised({ channel: 'C0ELSE' });
  return leaseOne(anew());
};

describe('a delivery', () => {
  const leasedUntil = async () => (await db.knex('slack_outbox').first('leased_until')).leased_until;

  test.each<[string, number, boolean]>([
    ['is as it was where it was just taken', 4_000, false],
    ['is asked for again where that is a while ago', 4_001, true],
  ])('%s', async (_name, after, isAsked) => {
    await promised();
    const delivery = await leaseOne();
    await pass(3);
    const before = await leasedUntil();
    vi.advanceTimersByTime(after);
    await outbox.markSending(delivery);
    expect(await leasedUntil()).toEqual(isAsked ? expect.toSatisfy((until) => until > before) : before);
  });

  test('is asked for at once where nobody knows when it was taken', async () => {
    const delivery = await unknown();
    await pass(3);
    const before = await leasedUntil();
    await outbox.markSending(delivery);
    expect((await leasedUntil()) > before).toBe(true);
  });
});

describe('copies of messages', () => {
  const double = async (due: string) => {
    const key = await promised();
    await outbox.settle(await leaseOne(), sent('1.1'));
    const { id } = await stored(key);
    await db.knex.raw(
      `insert into slack_doubles (message_id, channel, ts, due_at) values (?, 'C0OPS', '2.2', ${due})`,
      [id],
    );
    await pass(0);
  };
  const late = () => db.knex.raw(`update slack_doubles set due_at = now() - interval '1 second'`);

  test('are asked for when the last look said so, and no sooner', async () => {
    await double(`now() + interval '60 seconds'`);
    expect(await outbox.lease(10)).toEqual([]);
    await late();
    expect(await outbox.doubles(10)).toEqual([]);
    vi.advanceTimersByTime(60_000);
    expect(await dueOne()).toMatchObject({ copy: '2.2' });
  });

  test('are asked for at once where one was due at the last look', async () => {
    await double(`now() - interval '1 second'`);
    expect(await outbox.lease(10)).toEqual([]);
    expect(await dueOne()).toMatchObject({ copy: '2.2' });
  });

  test('are not asked for where there was none', async () => {
    expect(await outbox.lease(10)).toEqual([]);
    await double(`now()`);
    expect(await dueOne()).toMatchObject({ copy: '2.2' });
  });
});
