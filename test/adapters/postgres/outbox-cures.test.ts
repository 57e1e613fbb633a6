import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOutbox, freeLeases } from '../../../src/adapters/postgres/outbox/outbox.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import type { Outbox } from '../../../src/workflow/outbox-port.ts';
import type { Delivered, SideEffect } from '../../../src/workflow/ports.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';
import { card, replyOf, sendingOf, sent } from './sending.ts';

/* What the outbox does about answers that come late, and about what Slack does not take until somebody sees to it. */

let db: TestDatabase;
let outbox: Outbox;
let withFallback: Outbox;
let withUsual: Outbox;
beforeAll(async () => {
  db = await openDatabase();
  const parts = {
    knex: db.knex,
    queue: db.queue,
    liveness: { instance: 1, on: () => () => {}, isLive: () => true },
  };
  outbox = createOutbox(parts);
  withFallback = createOutbox({ ...parts, fallbackChannel: 'C0FALLBACK' });
  withUsual = createOutbox({ ...parts, channel: 'C0OPS' });
});
beforeEach(() => db.knex.raw('truncate slack_outbox, slack_lanes, slack_doubles'));
afterAll(() => db.close());

const { opened } = rowsOf(() => db);
const { pass, leaseOne } = sendingOf(
  () => db,
  () => outbox,
);
const reply = replyOf('a');

async function promised(row: Remediation, ...more: SideEffect[]): Promise<Remediation> {
  const state = row.state === 'requested' ? 'evaluated' : 'waiting';
  const transition = transitionTo(row, state, [card, ...more]);
  await db.store.transition(row, transition);
  return transition.next;
}

/** A card that was posted, at 1.1. */
async function posted(...more: SideEffect[]): Promise<Remediation> {
  const row = await promised(await opened(), ...more);
  await outbox.settle(await leaseOne(), sent('1.1'));
  return row;
}

const onlyRow = async () => {
  const [row, ...others] = await db.knex('slack_outbox').where('kind', 'card');
  expect(others).toEqual([]);
  return row;
};

describe('the newest state is the last that is shown', () => {
  test('an older update that comes in after a newer one is followed by one more', async () => {
    const row = await posted();
    const waiting = await promised(row);
    const old = await leaseOne();
    await promised(waiting);
    await pass(16);
    const newer = await leaseOne();
    await outbox.settle(newer, sent('1.1'));
    await outbox.settle(old, sent('1.1'));
    await pass(31);
    const last = await leaseOne();
    expect(last.revision).toBeGreaterThan(newer.revision);
    await outbox.settle(last, sent('1.1'));
    await pass(31);
    expect(await outbox.lease(10)).toEqual([]);
  });

  test('an older update that comes in first ends no lease but its own', async () => {
    const waiting = await promised(await posted());
    const old = await leaseOne();
    await promised(waiting);
    await pass(16);
    const newer = await leaseOne();
    await outbox.settle(old, sent('1.1'));
    expect(await outbox.lease(10)).toEqual([]);
    await outbox.settle(newer, sent('1.1'));
  });

  test('an older post that is settled after a newer update, too', async () => {
    const row = await promised(await opened());
    const slow = await leaseOne();
    await promised(row);
    await pass(16);
    await outbox.settle(await leaseOne(), sent('1.1'));
    await outbox.settle(slow, sent('1.1'));
    expect(await leaseOne()).toMatchObject({ ts: '1.1', revision: 3 });
  });

  test.each(['its lease ran out', 'its process died', 'its answer was lost'])(
    'an update that may still come in (%s) has one more follow it, when it has come in for sure',
    async (why) => {
      const row = await posted();
      await promised(row);
      const lost = await leaseOne();
      if (why === 'its answer was lost') await outbox.settle(lost, { kind: 'unknown', reason: 'timeout' });
      if (why === 'its process died') await freeLeases(db.knex, [1]);
      await pass(16);
      await outbox.settle(await leaseOne(), sent('1.1'));
      expect(await outbox.lease(10)).toEqual([]);
      await pass(31);
      const last = await leaseOne();
      expect(last).toMatchObject({ ts: '1.1', uncertain: false });
      await outbox.settle(last, sent('1.1'));
      await pass(100);
      expect(await outbox.lease(10)).toEqual([]);
    },
  );

  test('a newer state does not wait for that', async () => {
    const row = await posted();
    const waiting = await promised(row);
    await outbox.settle(await leaseOne(), { kind: 'unknown', reason: 'timeout' });
    await pass(3);
    await outbox.settle(await leaseOne(), sent('1.1'));
    await promised(waiting);
    expect(await leaseOne()).toMatchObject({ revision: 4 });
  });
});

