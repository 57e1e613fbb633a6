import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOutbox } from '../../../src/adapters/postgres/outbox/outbox.ts';
import { settleWithheld } from '../../../src/adapters/postgres/outbox/withheld.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import type { Delivery, Outbox } from '../../../src/workflow/outbox-port.ts';
import type { Delivered, SideEffect } from '../../../src/workflow/ports.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { messagesOf } from './messages.ts';
import { rowsOf } from './rows.ts';
import { card, replyOf, sendingOf, sent } from './sending.ts';

/* What each answer of Slack's leaves of the message, and which lanes it holds for how long. */

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

const { opened } = rowsOf(() => db);
const { promised } = messagesOf(() => db);
const { pass, leaseOne, stored } = sendingOf(
  () => db,
  () => outbox,
);

async function moved(row: Remediation, ...effects: readonly SideEffect[]) {
  const transition = transitionTo(row, row.state === 'requested' ? 'evaluated' : 'waiting', effects);
  await db.store.transition(row, transition);
  return transition.next;
}

/** A card that was posted at 1.1. */
async function posted(...more: readonly SideEffect[]): Promise<Remediation> {
  const row = await moved(await opened(), card, ...more);
  await outbox.settle(await leaseOne(), sent('1.1'));
  await pass(60);
  return row;
}

/** What may be answered for. */
const messages = {
  post: async () => void (await moved(await opened(), card)),
  'post that alerts brought about': async () => {
    await moved(await opened(), card);
    await db.knex('slack_outbox').update({ priority: 2 });
  },
  'post that may be there': async () => {
    await moved(await opened(), card);
    await leaseOne();
    await pass(16);
    await db.knex('slack_outbox').update({ attempts: 0 });
  },
  'post, for the ninth time,': async () => {
    await moved(await opened(), card);
    await db.knex('slack_outbox').update({ attempts: 8 });
  },
  update: async () => void (await moved(await posted(), card)),
  'update, for the ninth time,': async () => {
    await moved(await posted(), card);
    await db.knex('slack_outbox').update({ attempts: 8 });
  },
  'card of a thread': async () => {
    const head = await posted();
    const { id } = await moved(await opened(), card);
    await db
      .knex('slack_outbox')
      .where('key', `card:${id}`)
      .update({ root_key: `card:${head.id}` });
  },
  reply: async () => void (await posted(replyOf('a'))),
  'update of an alert’s message': async () => {
    await promised();
    await outbox.settle(await leaseOne(), sent('1.1'));
    await db.knex('slack_outbox').increment('desired_revision');
  },
} as const satisfies Record<string, () => Promise<void>>;

interface Left {
  readonly status?: 'open' | 'failed';
  readonly uncertain?: boolean;
  readonly attempts?: number;
  readonly channel?: string;
  readonly ts?: string | null;
  readonly root_key?: string | null;
  readonly last_error?: string | null;
  /** Seconds until it is sent again. */
  readonly waits?: number;
  /** The lanes that are held, with the seconds. */
  readonly lanes?: Readonly<Record<string, number>>;
}

const clock = async (): Promise<string> =>
  (await db.knex.raw('select clock_timestamp()::text as at')).rows[0].at;

/** Whether each is so many seconds after a statement whose time is between two of the clock. */
async function seconds(at: string, from: string, until: string): Promise<{ least: number; most: number }> {
  const sql = 'select extract(epoch from ?::timestamptz - ?::timestamptz)::float8 as seconds';
  const [most, least] = await Promise.all([from, until].map((each) => db.knex.raw(sql, [at, each])));
  return { least: least.rows[0].seconds - 0.001, most: most.rows[0].seconds + 0.001 };
}

async function answered(delivery: Delivery, outcome: Delivered, by: Outbox) {
  await db.knex.raw('truncate slack_lanes');
  const from = await clock();
  await by.settle(delivery, outcome);
  const until = await clock();
  const row = (
    await db
      .knex('slack_outbox')
      .select('*', db.knex.raw('next_attempt_at::text as next'))
      .where('id', delivery.id)
  )[0];
  const lanes = await db.knex('slack_lanes').select('lane', db.knex.raw('free_at::text as free'));
  const within = async (at: string, expected: number) => {
    const { least, most } = await seconds(at, from, until);
    expect(expected).toBeGreaterThanOrEqual(least);
    expect(expected).toBeLessThanOrEqual(most);
  };
  return { row, lanes, within };
}

const reason = 'so it is';
const later: Delivered = { kind: 'later', afterSeconds: 30, reason };
const unknown: Delivered = { kind: 'unknown', reason };
const refused: Delivered = { kind: 'refused', reason };
const gone: Delivered = { kind: 'gone', reason };
const withheld = (where: 'message' | 'channel' | 'app'): Delivered => ({ kind: 'withheld', where, reason });
const updates = '*updates';

