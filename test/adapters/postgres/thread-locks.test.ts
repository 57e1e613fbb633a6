import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { promisedCard } from '../../../src/adapters/postgres/outbox/messages.ts';
import { createOutbox } from '../../../src/adapters/postgres/outbox/outbox.ts';
import { createSilences } from '../../../src/adapters/postgres/silences/silences.ts';
import { type Alert, alertKey } from '../../../src/domain/incidents/incident.ts';
import type { Remediation, State } from '../../../src/domain/remediation.ts';
import type { Outbox } from '../../../src/workflow/outbox-port.ts';
import type { Delivered } from '../../../src/workflow/ports.ts';
import type { Silences } from '../../../src/workflow/silences/silences-port.ts';
import { noon } from '../../fixtures/facts.ts';
import { digest, firstApprover, transitionTo } from '../../fixtures/remediations.ts';
import { alertOf } from '../../fixtures/script.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { rowsOf } from './rows.ts';

/* Transactions side by side that write to several messages of one thread. */

let db: TestDatabase;
let outbox: Outbox;
let silences: Silences;
let storm: number;
beforeAll(async () => {
  db = await openDatabase();
  const liveness = { instance: 1, isLive: () => true, on: () => () => {} };
  outbox = createOutbox({ knex: db.knex, queue: db.queue, liveness, fallbackChannel: 'C0FALLBACK' });
  silences = createSilences({ knex: db.knex, newId: randomUUID, channel: 'C0OPS' });
  const made = await db.knex.raw(
    'insert into storms (incidents, first_remediation) values (2, 1) returning number',
  );
  storm = made.rows[0].number;
});
beforeEach(() =>
  db.knex.raw(`truncate silences, slack_outbox, slack_lanes; update remediations set state = 'rejected'`),
);
afterAll(() => db.close());

const { opened } = rowsOf(() => db);

async function move(row: Remediation, state: State): Promise<Remediation> {
  const transition = transitionTo(row, state, [{ kind: 'card' }]);
  expect(await db.store.transition(row, transition)).toBe('committed');
  return transition.next;
}

/** Of an incident with an alert: the first, whose card heads the thread, and two in its thread that were looked at. */
async function thread() {
  const head = await move(await opened(), 'evaluated');
  const join = (id: string) =>
    db.knex.raw('update incidents set joined = ? where id = ?', [head.incidentId, id]);
  const following = async () => {
    const row = await opened();
    await join(row.incidentId);
    return move(row, 'evaluated');
  };
  const fingerprint = randomUUID();
  await db.store.ingest([{ ...alertOf({ alertname: fingerprint }), fingerprint, source: 'alertmanager' }]);
  await db.knex.raw(`update incidents set joined = ? where alert->>'fingerprint' = ?`, [
    head.incidentId,
    fingerprint,
  ]);
  return { head, one: await following(), two: await following() };
}

/** The same, and both in it wait. */
async function waiting() {
  const { head, one, two } = await thread();
  return { head, one: await move(one, 'waiting'), two: await move(two, 'waiting') };
}
type Waiting = Awaited<ReturnType<typeof waiting>>;

const ask = (row: Remediation) =>
  silences.ask(row, { by: 'U0ALICE', endsAt: new Date(Date.now() + 3_600_000).toISOString() });