describe('a second copy', () => {
  test('of a sender that stood still: deleted, whoever of the two is noted first', async () => {
    await promised(await opened());
    const slow = await leaseOne();
    await outbox.markSending(slow);
    await pass(16);
    const quick = await leaseOne();
    await outbox.markSending(quick);
    await outbox.settle(quick, sent('2.2'));
    await outbox.settle(slow, sent('1.1'));
    expect(await onlyRow()).toMatchObject({ ts: '2.2' });
    const [double, ...more] = await outbox.doubles(10);
    expect(more).toEqual([]);
    expect(double).toMatchObject({ key: slow.key, channel: 'C0OPS', copy: '1.1', kept: '2.2' });
    expect(await outbox.doubles(10)).toEqual([]);
    if (double !== undefined) await outbox.settleDouble(double, { kind: 'removed' });
    expect(await db.knex('slack_doubles').whereNotNull('ts')).toEqual([]);
  });

  test('that may be there after a lost answer is looked for, twice, and what is found is deleted', async () => {
    await promised(await opened());
    const lost = await leaseOne();
    await outbox.markSending(lost);
    await outbox.settle(lost, { kind: 'unknown', reason: 'timeout' });
    await pass(3);
    const again = await leaseOne();
    await outbox.markSending(again);
    await outbox.settle(again, sent('2.2'));
    expect(await outbox.doubles(10)).toEqual([]);
    await pass(61);
    const [suspected] = await outbox.doubles(10);
    expect(suspected).toMatchObject({ key: lost.key, kept: '2.2' });
    expect(suspected).not.toHaveProperty('copy');
    if (suspected === undefined) return;
    await outbox.settleDouble(suspected, { kind: 'looked', copies: ['1.1'] });
    expect(await outbox.doubles(10)).toMatchObject([{ copy: '1.1', kept: '2.2' }]);
    await pass(901);
    const due = await outbox.doubles(10);
    expect(due.map(({ copy }) => copy).toSorted()).toEqual(['1.1', undefined]);
    for (const each of due)
      await outbox.settleDouble(
        each,
        each.copy === undefined ? { kind: 'looked', copies: [] } : { kind: 'removed' },
      );
    expect(await db.knex('slack_doubles')).toEqual([]);
  });

  test('found beside the one that is kept is deleted', async () => {
    await promised(await opened());
    await outbox.markSending(await leaseOne());
    await pass(16);
    const found = await leaseOne();
    await outbox.settle(found, { ...sent('1.1'), copies: ['2.2'] });
    expect(await outbox.doubles(10)).toMatchObject([{ copy: '2.2', kept: '1.1' }]);
  });

  test('is never the message itself, and nothing is a copy while no message is known', async () => {
    await posted();
    const { id } = await onlyRow();
    await db.knex('slack_doubles').insert({ message_id: id, channel: 'C0OPS', ts: '1.1' });
    expect(await outbox.doubles(10)).toEqual([]);
    await db.knex('slack_outbox').update({ ts: null, sent_revision: 0 });
    await db.knex('slack_doubles').insert({ message_id: id, channel: 'C0OPS', ts: '3.3' });
    expect(await outbox.doubles(10)).toEqual([]);
  });

  test('that cannot be deleted is tried again later and later', async () => {
    await posted();
    const { id } = await onlyRow();
    await db.knex('slack_doubles').insert({ message_id: id, channel: 'C0OPS', ts: '3.3' });
    const [double] = await outbox.doubles(10);
    if (double === undefined) throw new Error('it is due');
    await outbox.settleDouble(double, { kind: 'later', afterSeconds: 5 });
    expect(await outbox.doubles(10)).toEqual([]);
    await pass(6);
    expect(await outbox.doubles(10)).toHaveLength(1);
  });
});