test.each<[keyof typeof messages, Delivered, Left]>([
  ['post', sent('1.1'), { ts: '1.1', attempts: 0, last_error: null, lanes: { C0OPS: 1.1 } }],
  ['post', later, { waits: 30, lanes: { C0OPS: 33.3 } }],
  ['post', unknown, { uncertain: true, waits: 2, lanes: { C0OPS: 1.1 } }],
  ['post', refused, { status: 'failed' }],
  ['post', withheld('message'), { waits: 2, lanes: { C0OPS: 4.4 } }],
  ['post', withheld('channel'), { waits: 2, lanes: { C0OPS: 5.3 } }],
  ['post', withheld('app'), { waits: 2, lanes: { C0OPS: 5.3 } }],
  [
    'post that alerts brought about',
    unknown,
    { uncertain: true, waits: 2, lanes: { C0OPS: 1.1, '*unasked:C0OPS': 6 } },
  ],
  ['post, for the ninth time,', unknown, { attempts: 9, uncertain: true, waits: 60, lanes: { C0OPS: 1.1 } }],
  ['post, for the ninth time,', withheld('message'), { attempts: 9, waits: 60, lanes: { C0OPS: 4.4 } }],
  ['post, for the ninth time,', withheld('app'), { attempts: 9, waits: 60, lanes: { C0OPS: 63.3 } }],
  ['update', sent('1.1'), { ts: '1.1', attempts: 0, last_error: null, waits: 0 }],
  ['update', later, { ts: '1.1', waits: 30, lanes: { [updates]: 30 + 16 / 3 } }],
  ['update', unknown, { ts: '1.1', uncertain: true, waits: 2 }],
  ['update', refused, { ts: '1.1', status: 'failed' }],
  ['update', gone, { attempts: 0, waits: 0 }],
  ['update', withheld('message'), { ts: '1.1', waits: 2 }],
  ['update', withheld('channel'), { ts: '1.1', waits: 2 }],
  ['update', withheld('app'), { ts: '1.1', waits: 2, lanes: { [updates]: 2 + 16 / 3 } }],
  [
    'update, for the ninth time,',
    withheld('app'),
    { ts: '1.1', attempts: 9, waits: 512, lanes: { [updates]: 512 + 16 / 3 } },
  ],
  ['card of a thread', later, { root_key: 'kept', waits: 30, lanes: { C0OPS: 33.3 } }],
  ['card of a thread', unknown, { root_key: 'kept', uncertain: true, waits: 2, lanes: { C0OPS: 1.1 } }],
  ['card of a thread', refused, { root_key: null, attempts: 0, waits: 0 }],
  ['card of a thread', withheld('message'), { root_key: 'kept', waits: 2, lanes: { C0OPS: 4.4 } }],
  ['reply', refused, { root_key: 'kept', status: 'failed' }],
  ['reply', later, { root_key: 'kept', waits: 30, lanes: { C0OPS: 33.3 } }],
  ['update of an alert’s message', gone, { ts: '1.1', status: 'failed' }],
])('of a %s: %o', async (message, outcome, { waits, lanes = {}, ...left }) => {
  await messages[message]();
  const delivery = await leaseOne();
  const before = await stored(delivery.key);
  const after = await answered(delivery, outcome, outbox);
  const unless = {
    status: 'open',
    uncertain: false,
    attempts: 1,
    ts: null,
    channel: 'C0OPS',
    last_error: reason,
  };
  const root = left.root_key === 'kept' ? { root_key: before.root_key } : {};
  expect(after.row).toMatchObject({ ...unless, leased_until: null, ...left, ...root });
  expect(after.lanes.map(({ lane }) => lane).toSorted()).toEqual(Object.keys(lanes).toSorted());
  for (const { lane, free } of after.lanes) await after.within(free, lanes[lane] ?? 0);
  if (waits !== undefined) await after.within(after.row.next, waits);
  expect(await db.knex('slack_doubles')).toEqual([]);
});

test.each<[keyof typeof messages, 'message' | 'channel' | 'app', string, string[]]>([
  ['post', 'channel', 'C0FALLBACK', []],
  ['post', 'message', 'C0OPS', []],
  ['post', 'app', 'C0OPS', []],
  ['update', 'channel', 'C0FALLBACK', []],
  ['update', 'app', 'C0OPS', []],
  ['post that may be there', 'channel', 'C0FALLBACK', ['C0OPS']],
])(
  'a %s that is withheld, the %s at fault, is in %s then, and looked for in %j',
  async (message, where, channel, looked) => {
    await messages[message]();
    const { row } = await answered(await leaseOne(), withheld(where), withFallback);
    expect(row).toMatchObject({ channel, status: 'open', attempts: channel === 'C0OPS' ? 1 : 0 });
    expect(await db.knex('slack_doubles').pluck('channel')).toEqual(looked);
  },
);