/** Until so many wait for a lock. */
const blocked = (count: number) =>
  eventually(async () => {
    const found = await db.knex.raw(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    expect(found.rows).toHaveLength(count);
  });

const cardsOf = (...rows: readonly Remediation[]) => rows.map(({ id }) => `card:${id}`);

/** How often each card was promised. */
async function revisions(...rows: readonly Remediation[]): Promise<readonly number[]> {
  const found = await db.knex('slack_outbox').whereIn('key', cardsOf(...rows));
  const byKey = new Map(found.map(({ key, desired_revision: revision }) => [key, Number(revision)]));
  return cardsOf(...rows).map((key) => byKey.get(key) ?? 0);
}

/** What comes of a card that Slack is asked to post. */
async function delivered(row: Remediation, outcome: Delivered): Promise<() => Promise<void>> {
  const [key] = cardsOf(row);
  await db.knex.raw('update slack_outbox set next_attempt_at = ? where key <> ?', ['infinity', key ?? '']);
  await db.knex.raw('update slack_outbox set root_key = null, ready = true where key = ?', [key ?? '']);
  const [delivery] = await outbox.lease(1);
  if (delivery === undefined || delivery.key !== key) throw new Error('another one was taken');
  return () => outbox.settle({ ...delivery, threadTs: '1.0' }, outcome);
}

/** An alert that nobody has looked at. */
async function received() {
  const fingerprint = randomUUID();
  await db.store.ingest([{ ...alertOf({ alertname: fingerprint }), fingerprint, source: 'alertmanager' }]);
  const { id } = await db.knex('incidents').whereRaw(`alert->>'fingerprint' = ?`, [fingerprint]).first('id');
  const incident = await db.store.incident(id);
  if (incident === undefined) throw new Error('it has just come in');
  return incident;
}

/** Ends what it was begun with; what is prepared before it takes no lock that lasts. */
const writers: readonly (readonly [string, (of: Waiting) => Promise<() => Promise<unknown>>])[] = [
  [
    'a move',
    async ({ one }) =>
      () =>
        move(one, 'rejected'),
  ],
  [
    'a silence that is asked for',
    async ({ one }) =>
      () =>
        ask(one),
  ],
  [
    'a silence that is made',
    async ({ one }) => {
      await ask(one);
      const [leased] = await silences.take();
      if (leased === undefined) throw new Error('there is one');
      return () => silences.settle(leased, { state: 'made', heard: [{ alertname: 'A' }] });
    },
  ],
  [
    'votes on several',
    async ({ one, two }) =>
      () =>
        db.store.voteTogether(
          { storm, ids: [one.id, two.id], cluster: 'test', since: noon },
          ({ standings }) => ({
            answer: { kind: 'recorded', sentence: '' },
            votes: standings.map(({ row }) => ({
              row,
              approval: { actor: firstApprover, decision: 'approve', digest, at: noon } as const,
              transition: transitionTo(row, 'approved', [{ kind: 'card' }]),
            })),
          }),
        ),
  ],
  [
    'a stop',
    async () => async () => {
      const order = { by: firstApprover, reason: 'it is tried', requestKey: randomUUID() };
      await db.store.stop(order);
      await db.store.start({ ...order, requestKey: randomUUID() });
    },
  ],
  [
    'an alert that joins',
    async ({ head }) => {
      const incident = await received();
      const { id: remediation, number, incidentId } = head;
      const engaged = { remediation, number, incident: incidentId, state: 'waiting' };
      const owner = { key: `test/shop/Deployment/${incident.id}`, coolDownSeconds: 0 };
      return () => db.store.settleTriage(incident, { kind: 'joined', engaged, owner }, undefined);
    },
  ],
  ['a card that is refused', async ({ head }) => delivered(head, { kind: 'refused', reason: 'no' })],
  [
    'a card that its channel does not take',
    async ({ head }) => delivered(head, { kind: 'withheld', reason: 'no', where: 'channel' }),
  ],
];

describe('who writes to several messages of a thread', () => {
  test.each(writers)('locks the thread before any of them: %s', async (_name, prepare) => {
    const of = await waiting();
    const begin = await prepare(of);
    const all = await db.knex('slack_outbox').pluck('key').orderBy('key');
    const done = await db.knex.transaction(async (trx) => {
      await trx.raw('select from incidents where id = ? for no key update', [of.head.incidentId]);
      const writing = begin();
      await Promise.race([blocked(1), writing.then(() => expect.fail('it did not wait for the thread'))]);
      const free = await trx.raw('select key from slack_outbox for update skip locked');
      expect(free.rows.map(({ key }: { key: string }) => key).toSorted()).toEqual(all.toSorted());
      return { writing };
    });
    await done.writing;
  });

  test('waits for a card that another holds, and brings it up to date then', async () => {
    const { one, two } = await waiting();
    const before = await revisions(two);
    const held = await db.knex.transaction(async (trx) => {
      await trx.raw('select from slack_outbox where key = ? for update', cardsOf(two));
      const moving = move(one, 'rejected');
      await Promise.race([blocked(1), moving]);
      return { moving };
    });
    await held.moving;
    expect(await revisions(two)).toEqual(before.map((each) => each + 1));
  });

  test('sees a card that begins to wait at the same moment', async () => {
    const { one: first, two } = await thread();
    const one = await move(first, 'waiting');
    const before = await revisions(two);
    const both = await db.knex.transaction(async (trx) => {
      // The head of the chain is locked last of all: both have promised their cards when they wait for it.
      await trx.raw('select from audit_head for update');
      const waits = move(two, 'waiting');
      await blocked(1);
      const ends = move(one, 'rejected');
      await blocked(2);
      return { all: Promise.all([waits, ends]) };
    });
    await both.all;
    expect(await revisions(two), 'of its own move, and of the other').toEqual(before.map((each) => each + 2));
  });

  test('never waits in a circle with another: a resolution of several alerts, and a stop', async () => {
    const [low = '', high = ''] = [randomUUID(), randomUUID()].toSorted();
    const ending = [high, low].map(
      (id, at): Alert => ({
        ...alertOf({ alertname: id }),
        ...{ fingerprint: `circle-${at}`, source: 'alertmanager', status: 'resolved', endsAt: noon },
      }),
    );
    for (const [at, id] of [high, low].entries()) {
      const alert = ending[at];
      if (alert === undefined) throw new Error('there are two');
      const row = { id, state: 'triaged', dedup_key: alertKey(alert), title: id, alert, created_at: noon };
      await db.knex('incidents').insert(row);
    }
    const lock = 'select from incidents where id = ? for no key update';
    const stopped = db.knex.transaction(async (trx) => {
      await trx.raw(`set local deadlock_timeout = '10ms'`);
      await trx.raw(lock, [low]);
      const resolving = db.store.ingest(ending);
      await blocked(1);
      await trx.raw(lock, [high]);
      return { resolving };
    });
    expect(await (await stopped).resolving).toMatchObject({ resolved: 2 });
  });

  test('never waits in a circle with another: votes on several, and a silence', async () => {
    const { one, two } = await thread();
    const card = async (trx: Knex.Transaction, of: Remediation) => {
      for (const { sql, bindings } of promisedCard({ newId: randomUUID, channel: 'C0OPS' }, of))
        await trx.raw(sql, [...bindings]);
    };
    const voted = db.knex.transaction(async (trx) => {
      await trx.raw(`set local deadlock_timeout = '10ms'`);
      await card(trx, one);
      const asked = ask(two);
      await blocked(1);
      await card(trx, two);
      return { asked };
    });
    expect(await (await voted).asked).toMatchObject({ kind: 'asked' });
  });
});
