import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOutbox, freeLeases } from '../../../src/adapters/postgres/outbox/outbox.ts';
import type { Requester } from '../../../src/domain/actor.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import type { Delivery, Outbox } from '../../../src/workflow/outbox-port.ts';
import type { SideEffect } from '../../../src/workflow/ports.ts';
import { requester, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { card, replyOf, sendingOf, sent } from './sending.ts';

const unheard = { instance: 1, isLive: () => true, on: () => () => {} };
let db: TestDatabase;
let outbox: Outbox;
beforeAll(async () => {
  db = await openDatabase();
  outbox = createOutbox({
    knex: db.knex,
    queue: db.queue,
    liveness: unheard,
  });
});
beforeEach(() => db.knex.raw('truncate slack_outbox, slack_lanes'));
afterAll(() => db.close());

let count = 0;
async function opened(): Promise<Remediation> {
  count += 1;
  const action = {
    verb: 'rollout restart',
    target: { kind: 'Deployment', namespace: 'shop', name: `web-${count}` },
  } as const;
  const asked = { id: randomUUID(), action, requestedBy: { kind: 'person', actor: requester } } as const;
  return (await db.store.open(asked, randomUUID())).remediation;
}

async function moved(row: Remediation, sideEffects: readonly SideEffect[]): Promise<Remediation> {
  const transition = transitionTo(row, row.state === 'requested' ? 'evaluated' : 'waiting', sideEffects);
  await db.store.transition(row, transition);
  return transition.next;
}

const { pass, leaseOne } = sendingOf(
  () => db,
  () => outbox,
);

/** Seconds from one SQL expression over the outbox and the rate limits to another. */
async function secondsBetween(from: string, to: string): Promise<number> {
  const sql = `select extract(epoch from (${to}) - (${from}))::float8 as seconds from slack_outbox left join slack_lanes on true`;
  return (await db.knex.raw(sql)).rows[0].seconds;
}

const clock = async () => (await db.knex.raw('select clock_timestamp()::text as at')).rows[0].at;
const since = (at: string, to: string) => secondsBetween(`'${at}'::timestamptz`, to);

/** What `act` takes of a rate limit: free so long after its statement, whose own time is between two of the clock. */
async function expectTaken(seconds: number, act: () => Promise<unknown>): Promise<void> {
  const before = await clock();
  await act();
  const after = await clock();
  expect(await since(before, 'max(free_at)')).toBeGreaterThan(seconds - 0.01);
  expect(await since(after, 'max(free_at)')).toBeLessThan(seconds + 0.01);
}

const keysOf = (deliveries: readonly Delivery[]) => deliveries.map((delivery) => delivery.key);

describe('posts of a channel', () => {
  test('go one at a time, the oldest first, and each takes 1.1 s', async () => {
    const [a, b] = [await moved(await opened(), [card]), await moved(await opened(), [card])];
    const first = await leaseOne();
    const whole = { key: `card:${a.id}`, attempts: 1, revision: 1, uncertain: false, channel: 'C0OPS' };
    expect(first).toMatchObject(whole);
    expect(await outbox.lease(10)).toEqual([]);
    await expectTaken(1.1, () => outbox.settle(first, sent('1.1')));
    await pass(-3600);
    expect(await outbox.lease(10)).toEqual([]);
    await pass(3602);
    expect(keysOf(await outbox.lease(10))).toEqual([`card:${b.id}`]);
  });

  test('of two channels go side by side', async () => {
    const [a, b] = [await moved(await opened(), [card]), await moved(await opened(), [card])];
    await db.knex('slack_outbox').where('key', `card:${b.id}`).update({ channel: 'C0OTHER' });
    expect(keysOf(await outbox.lease(10))).toEqual([`card:${a.id}`, `card:${b.id}`]);
  });

  test('ten senders at once get each message once', async () => {
    for (let i = 0; i < 5; i += 1) {
      const row = await moved(await opened(), [card]);
      await db
        .knex('slack_outbox')
        .where('key', `card:${row.id}`)
        .update({ channel: `C${i}` });
    }
    const leases = await Promise.all(Array.from({ length: 10 }, () => outbox.lease(10)));
    expect(new Set(keysOf(leases.flat())).size).toBe(5);
    expect(leases.flat()).toHaveLength(5);
  });

  test('wait until the time Slack named, the whole channel with them', async () => {
    await moved(await opened(), [card]);
    await moved(await opened(), [card]);
    const delivery = await leaseOne();
    await outbox.settle(delivery, { kind: 'later', afterSeconds: 30, reason: 'rate limited' });
    await pass(29);
    expect(await outbox.lease(10)).toEqual([]);
    await pass(2);
    expect(await leaseOne()).toMatchObject({ key: delivery.key, attempts: 2, uncertain: false });
  });
});

describe('what goes first', () => {
  const proposedBy = async (requestedBy: Requester): Promise<Remediation> => {
    const { cluster: _cluster, ...asked } = await opened();
    const row = { ...asked, cluster: 'test', requestedBy };
    return moved(row, [card]);
  };
  const playbook = { kind: 'playbook', playbook: 'restart', alert: 'Crashing' } as const;

  /** Alert messages and cards that alerts brought about, all older than what is asked for now. */
  const storm = async (messages: number) => {
    const row = await proposedBy(playbook);
    await db.knex.raw(
      `insert into slack_outbox (id, key, kind, channel, incident_id, notice, priority)
        select gen_random_uuid(), 'incident:' || n, 'incident', 'C0OPS', ?,
          jsonb_build_object('kind', 'incident', 'incidentId', ?::text), 4
        from generate_series(1, ?) n`,
      [row.incidentId, row.incidentId, messages],
    );
    return row;
  };

  test('a card that a person asked for, behind 2,000 messages about alerts', async () => {
    await storm(2000);
    const asked = await moved(await opened(), [card]);
    expect(await leaseOne()).toMatchObject({ key: `card:${asked.id}` });
  });

  test('what people asked for, then cards, then replies, then what nobody waits for', async () => {
    const alerted = await storm(1);
    const asked = await moved(await opened(), [card, replyOf('a')]);
    const offered = await proposedBy({ kind: 'rollback', of: alerted.id, ofNumber: alerted.number });
    const order: string[] = [];
    for (const ts of ['1', '2', '3', '4', '5']) {
      const delivery = await leaseOne();
      order.push(delivery.key);
      await outbox.settle(delivery, sent(ts));
      await pass(2);
    }
    expect(order).toEqual([
      `card:${asked.id}`,
      `card:${offered.id}`,
      `reply:${asked.id}:a`,
      `card:${alerted.id}`,
      'incident:1',
    ]);
  });

  test('of the updates, too', async () => {
    await storm(20);
    const asked = await moved(await opened(), [card]);
    await db.knex('slack_outbox').update({ ts: '1.1' });
    expect(keysOf(await outbox.lease(1))).toEqual([`card:${asked.id}`]);
  });

  test('replies that wait for their root stand in nobody’s way, also those of a version before', async () => {
    const row = await moved(await opened(), [card, replyOf('a')]);
    await db.knex.raw(
      `insert into slack_outbox (id, key, kind, channel, incident_id, root_key, notice)
        select gen_random_uuid(), 'reply:' || n, 'reply', 'C0OPS', ?, ?, notice from generate_series(1, 9) n, slack_outbox
        where kind = 'reply'`,
      [row.incidentId, `card:${row.id}`],
    );
    expect(await db.knex('slack_outbox').where('ready', true)).toHaveLength(1);
    await outbox.settle(await leaseOne(), sent('1.1'));
    expect(await db.knex('slack_outbox').where({ ready: true, kind: 'reply' })).toHaveLength(10);
  });
});

describe('a card', () => {
  test('is updated to the newest revision only, however often it was promised', async () => {
    const row = await moved(await opened(), [card]);
    const post = await leaseOne();
    const waiting = await moved(row, [card]);
    await moved(waiting, [card]);
    await outbox.settle(post, sent('1.1'));
    const update = await leaseOne();
    expect(update).toMatchObject({ ts: '1.1', revision: 3 });
    await outbox.settle(update, sent('1.1'));
    expect(await outbox.lease(10)).toEqual([]);
  });

  test('a promise made while an update is on its way is not lost', async () => {
    let row = await moved(await opened(), [card]);
    await outbox.settle(await leaseOne(), sent('1.1'));
    row = await moved(row, [card]);
    const update = await leaseOne();
    await moved(row, [card]);
    await outbox.settle(update, sent('1.1'));
    expect(await leaseOne()).toMatchObject({ revision: 3 });
  });

  test('updates come in a burst of five, then every 1.33 s', async () => {
    for (let i = 0; i < 8; i += 1) await moved(await opened(), [card]);
    await db.knex.raw('update slack_outbox set ts = key, sent_revision = 0');
    await expectTaken(5 * 1.333, async () => expect(await outbox.lease(10)).toHaveLength(5));
    await db.knex.raw("update slack_lanes set free_at = clock_timestamp() + interval '1 hour'");
    expect(await outbox.lease(10)).toHaveLength(0);
    await db.knex.raw("update slack_lanes set free_at = clock_timestamp() + interval '5.2 s'");
    expect(await outbox.lease(10)).toHaveLength(1);
  });

  test('an update that is put off holds back updates, not the posts', async () => {
    await moved(await opened(), [card]);
    await db.knex('slack_outbox').update({ ts: '1.1' });
    const update = await leaseOne();
    await outbox.settle(update, { kind: 'later', afterSeconds: 20, reason: 'rate limited' });
    await moved(await opened(), [card]);
    expect((await leaseOne()).ts).toBeUndefined();
    await pass(21);
    expect(keysOf(await outbox.lease(10))).toContain(update.key);
  });
});

describe('a reply', () => {
  test('waits for its root and goes to its thread', async () => {
    const row = await moved(await opened(), [card, replyOf('a')]);
    await outbox.settle(await leaseOne(), { kind: 'sent', channel: 'C0RESOLVED', ts: '7.7' });
    await pass(2);
    expect(await leaseOne()).toMatchObject({
      key: `reply:${row.id}:a`,
      threadTs: '7.7',
      channel: 'C0RESOLVED',
    });
  });

  test('replies go in the order in which they were promised', async () => {
    await moved(await opened(), [card, replyOf('a'), replyOf('b')]);
    const order: string[] = [];
    for (const ts of ['1.1', '1.2', '1.3']) {
      const delivery = await leaseOne();
      order.push(delivery.notice.kind === 'reply' ? delivery.notice.headline : delivery.notice.kind);
      await outbox.settle(delivery, sent(ts));
      await pass(2);
    }
    expect(order).toEqual(['card', 'a', 'b']);
  });
});

describe('when the sender dies or the answer is lost', () => {
  test('whenever that was: the lease runs out, and the next one knows that it may be there', async () => {
    await moved(await opened(), [card]);
    await leaseOne();
    await pass(14);
    expect(await outbox.lease(10)).toEqual([]);
    await pass(2);
    expect(await leaseOne()).toMatchObject({ uncertain: true, attempts: 2 });
  });

  test('after it was marked: the next one knows that it may be there', async () => {
    await moved(await opened(), [card]);
    await outbox.markSending(await leaseOne());
    await pass(16);
    const next = await leaseOne();
    expect(next).toMatchObject({ uncertain: true, attempts: 2 });
    // And so does the one after it, whatever Slack says of the second try.
    await outbox.settle(next, { kind: 'later', afterSeconds: 1, reason: 'rate limited' });
    await pass(2);
    expect(await leaseOne()).toMatchObject({ uncertain: true, attempts: 3 });
  });

  test('whose process is known to be dead: its messages are free at once', async () => {
    await moved(await opened(), [card]);
    await outbox.markSending(await leaseOne());
    expect(await freeLeases(db.knex, [2])).toBe(0);
    expect(await outbox.lease(10)).toEqual([]);
    expect(await freeLeases(db.knex, [1])).toBe(1);
    expect(await leaseOne()).toMatchObject({ uncertain: true, attempts: 2 });
  });

  test('an unknown answer: uncertain, and later each time', async () => {
    await moved(await opened(), [card]);
    for (const wait of [2, 4, 8]) {
      const now = await clock();
      await outbox.settle(await leaseOne(), { kind: 'unknown', reason: 'timeout' });
      expect(await since(now, 'max(next_attempt_at)')).toBeGreaterThanOrEqual(wait);
      expect(await secondsBetween('clock_timestamp()', 'max(next_attempt_at)')).toBeLessThanOrEqual(wait);
      await pass(wait);
    }
    expect(await leaseOne()).toMatchObject({ uncertain: true, attempts: 4 });
  });

  test('one who lost the lease may not post any more', async () => {
    const old = createOutbox({ knex: db.knex, queue: db.queue, liveness: unheard, freshFor: -1 });
    await moved(await opened(), [card]);
    const slow = await leaseOne(old);
    await old.markSending(slow);
    await pass(16);
    const quick = await leaseOne();
    await expect(old.markSending(slow)).rejects.toThrow('taken over');
    await outbox.settle(slow, { kind: 'refused', reason: 'too late to matter' });
    await outbox.settle(quick, sent('2.2'));
    expect(await db.knex('slack_outbox')).toMatchObject([{ ts: '2.2', status: 'open', sent_revision: 1 }]);
  });

  test('what was posted is noted even by one who lost the lease', async () => {
    await moved(await opened(), [card]);
    const slow = await leaseOne();
    await pass(16);
    const quick = await leaseOne();
    await outbox.settle(slow, sent('1.1'));
    await expect(outbox.markSending(quick)).rejects.toThrow('taken over');
    await outbox.settle(quick, { kind: 'later', afterSeconds: 1, reason: 'rate limited' });
    expect(await db.knex('slack_outbox')).toMatchObject([{ ts: '1.1', sent_revision: 1 }]);
    await pass(5);
    expect(await outbox.lease(10)).toEqual([]);
  });
});

test('a refusal is kept with its reason, and the next promise opens the message again', async () => {
  const row = await moved(await opened(), [card]);
  await outbox.settle(await leaseOne(), { kind: 'refused', reason: 'channel_not_found' });
  await pass(100);
  expect(await outbox.lease(10)).toEqual([]);
  expect(await db.knex('slack_outbox')).toMatchObject([
    { status: 'failed', last_error: 'channel_not_found' },
  ]);
  await moved(row, [card]);
  expect(await leaseOne()).toMatchObject({ key: `card:${row.id}`, revision: 2 });
});