describe('what can be cured', () => {
  const withheld = (where: 'message' | 'channel' | 'app'): Delivered => ({
    kind: 'withheld',
    where,
    reason: 'not_in_channel',
  });

  test.each(['channel', 'app'] as const)(
    'a post is kept for days, and its %s is asked with one at a time',
    async (where) => {
      await promised(await opened());
      await promised(await opened());
      for (let attempt = 1; attempt <= 12; attempt += 1) {
        const delivery = await leaseOne();
        expect(delivery).toMatchObject({ uncertain: false });
        await outbox.settle(delivery, withheld(where));
        expect(await outbox.lease(10)).toEqual([]);
        await pass(61);
      }
      expect(await db.knex('slack_outbox').where('status', 'open')).toHaveLength(2);
      await outbox.settle(await leaseOne(), sent('1.1'));
      await pass(2);
      await outbox.settle(await leaseOne(), sent('1.2'));
      expect(await db.knex('slack_outbox').whereNull('ts')).toEqual([]);
    },
  );

  test('one message of which nobody knows what is wrong holds up no other', async () => {
    await promised(await opened());
    const other = await promised(await opened());
    await outbox.settle(await leaseOne(), withheld('message'));
    await pass(1.2);
    expect(await leaseOne()).toMatchObject({ key: `card:${other.id}` });
  });

  test('an update is kept, with its channel at fault for a while without the others', async () => {
    const row = await posted();
    await promised(row);
    await outbox.settle(await leaseOne(), withheld('channel'));
    expect(await outbox.lease(10)).toEqual([]);
    await pass(3);
    expect(await leaseOne()).toMatchObject({ ts: '1.1' });
  });

  test('a card goes to the fallback channel, and its thread with it', async () => {
    const row = await promised(await opened(), reply);
    await withFallback.settle(await leaseOne(), withheld('channel'));
    const moved = await leaseOne();
    expect(moved).toMatchObject({ key: `card:${row.id}`, channel: 'C0FALLBACK' });
    expect(moved).not.toHaveProperty('ts');
    await withFallback.settle(moved, sent('5.5', 'C0FALLBACK'));
    await pass(2);
    expect(await leaseOne()).toMatchObject({ channel: 'C0FALLBACK', threadTs: '5.5' });
  });

  test('a card that may be in a channel that cannot be read any more goes to the fallback channel', async () => {
    const row = await promised(await opened());
    await leaseOne();
    await pass(16);
    const maybe = await leaseOne();
    expect(maybe).toMatchObject({ uncertain: true });
    await withFallback.settle(maybe, withheld('channel'));
    const moved = await leaseOne();
    expect(moved).toMatchObject({ key: `card:${row.id}`, channel: 'C0FALLBACK', uncertain: false });
    await withFallback.settle(moved, sent('5.5', 'C0FALLBACK'));
    await pass(61);
    expect(await outbox.doubles(10)).toMatchObject([{ channel: 'C0OPS', kept: '5.5' }]);
  });

  test('one that cannot be looked for keeps no other of its channel', async () => {
    await promised(await opened());
    await leaseOne();
    await pass(16);
    const other = await promised(await opened());
    const maybe = await leaseOne();
    expect(maybe).toMatchObject({ uncertain: true });
    await outbox.settle(maybe, { kind: 'unknown', reason: 'missing_scope' });
    expect(await leaseOne()).toMatchObject({ key: `card:${other.id}` });
  });

  test('a card that was posted before the channel was closed is posted anew there, what was said stays', async () => {
    const row = await posted(reply);
    await pass(2);
    await outbox.settle(await leaseOne(), sent('1.2'));
    await promised(row);
    await withFallback.settle(await leaseOne(), withheld('channel'));
    const moved = await leaseOne();
    expect(moved).toMatchObject({ key: `card:${row.id}`, channel: 'C0FALLBACK' });
    await withFallback.settle(moved, sent('5.5', 'C0FALLBACK'));
    await pass(2);
    expect(await outbox.lease(10)).toEqual([]);
  });

  test('a channel that a policy or an annotation named is answered for by the usual one', async () => {
    const row = await promised(await opened(), reply);
    await db.knex('slack_outbox').update({ channel: 'C0TYPO' });
    await withUsual.settle(await leaseOne(), withheld('channel'));
    const moved = await leaseOne();
    expect(moved).toMatchObject({ key: `card:${row.id}`, channel: 'C0OPS' });
    await withUsual.settle(moved, withheld('channel'));
    await pass(3);
    expect(await leaseOne()).toMatchObject({ channel: 'C0OPS' });
  });

  test('the fallback channel itself is waited for', async () => {
    await promised(await opened());
    await db.knex('slack_outbox').update({ channel: 'C0FALLBACK' });
    await withFallback.settle(await leaseOne(), withheld('channel'));
    await pass(3);
    expect(await leaseOne()).toMatchObject({ channel: 'C0FALLBACK' });
  });

  test('a card that somebody deleted is posted anew', async () => {
    const row = await posted();
    await promised(row);
    await outbox.settle(await leaseOne(), { kind: 'gone', reason: 'message_not_found' });
    await pass(2);
    const anew = await leaseOne();
    expect(anew).not.toHaveProperty('ts');
    expect(anew).toMatchObject({ uncertain: false, key: `card:${row.id}` });
  });
});

