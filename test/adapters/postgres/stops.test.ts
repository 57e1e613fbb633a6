import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readChain, verifyAudit } from '../../../src/adapters/postgres/audit/audit.ts';
import { stopItself } from '../../../src/adapters/postgres/brakes/itself.ts';
import { findStanding } from '../../../src/adapters/postgres/standing.ts';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import { learn } from '../../../src/stages/learn/trust.ts';
import type { Store } from '../../../src/workflow/ports.ts';
import { noon } from '../../fixtures/facts.ts';
import { firstApprover, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { sha256 } from '../../support/sha256.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
/** What another replica has. */
let other: Store;
beforeAll(async () => {
  db = await openDatabase();
  const { knex, queue } = db;
  const places = { channel: 'C0OPS', cluster: 'test', identity: () => undefined };
  other = createStore({ knex, queue, ...places, clock: () => noon, newId: randomUUID, sha256, learn });
});
afterEach(async () => {
  await start('the test is over');
});
afterAll(() => db.close());

const { movedTo } = rowsOf(() => db);
const order = (reason: string, requestKey: string = randomUUID()) => ({
  by: firstApprover,
  reason,
  requestKey,
});
const stop = (reason: string, key?: string) => db.store.stop(order(reason, key));
const start = (reason: string) => db.store.start(order(reason));

const messages = async (key: string) =>
  (
    await db.knex.raw('select channel, notice, priority from slack_outbox where key like ? order by key', [
      key,
    ])
  ).rows;

test('a stop holds on every replica at once, once for each request, until it is ended', async () => {
  expect(await other.stopped()).toBeUndefined();
  const key = randomUUID();
  expect(await stop('the cluster is being moved', key)).toEqual({ fresh: true });
  expect(await other.stopped()).toMatchObject({
    at: noon,
    by: firstApprover.userId,
    reason: 'the cluster is being moved',
  });
  expect(await stop('the cluster is being moved', key)).toEqual({ fresh: false });
  expect(await other.stop(order('me too'))).toEqual({ fresh: false });
  expect(await other.start(order('it was moved'))).toEqual({ fresh: true });
  expect(await db.store.stopped()).toBeUndefined();
  expect(await start('again')).toEqual({ fresh: false });
  expect(await stop('the cluster is being moved', key), 'a late repeat brings no stop back').toEqual({
    fresh: false,
  });
  expect(await db.store.stopped()).toBeUndefined();
});

test.each(['executing', 'pr_open'] as const)(
  'what is approved does not begin (%s), and its wake comes again',
  async (begun) => {
    const row = await movedTo('approved');
    await stop('wrong policy');
    expect(await other.transition(row, transitionTo(row, begun))).toBe('busy');
    expect(await db.store.load(row.id)).toMatchObject({ state: 'approved', version: row.version });
    await start('policy is right');
    expect(await other.transition(row, transitionTo(row, begun))).toBe('committed');
  },
);

test('what begins waits for a stop that is being put, and does not begin', async () => {
  const row = await movedTo('approved');
  const lock = 0x46427374;
  const putting = await db.knex.transaction();
  await putting.raw('select pg_advisory_xact_lock(?)', [lock]);
  const begins = other.transition(row, transitionTo(row, 'executing'));
  const waits = `select from pg_locks where locktype = 'advisory' and not granted and objid = ?`;
  const isWaiting = eventually(async () => expect((await db.knex.raw(waits, [lock])).rows).toHaveLength(1));
  await Promise.race([isWaiting, begins]);
  await putting.raw(`insert into stops (at, reason, request_key) values (now(), 'at this moment', ?)`, [
    randomUUID(),
  ]);
  await putting.commit();
  expect(await begins).toBe('busy');
  await db.knex.raw(`delete from stops where reason = 'at this moment'`);
});

test('of many that begin at the moment of a stop none does so after it', async () => {
  const rows = await Promise.all(Array.from({ length: 12 }, () => movedTo('approved')));
  let stopped = false;
  const late: string[] = [];
  const begun = rows.map(async (row, index) => {
    const knew = stopped;
    const store = index % 2 === 0 ? db.store : other;
    const outcome = await store.transition(row, transitionTo(row, 'executing'));
    if (knew && outcome === 'committed') late.push(row.id);
    return outcome;
  });
  await stop('now');
  stopped = true;
  const after = await Promise.all(
    (await Promise.all([movedTo('approved'), movedTo('approved')])).map((row) =>
      other.transition(row, transitionTo(row, 'executing')),
    ),
  );
  const outcomes = await Promise.all(begun);
  expect(late).toEqual([]);
  expect(after).toEqual(['busy', 'busy']);
  expect(outcomes.filter((outcome) => outcome === 'stale')).toEqual([]);
});

test('it is told where cards are and in the own channel, and each open card says so', async () => {
  const row = await movedTo('evaluated');
  await db.store.transition(row, { ...transitionTo(row, 'waiting'), sideEffects: [{ kind: 'card' }] });
  const approved = await movedTo('approved');
  await db.knex.raw(
    `update slack_outbox set ts = '1.1', sent_channel = 'C0AWAY', sent_revision = desired_revision,
    status = 'open' where key = ?`,
    [`card:${row.id}`],
  );
  await stop('budget & <!channel> are wrong');
  const told: { channel: string; notice: { body: string } }[] = await messages('stop:%');
  const away = told.find(({ channel }) => channel === 'C0AWAY');
  expect(told.filter(({ channel }) => channel === 'C0OPS')).not.toEqual([]);
  expect(away).toMatchObject({
    channel: 'C0AWAY',
    priority: 0,
    notice: { kind: 'reply', by: firstApprover.userId },
  });
  expect(away?.notice.body).toContain(`held back while the approval counts: remediation`);
  expect(away?.notice.body).toContain(String(approved.number));
  const { rows: due } = await db.knex.raw(
    `select desired_revision > sent_revision as due from slack_outbox where key = ?`,
    [`card:${row.id}`],
  );
  expect(due).toEqual([{ due: true }]);
  expect((await findStanding(db.knex)).stopped).toEqual({ since: noon });
  await start('budget is right');
  expect((await messages('start:%')).at(-1)).toMatchObject({
    notice: { headline: expect.stringContaining('goes on') },
  });
  expect((await findStanding(db.knex)).stopped).toBeUndefined();
});

test('it names what it holds and what it breaks off, and renews the cards of both and of what waits', async () => {
  await db.knex.raw('truncate slack_outbox');
  const promised = async (state: Parameters<typeof movedTo>[0]) => {
    const row = await movedTo(state);
    await db.knex.raw(
      `insert into slack_outbox (id, key, kind, channel, incident_id, notice, ts, sent_channel, sent_revision)
        values (?, ?, 'card', 'C0OPS', ?, '{}', '1.1', ?, 1)`,
      [randomUUID(), `card:${row.id}`, row.incidentId, `C0${state.toUpperCase()}`],
    );
    return row;
  };
  const waiting = await promised('waiting');
  const approved = await promised('approved');
  const running = await promised('executing');
  const head = `incident:${approved.incidentId}`;
  await db.knex.raw(
    `insert into slack_outbox (id, key, kind, channel, incident_id, notice, ts, sent_channel, sent_revision)
      values (?, ?, 'incident', 'C0OPS', ?, '{}', '1.0', 'C0OPS', 1)`,
    [randomUUID(), head, approved.incidentId],
  );
  await db.knex('slack_outbox').where('key', `card:${approved.id}`).update({ root_key: head });
  const verifying = await promised('verifying');
  const done = await promised('succeeded');
  await stop('to be told');
  const [told]: { notice: { body: string } }[] = await messages('stop:%');
  const named = (words: string) => told?.notice.body.split('\n').find((line) => line.startsWith(words)) ?? '';
  const numbers = (line: string) => line.match(/\d+/g)?.map(Number) ?? [];
  expect(numbers(named('Approved, and held back'))).toContain(approved.number);
  expect(numbers(named('Under way'))).toContain(running.number);
  expect(numbers(named('Under way'))).not.toContain(verifying.number);
  const due = await db
    .knex('slack_outbox')
    .whereIn('kind', ['card', 'incident'])
    .whereRaw('desired_revision > sent_revision');
  expect(due.map(({ key }) => key).toSorted()).toEqual(
    [...[waiting, approved, running].map(({ id }) => `card:${id}`), head].toSorted(),
  );
  const channels = (await messages('stop:%')).map(({ channel }: { channel: string }) => channel);
  expect(channels).toContain('C0VERIFYING');
  expect(channels).not.toContain(`C0${done.state.toUpperCase()}`);
});

describe('the audit chain', () => {
  test('has a line for each stop and each end, and verifies', async () => {
    await stop('for the chain');
    await start('for the chain as well');
    const lines = (await readChain(db.knex, 0, 100_000)).filter(({ kind }) => kind === 'stop');
    expect(lines.slice(-2)).toMatchObject([
      { event: 'stopped', actor: firstApprover.userId, to: 'stopped' },
      { event: 'started', actor: firstApprover.userId, to: 'started' },
    ]);
    expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'intact' });
  });

  test.each([
    [
      'a stop that was ended past the program',
      `update stops set ended_at = now(), ended_reason = 'x' where ended_at is null`,
    ],
    ['one that was deleted', 'delete from stops where ended_at is null'],
    ['one whose reason was changed', `update stops set reason = 'another' where ended_at is null`],
    [
      'one that was added',
      `insert into stops (at, reason, ended_at, ended_reason) values (now(), 'x', now(), 'y')`,
    ],
  ])('shows %s', async (_name, sql) => {
    await stop('held');
    await db.knex.raw('create table kept as select * from stops');
    await db.knex.raw(sql);
    expect(await verifyAudit(db.knex, sha256)).toMatchObject({
      kind: 'broken',
      sentence: expect.stringContaining('past the program'),
    });
    await db.knex.raw(
      'delete from stops; insert into stops overriding system value select * from kept; drop table kept',
    );
    expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'intact' });
  });

  test('that does not verify stops Firebreak, once for what was found, and also where it takes no line any more', async () => {
    const { knex } = db;
    const context = { knex, channel: 'C0OPS', newId: randomUUID, sha256 };
    const found = { at: noon, reason: 'The audit chain does not verify: line 3: it was changed' };
    expect(await stopItself(context, found)).toEqual({ fresh: true });
    expect(await db.store.stopped()).toEqual({ number: expect.any(Number), at: noon, reason: found.reason });
    await start('looked at, and known');
    expect(await stopItself(context, found), 'people have seen it').toEqual({ fresh: false });
    await knex.raw('create table kept_head as select * from audit_head; delete from audit_head');
    expect(await stopItself(context, { ...found, reason: 'the head row is gone' })).toEqual({ fresh: true });
    expect(await other.stopped()).toBeDefined();
    await knex.raw('insert into audit_head select * from kept_head; drop table kept_head');
  });
});