test.each([
  ['waits for its thread where it is turned to another channel', 'channel', 'C0FALLBACK', 'lock timeout'],
  ['waits for no thread where only the message is at fault', 'message', 'C0FALLBACK', undefined],
  ['waits for no thread where there is no other channel', 'channel', undefined, undefined],
] as const)('what is withheld %s', async (_name, where, fallback, fault) => {
  await messages.post();
  const delivery = await leaseOne();
  const of = '(select incident_id from slack_outbox where id = ?)';
  const settling = db.knex.transaction(async (other) => {
    await other.raw(`select from incidents where id = ${of} for no key update`, [delivery.id]);
    await db.knex.transaction(async (trx) => {
      await trx.raw(`set local lock_timeout = '20ms'`);
      await settleWithheld(trx, delivery, { kind: 'withheld', where, reason }, fallback);
    });
  });
  if (fault === undefined) await settling;
  else await expect(settling).rejects.toThrow(fault);
});

test('the refusal of an edit leaves what is to be posted below it in its thread', async () => {
  const head = await posted();
  const below = await moved(await opened(), card);
  await db
    .knex('slack_outbox')
    .where('key', `card:${below.id}`)
    .update({ root_key: `card:${head.id}`, next_attempt_at: 'infinity' });
  await moved(head, card);
  await outbox.settle(await leaseOne(), refused);
  expect(await stored(`card:${head.id}`)).toMatchObject({ status: 'failed' });
  expect(await stored(`card:${below.id}`)).toMatchObject({ root_key: `card:${head.id}` });
});

test('what was sent of a message that is not kept any more is not minded', async () => {
  await moved(await opened(), card);
  const delivery = await leaseOne();
  await db.knex('slack_outbox').delete();
  await outbox.settle(delivery, { ...sent('1.1'), copies: ['1.2'] });
  expect(await db.knex('slack_doubles')).toEqual([]);
});

test('a refusal that comes when another has posted the message and edits it changes nothing', async () => {
  const row = await moved(await opened(), card);
  const slow = await leaseOne();
  await pass(16);
  await outbox.settle(await leaseOne(), sent('1.1'));
  await moved(row, card);
  await pass(60);
  expect(await leaseOne()).toMatchObject({ attempts: slow.attempts, ts: '1.1' });
  const before = await stored(slow.key);
  await outbox.settle(slow, refused);
  expect(await stored(slow.key)).toEqual(before);
});

describe('whoever waits for what people see', () => {
  const jobsOf = async (id: string): Promise<number> =>
    (await db.knex.raw("select from pgboss.job where data->>'id' = ?", [id])).rows.length;
  const part = (row: Remediation): SideEffect => ({
    kind: 'part',
    notice: {
      ...{
        kind: 'part',
        remediationId: row.id,
        number: row.number,
        version: row.version + 1,
        part: 1,
        of: 1,
      },
      passages: [{ heading: 'Values', text: 'a: 1' }],
    },
  });
  const promisedOf = {
    card: async (row: Remediation) => moved(row, card),
    edit: async (row: Remediation) => {
      const next = await moved(row, card);
      await db.knex('slack_outbox').update({ ts: '1.1' });
      return next;
    },
    part: async (row: Remediation) => {
      const next = await moved(row, card, part(row));
      await db.knex('slack_outbox').where('kind', 'card').update({ ts: '1.1', sent_revision: 1 });
      await db.knex('slack_outbox').where('kind', 'part').update({ ready: true });
      return next;
    },
    'direct message': async (row: Remediation) => {
      const next = await moved(row, card);
      await db
        .knex('slack_outbox')
        .update({ notice: JSON.stringify({ kind: 'direct', remediationId: row.id }) });
      return next;
    },
  } as const;

  test.each<[keyof typeof promisedOf, string, Delivered, 'late' | 'at once', number]>([
    ['card', 'is posted', sent('1.1'), 'late', 1],
    ['card', 'is posted', sent('1.1'), 'at once', 0],
    ['card', 'is posted short', { ...sent('1.1'), short: true }, 'at once', 1],
    ['card', 'is refused', refused, 'late', 0],
    ['card', 'is put off', later, 'late', 0],
    ['edit', 'is made', sent('1.1'), 'late', 0],
    ['edit', 'is made short', { ...sent('1.1'), short: true }, 'at once', 1],
    ['part', 'is posted', sent('1.2'), 'at once', 1],
    ['part', 'is refused', refused, 'at once', 1],
    ['part', 'is put off', later, 'late', 0],
    ['part', 'may be there', unknown, 'late', 0],
    ['direct message', 'is posted', sent('1.1'), 'late', 0],
    ['direct message', 'is refused', refused, 'late', 0],
  ])('is woken or not where a %s %s: %o, %s', async (kind, _what, outcome, when, wakes) => {
    const row = await promisedOf[kind](await moved(await opened()));
    const ago = when === 'late' ? 10 : 0;
    await db.knex.raw(
      `update remediations set moved_at = clock_timestamp() - interval '${ago} seconds' where id = ?`,
      [row.id],
    );
    const before = await jobsOf(row.id);
    await outbox.settle(await leaseOne(), outcome);
    expect((await jobsOf(row.id)) - before).toBe(wakes);
  });
});