describe('when people have had a card before them', () => {
  const stepsOf = async (id: string) =>
    (await db.knex.raw("select data from pgboss.job where data->>'id' = ?", [id])).rows.length;

  test('is kept: when it was first posted, and that it is not yet', async () => {
    const row = await promised(await opened());
    expect(await db.store.posted(row.id, row.version)).toMatchObject({ pending: true });
    await outbox.settle(await leaseOne(), sent('1.1'));
    const { at, pending } = await db.store.posted(row.id, row.version);
    expect(pending).toBe(false);
    expect(Math.abs(Date.parse(at ?? '') - Date.parse(await db.store.now()))).toBeLessThan(60_000);
    await promised(row);
    await outbox.settle(await leaseOne(), sent('1.1'));
    expect((await db.store.posted(row.id, row.version)).at).toBe(at);
  });

  test.each([
    ['late', 1, "interval '10 seconds'"],
    ['at once', 0, "interval '0'"],
  ])('%s: the row is looked at again, or not', async (_name, wakes, ago) => {
    const row = await promised(await promised(await opened()));
    await db.knex.raw(`update remediations set moved_at = clock_timestamp() - ${ago} where id = ?`, [row.id]);
    const before = await stepsOf(row.id);
    await outbox.settle(await leaseOne(), sent('1.1'));
    expect((await stepsOf(row.id)) - before).toBe(wakes);
  });
});

describe('a message that only a newer version can read', () => {
  test.each([
    ['of a kind that is not known here', `'{"kind":"survey","remediationId":"x"}'`, false],
    ['with a key that is not known here', `notice || '{"mood":"calm"}'`, false],
    ['that may be there already', `notice || '{"mood":"calm"}'`, true],
  ])('%s is left to it, as it was, and holds nothing up', async (_name, notice, uncertain) => {
    const [newer, ours] = [await opened(), await opened()];
    await promised(newer);
    await db.knex.raw(`update slack_outbox set notice = ${notice}, uncertain = ${uncertain}`);
    await promised(ours);
    const before = await db
      .knex('slack_outbox')
      .where({ key: `card:${newer.id}` })
      .first('attempts', 'uncertain', 'notice', 'ts');
    expect(await outbox.lease(10)).toEqual([]);
    expect(await outbox.lease(10)).toMatchObject([{ key: `card:${ours.id}` }]);
    expect(
      await db
        .knex('slack_outbox')
        .where({ key: `card:${newer.id}` })
        .first(),
    ).toMatchObject({
      ...before,
      status: 'open',
      leased_until: null,
    });
  });
});
