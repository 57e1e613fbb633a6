import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sweep } from '../../../src/adapters/postgres/jobs/sweeper.ts';
import { findDueIn } from '../../../src/adapters/postgres/outbox/due.ts';
import { createOutbox } from '../../../src/adapters/postgres/outbox/outbox.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import type { Delivery, Outbox } from '../../../src/workflow/outbox-port.ts';
import type { Delivered, SideEffect } from '../../../src/workflow/ports.ts';
import { silentLog } from '../../fixtures/log.ts';
import { digest, requester, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { card, sendingOf, sent } from './sending.ts';

/* The messages in a thread that hold what the card has no room for: src/adapters/postgres/outbox/parts.ts. */

let db: TestDatabase;
let outbox: Outbox;
beforeAll(async () => {
  db = await openDatabase();
  outbox = createOutbox({
    knex: db.knex,
    queue: db.queue,
    liveness: { instance: 1, on: () => () => undefined, isLive: () => true },
  });
});
beforeEach(() => db.knex.raw('truncate slack_outbox, slack_lanes'));
afterAll(() => db.close());

let count = 0;
async function opened(): Promise<Remediation> {
  count += 1;
  const target = { kind: 'Deployment', namespace: 'shop', name: `web-${count}` } as const;
  const requestedBy = { kind: 'person', actor: requester } as const;
  const asked = { id: randomUUID(), action: { verb: 'rollout restart', target }, requestedBy } as const;
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

describe('the parts of what a card has no room for', () => {
  const part = (row: Remediation, number: number, of = 3, version = row.version + 1): SideEffect => ({
    kind: 'part',
    notice: {
      ...{ kind: 'part', remediationId: row.id, number: row.number, version, part: number, of },
      passages: [{ heading: 'Values', text: `the text of part ${number}` }],
    },
  });
  const promised = async (parts: readonly number[]) => {
    const row = await moved(await opened(), []);
    return moved(row, [card, ...parts.map((each) => part(row, each, parts.length))]);
  };
  const wakes = async (row: Remediation): Promise<number> => {
    const sql = `select count(*)::int as count from pgboss.job
      where name = 'wake' and data->>'id' = ? and data->>'version' = ? and state < 'active'`;
    return (await db.knex.raw(sql, [row.id, String(row.version)])).rows[0].count;
  };
  const posted = async (ts: string, outcome: Delivered = sent(ts)): Promise<Delivery> => {
    await pass(60);
    const delivery = await leaseOne();
    await outbox.settle(delivery, outcome);
    return delivery;
  };

  test('go after the card into its thread, one after the other, whatever else is due', async () => {
    const row = await promised([1, 2, 3]);
    const keys: string[] = [];
    for (const ts of ['1.1', '1.2', '1.3', '1.4']) {
      const delivery = await posted(ts);
      keys.push(delivery.key);
      if (delivery.notice.kind === 'part') expect(delivery.threadTs).toBe('1.1');
    }
    expect(keys).toEqual([
      `card:${row.id}`,
      ...[1, 2, 3].map((each) => `part:${row.id}:${row.version}:${each}`),
    ]);
  });

  test('a part is not overtaken by the next while it may or may not be there', async () => {
    await promised([1, 2]);
    await posted('1.1');
    await posted('', { kind: 'unknown', reason: 'timeout' });
    await pass(60);
    expect((await leaseOne()).notice).toMatchObject({ kind: 'part', part: 1 });
  });

  test('one that Slack refuses for good holds up neither the rest nor what is shown later in the same thread', async () => {
    const row = await promised([1, 2]);
    await posted('1.1');
    await posted('', { kind: 'refused', reason: 'invalid_blocks' });
    expect((await posted('1.2')).key).toBe(`part:${row.id}:${row.version}:2`);
    const later = await moved(row, [part(row, 1, 1)]);
    expect((await posted('1.3')).key).toBe(`part:${row.id}:${later.version}:1`);
  });

  test('one that waits for an earlier one that is tried again later is not looked for all the while', async () => {
    await promised([1, 2]);
    await posted('1.1');
    for (let nth = 0; nth < 4; nth += 1) await posted('', { kind: 'unknown', reason: 'timeout' });
    expect((await findDueIn(db.knex)).message).toBeGreaterThan(5);
  });

  test('the same part of the same version is promised once, of another version anew', async () => {
    const row = await promised([1]);
    const first = part(row, 1, 1, row.version);
    await moved(row, [first, first, part(row, 1, 1)]);
    const found = await db.knex('slack_outbox').where('kind', 'part').select('key').orderBy('key');
    expect(found.map(({ key }) => key)).toEqual([
      `part:${row.id}:${row.version}:1`,
      `part:${row.id}:${row.version + 1}:1`,
    ]);
  });

  test('what is posted is counted by the version that promised it, and each part wakes the row', async () => {
    const row = await promised([1, 2]);
    const seen = () => db.store.posted(row.id, row.version);
    expect(await seen()).toEqual({ parts: 0, short: false, pending: true });
    await posted('1.1');
    expect(await seen()).toEqual({ parts: 0, short: false, pending: false, at: expect.any(String) });
    const before = await wakes(row);
    await posted('1.2');
    expect(await seen()).toMatchObject({ parts: 1, short: false });
    expect(await wakes(row)).toBe(before + 1);
    await posted('1.3');
    expect(await seen()).toMatchObject({ parts: 2, short: false });
    expect(await db.store.posted(row.id, row.version + 1)).toMatchObject({ parts: 0, short: false });
    expect(await wakes(row)).toBe(before + 2);
  });

  test('one that is refused is told with its reason, and wakes the row; a card taken short is told as well', async () => {
    const row = await promised([1]);
    await posted('1.1', { ...sent('1.1'), kind: 'sent', channel: 'C0OPS', ts: '1.1', short: true });
    expect(await db.store.posted(row.id, row.version)).toMatchObject({ parts: 0, short: true });
    const before = await wakes(row);
    await posted('', { kind: 'refused', reason: 'msg_too_long' });
    expect(await db.store.posted(row.id, row.version)).toMatchObject({
      parts: 0,
      short: true,
      refused: 'msg_too_long',
    });
    expect(await wakes(row)).toBe(before + 1);
  });

  test('of a row that waits no more nobody is woken', async () => {
    const row = await promised([1]);
    await posted('1.1');
    await db.knex('remediations').where('id', row.id).update({ state: 'rejected' });
    const before = await wakes(row);
    await posted('1.2');
    expect(await wakes(row)).toBe(before);
  });

  test('a row that waits for parts which are there is found by the sweeper, and none that waits for one', async () => {
    const row = await promised([1]);
    const showing = { kind: 'posting', digest, parts: 1, version: row.version };
    await db.knex.raw(
      `update remediations set expires_at = '2999-01-01T00:00:00Z', data = jsonb_set(data, '{showing}', ?::jsonb) where id = ?`,
      [JSON.stringify(showing), row.id],
    );
    const swept = async () => {
      await db.knex.raw('delete from pgboss.job');
      await sweep({ knex: db.knex, queue: db.queue, newId: randomUUID, log: silentLog });
      return wakes(row);
    };
    await posted('1.1');
    expect(await swept()).toBe(0);
    await posted('1.2');
    expect(await swept()).toBe(1);
  });
});
