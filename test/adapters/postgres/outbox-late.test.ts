import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createNotified } from '../../../src/adapters/postgres/outbox/direct.ts';
import { createOutbox } from '../../../src/adapters/postgres/outbox/outbox.ts';
import type { Remediation, State } from '../../../src/domain/remediation.ts';
import type { Outbox } from '../../../src/workflow/outbox-port.ts';
import type { Delivered, SideEffect } from '../../../src/workflow/ports.ts';
import { type happyRoad, requester, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';
import { card, replyOf, sendingOf, sent } from './sending.ts';

/* What an answer changes that comes when the message has another sender already, and what it leaves alone. */

let db: TestDatabase;
let outbox: Outbox;
let withFallback: Outbox;
beforeAll(async () => {
  db = await openDatabase();
  const liveness = { instance: 1, on: () => () => {}, isLive: () => true };
  const parts = { knex: db.knex, queue: db.queue, liveness };
  outbox = createOutbox(parts);
  withFallback = createOutbox({ ...parts, fallbackChannel: 'C0FALLBACK' });
});
beforeEach(() => db.knex.raw('truncate slack_outbox, slack_lanes, slack_doubles'));
afterAll(() => db.close());

const { opened, proposal, movedTo } = rowsOf(() => db);
const { pass, leaseOne, stored, heldFor } = sendingOf(
  () => db,
  () => outbox,
);

async function moved(row: Remediation, ...effects: readonly SideEffect[]): Promise<Remediation> {
  const transition = transitionTo(row, row.state === 'requested' ? 'evaluated' : 'waiting', effects);
  await db.store.transition(row, transition);
  return transition.next;
}

/** A card that was posted at 1.1, and what goes with it. */
async function posted(...more: readonly SideEffect[]): Promise<Remediation> {
  const row = await moved(await opened(), card, ...more);
  await outbox.settle(await leaseOne(), sent('1.1'));
  await pass(60);
  return row;
}

describe('of one that has lost its lease', () => {
  const reason = 'too late to matter';
  test.each<[string, boolean, Delivered]>([
    ['a refused post', false, { kind: 'refused', reason }],
    ['a post for later', false, { kind: 'later', afterSeconds: 600, reason }],
    ['a post of which nothing is known', false, { kind: 'unknown', reason }],
    ['a withheld post', false, { kind: 'withheld', where: 'channel', reason }],
    ['a refused update', true, { kind: 'refused', reason }],
    ['a withheld update', true, { kind: 'withheld', where: 'app', reason }],
    ['an update of what is gone', true, { kind: 'gone', reason }],
  ])('%s changes nothing: it is another’s by now', async (_name, isUpdate, outcome) => {
    const row = isUpdate ? await posted() : await opened();
    await moved(row, card);
    const slow = await leaseOne();
    await pass(16);
    await leaseOne();
    const before = await stored(`card:${row.id}`);
    expect(before).toMatchObject({ status: 'open', attempts: 2, leased_by: 1 });
    await outbox.settle(slow, outcome);
    expect(await stored(`card:${row.id}`)).toEqual(before);
    expect(await heldFor('C0OPS')).toBeLessThan(60);
  });

  test('that it is gone takes nothing from the one that was posted anew', async () => {
    const row = await posted();
    await moved(row, card);
    const slow = await leaseOne();
    await pass(16);
    await outbox.settle(await leaseOne(), { kind: 'gone', reason });
    await pass(60);
    await outbox.settle(await leaseOne(), sent('2.2'));
    const key = `card:${row.id}`;
    await db.knex('slack_outbox').where({ key }).increment('desired_revision');
    await pass(60);
    expect(await leaseOne()).toMatchObject({ ts: '2.2', attempts: slow.attempts });
    await outbox.settle(slow, { kind: 'gone', reason });
    expect(await stored(key)).toMatchObject({ ts: '2.2' });
  });

  test('what it has posted is noted, and the lease of the other goes on', async () => {
    const row = await moved(await opened(), card);
    const slow = await leaseOne();
    await pass(16);
    await leaseOne();
    const { leased_until } = await stored(`card:${row.id}`);
    await outbox.settle(slow, sent('1.1'));
    expect(await stored(`card:${row.id}`)).toMatchObject({ ts: '1.1', attempts: 2, leased_until });
  });

  test('an older update leaves the newest revision that is shown, and asks for another', async () => {
    const row = await posted();
    const again = await moved(row, card);
    const older = await leaseOne();
    await pass(16);
    await moved(again, card);
    const newer = await leaseOne();
    expect([older.revision, newer.revision]).toEqual([2, 3]);
    await outbox.settle(newer, sent('1.1'));
    await outbox.settle(older, sent('1.1'));
    expect(await stored(`card:${row.id}`)).toMatchObject({ sent_revision: 3, desired_revision: 5 });
  });

  test('what was posted into two channels is one too many, also at the same time', async () => {
    await moved(await opened(), card);
    const slow = await leaseOne();
    await pass(16);
    const quick = await leaseOne();
    await outbox.settle(quick, sent('1.1'));
    await db.knex('slack_doubles').delete();
    await outbox.settle(slow, sent('1.1', 'C0OTHER'));
    expect(await db.knex('slack_doubles').whereNotNull('ts')).toMatchObject([
      { channel: 'C0OTHER', ts: '1.1' },
    ]);
  });
});

describe('what is taken', () => {
  test('is no more than was asked for, of posts and updates together', async () => {
    const row = await posted();
    await moved(row, card, replyOf('a'));
    expect(await outbox.lease(1)).toHaveLength(1);
    expect(await outbox.lease(1)).toHaveLength(1);
    expect(await outbox.lease(1)).toEqual([]);
  });

  test('is a post also while an update of its channel is on its way', async () => {
    const row = await posted();
    const again = await moved(row, card);
    expect(await leaseOne()).toMatchObject({ ts: '1.1' });
    await moved(await opened(), replyOf('b'));
    await db
      .knex('slack_outbox')
      .where('kind', 'reply')
      .update({ root_key: `card:${again.id}`, ready: true });
    expect(await leaseOne()).toMatchObject({ notice: { kind: 'reply' }, threadTs: '1.1' });
  });

  test('has the thread of what heads it, also below what is in that thread itself', async () => {
    const [head, below] = [await posted(), await posted()];
    await db.knex('slack_outbox').where('key', `card:${head.id}`).update({ ts: '9.9' });
    await db
      .knex('slack_outbox')
      .where('key', `card:${below.id}`)
      .update({ root_key: `card:${head.id}` });
    await moved(await opened(), replyOf('c'));
    await db
      .knex('slack_outbox')
      .where('kind', 'reply')
      .update({ root_key: `card:${below.id}`, ready: true });
    expect(await leaseOne()).toMatchObject({ notice: { kind: 'reply' }, threadTs: '9.9' });
  });
});

describe('an answer', () => {
  test('that is not known counts as a post', async () => {
    await moved(await opened(), card);
    await outbox.settle(await leaseOne(), { kind: 'unknown', reason: 'timeout' });
    // For how long does not matter here: it is a second only.
    expect(await db.knex('slack_lanes').where({ lane: 'C0OPS' })).toHaveLength(1);
  });

  test('that puts an update off holds all updates back, and no post', async () => {
    const row = await posted();
    await moved(row, card);
    await outbox.settle(await leaseOne(), { kind: 'later', afterSeconds: 100, reason: 'rate limited' });
    expect(await heldFor('*updates')).toBeGreaterThan(60);
    expect(await heldFor('C0OPS')).toBeLessThan(60);
  });

  test('that refuses what heads a thread lets no reply go into the channel', async () => {
    const row = await moved(await opened(), card, replyOf('d'));
    await outbox.settle(await leaseOne(), { kind: 'refused', reason: 'msg_too_long' });
    const [said] = await db.knex('slack_outbox').where('kind', 'reply');
    expect(said).toMatchObject({ root_key: `card:${row.id}`, ts: null });
    await pass(600);
    expect(await outbox.lease(10)).toEqual([]);
  });

  test('that withholds what is in the fallback channel already puts it off', async () => {
    await moved(await opened(), card);
    await db.knex('slack_outbox').update({ channel: 'C0FALLBACK' });
    const withheld: Delivered = { kind: 'withheld', where: 'channel', reason: 'is_archived' };
    await withFallback.settle(await leaseOne(), withheld);
    expect(await outbox.lease(10)).toEqual([]);
    expect((await db.knex('slack_outbox'))[0]).toMatchObject({ attempts: 1 });
  });

  test('that turns a card to the fallback channel takes what is decided on with it, and not what was said', async () => {
    const row = await posted(replyOf('e'));
    await outbox.settle(await leaseOne(), sent('1.2'));
    await db.knex.raw(
      `insert into slack_outbox (id, key, kind, channel, incident_id, notice, root_key, ts, sent_channel, sent_revision)
        select gen_random_uuid(), 'part:late', 'part', channel, incident_id, '{}', key, '1.3', channel, 1 from slack_outbox where key = ?`,
      [`card:${row.id}`],
    );
    await moved(row, card);
    await pass(60);
    const delivery = await leaseOne();
    await db.knex.raw(`insert into slack_outbox
        (id, key, kind, channel, incident_id, notice, root_key, ts, sent_channel, sent_revision, desired_revision)
      select gen_random_uuid(), 'card:beside', kind, channel, incident_id, notice, key, '1.4', channel, 1, 1
        from slack_outbox where kind = 'card'`);
    const withheld: Delivered = { kind: 'withheld', where: 'channel', reason: 'is_archived' };
    await withFallback.settle(delivery, withheld);
    const after = await db.knex('slack_outbox').orderBy('seq');
    expect(after.map(({ kind, ts, channel }) => [kind, ts, channel])).toEqual([
      ['card', null, 'C0FALLBACK'],
      ['reply', '1.2', 'C0OPS'],
      ['part', null, 'C0FALLBACK'],
      ['card', null, 'C0FALLBACK'],
    ]);
  });
});

test('a part waits for the one before it, also while that is tried again later', async () => {
  const first = await moved(await opened());
  const { id, number, version } = first;
  const passages = [{ heading: 'Values', text: 'a: 1' }];
  const part = (nth: number): SideEffect => ({
    kind: 'part',
    notice: { kind: 'part', remediationId: id, number, version: version + 1, part: nth, of: 2, passages },
  });
  await moved(first, card, part(1), part(2));
  await outbox.settle(await leaseOne(), sent('1.1'));
  await pass(60);
  await db.knex.raw(
    `update slack_outbox set next_attempt_at = now() + interval '1 hour' where key = 'part:' || ? || ':' || ? || ':1'`,
    [id, String(version + 1)],
  );
  expect(await outbox.lease(10)).toEqual([]);
  await pass(3601);
  expect(await leaseOne()).toMatchObject({ notice: { part: 1 } });
});

test('a card does not go into the thread of one that was refused', async () => {
  const row = await moved(await opened(), card);
  await outbox.settle(await leaseOne(), { kind: 'refused', reason: 'msg_too_long' });
  const { id } = proposal();
  const born: SideEffect = { kind: 'propose', proposal: { ...proposal(), id } };
  await moved(row, born);
  const second = await db.store.load(id);
  if (second === undefined) throw new Error('it was not born');
  await moved(second, card);
  expect(await stored(`card:${id}`)).toMatchObject({ root_key: null });
});

test.each<[State, (typeof happyRoad)[number], number]>([
  ['failed', 'executing', 1],
  ['inconclusive', 'learning', 1],
  ['rejected', 'waiting', 0],
  ['expired', 'waiting', 0],
])('whoever wants it is told directly of the end of what was approved: %s', async (end, from, messages) => {
  await createNotified(db).choose(requester.userId, true);
  const row = await movedTo(from);
  expect(await db.store.transition(row, transitionTo(row, end))).toBe('committed');
  expect(await db.knex('slack_outbox').where('kind', 'direct')).toHaveLength(messages);
});
