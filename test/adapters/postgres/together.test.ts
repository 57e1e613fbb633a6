import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { verifyAudit } from '../../../src/adapters/postgres/audit/audit.ts';
import { connect } from '../../../src/adapters/postgres/connect.ts';
import { lockBudget } from '../../../src/adapters/postgres/remediations/usage.ts';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import type { Actor } from '../../../src/domain/actor.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import { learn } from '../../../src/stages/learn/trust.ts';
import type { FoundTogether, TogetherOutcome } from '../../../src/workflow/approval/together-port.ts';
import type { Answer, Transition } from '../../../src/workflow/ports.ts';
import { noon } from '../../fixtures/facts.ts';
import { digest, firstApprover, secondApprover, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { sha256 } from '../../support/sha256.ts';
import { rowsOf } from './rows.ts';

/* Several rows decided in one commit: all of it or nothing, each once. */

type Outcome = TogetherOutcome<Answer, Transition>;

let db: TestDatabase;
let storm: number;
beforeAll(async () => {
  db = await openDatabase();
  const made = await db.knex.raw(
    'insert into storms (incidents, first_remediation) values (40, 1) returning number',
  );
  storm = made.rows[0].number;
});
afterAll(() => db.close());
beforeEach(() => db.knex.raw('delete from slack_outbox'));

const { movedTo } = rowsOf(() => db);
const waiting = (count: number) => Promise.all(Array.from({ length: count }, () => movedTo('waiting')));
const placeOf = (rows: readonly Remediation[], number = storm) => ({
  storm: number,
  ids: rows.map(({ id }) => id),
  cluster: 'test',
  since: '2026-03-01T11:00:00.000Z',
});

/** Approves all that still wait. */
const approving =
  (actor: Actor) =>
  ({ standings }: FoundTogether): Outcome => {
    const open = standings.filter(({ row }) => row.state === 'waiting');
    if (open.length === 0) return { answer: { kind: 'already', sentence: 'It is decided.' }, votes: [] };
    const approval = { actor, decision: 'approve', digest, at: noon } as const;
    const votes = open.map(({ row }) => ({
      row,
      approval,
      transition: transitionTo(row, 'approved', [{ kind: 'card' }, { kind: 'wake', afterSeconds: 0 }]),
    }));
    const told = { key: 'k', headline: 'Approved together by', by: actor.userId, body: 'all' };
    return { answer: { kind: 'recorded', sentence: `${votes.length}` }, votes, told };
  };

const statesOf = async (rows: readonly Remediation[]) =>
  Promise.all(rows.map(async ({ id }) => (await db.store.load(id))?.state));

test('all in one commit, with their wakes, their lines of the chain, and one line in the thread', async () => {
  const rows = await waiting(5);
  const answer = await db.store.voteTogether(placeOf(rows), approving(firstApprover));
  expect(answer).toEqual({ kind: 'recorded', sentence: '5' });
  expect(new Set(await statesOf(rows))).toEqual(new Set(['approved']));
  for (const { id } of rows) expect(await db.store.approvals(id)).toHaveLength(1);
  const outbox = await db.knex('slack_outbox').select('key', 'root_key').orderBy('key');
  expect(outbox.filter(({ key }) => key.startsWith('storm:'))).toEqual([
    { key: `storm:${storm}`, root_key: null },
    { key: `storm:${storm}:together:k`, root_key: `storm:${storm}` },
  ]);
  expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'intact' });
});

test('two people over two replicas, each twice at once: every row is approved once', async () => {
  const rows = await waiting(6);
  const knex = connect(db.url, 10);
  const places = { channel: 'C0OPS', cluster: 'test', identity: () => undefined };
  const other = createStore({
    knex,
    queue: db.queue,
    ...places,
    clock: () => noon,
    newId: randomUUID,
    sha256,
    learn,
  });
  const answers = await Promise.all(
    [db.store, other, db.store, other].map((store, index) =>
      store.voteTogether(
        placeOf(index % 2 === 0 ? rows : rows.toReversed()),
        approving(index < 2 ? firstApprover : secondApprover),
      ),
    ),
  );
  await knex.destroy();
  expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['already', 'already', 'already', 'recorded']);
  for (const { id } of rows) expect(await db.store.approvals(id)).toHaveLength(1);
  const events = await db
    .knex('remediation_events')
    .whereIn(
      'remediation_id',
      rows.map(({ id }) => id),
    )
    .where({ to_state: 'approved' });
  expect(events).toHaveLength(6);
});

test('a click on one card at the same moment: it is decided once', async () => {
  const rows = await waiting(3);
  const [one] = rows;
  if (one === undefined) throw new Error('there is none');
  await Promise.all([
    db.store.voteTogether(placeOf(rows), approving(firstApprover)),
    db.store.vote(one.id, (current) => {
      if (current.state !== 'waiting') return { answer: { kind: 'already', sentence: 'It is decided.' } };
      const approval = { actor: secondApprover, decision: 'approve', digest, at: noon } as const;
      return {
        answer: { kind: 'recorded', sentence: '' },
        approval,
        transition: transitionTo(current, 'approved'),
      };
    }),
  ]);
  expect(new Set(await statesOf(rows))).toEqual(new Set(['approved']));
  expect(await db.store.approvals(one.id)).toHaveLength(1);
});

test('a fault in one of them leaves all as they were', async () => {
  const rows = await waiting(3);
  const failing = (found: FoundTogether): Outcome => {
    const outcome = approving(firstApprover)(found);
    const votes = outcome.votes.map((vote, index) =>
      index === 2 ? { ...vote, transition: transitionTo(vote.row, 'succeeded') } : vote,
    );
    return { ...outcome, votes };
  };
  await expect(db.store.voteTogether(placeOf(rows), failing)).rejects.toThrow('cannot move');
  expect(new Set(await statesOf(rows))).toEqual(new Set(['waiting']));
  for (const { id } of rows) expect(await db.store.approvals(id)).toEqual([]);
});

test('what is approved counts as spent before it has started', async () => {
  const rows = await waiting(2);
  const seen: FoundTogether[] = [];
  const look = (found: FoundTogether): Outcome => {
    seen.push(found);
    return { answer: { kind: 'refused', sentence: '' }, votes: [] };
  };
  await db.store.voteTogether(placeOf(rows), look);
  await db.store.voteTogether(placeOf(rows), approving(firstApprover));
  await db.store.voteTogether(placeOf(rows), look);
  const [before, after] = seen.map(({ spent }) => spent);
  expect((after?.cluster.score ?? 0) - (before?.cluster.score ?? 0)).toBe(40);
  expect((after?.namespaces.get('shop')?.running ?? 0) - (before?.namespaces.get('shop')?.running ?? 0)).toBe(
    2,
  );
});

test('what runs for longer than the hour of the budget still runs, and its score is not spent again', async () => {
  const rows = await waiting(1);
  const seen: FoundTogether[] = [];
  const look = (found: FoundTogether): Outcome => {
    seen.push(found);
    return { answer: { kind: 'refused', sentence: '' }, votes: [] };
  };
  await db.store.voteTogether(placeOf(rows), look);
  const { id } = await movedTo('executing');
  const earlier = { ...placeOf(rows), since: '2026-03-01T11:00:00.000Z' };
  await db.knex.raw(
    `update remediations set data = jsonb_set(data, '{startedAt}', '"2026-03-01T09:00:00.000Z"') where id = ?`,
    [id],
  );
  await db.store.voteTogether(earlier, look);
  const [before, after] = seen.map(({ spent }) => spent.namespaces.get('shop') ?? { score: 0, running: 0 });
  expect(after).toEqual({ score: before?.score, running: (before?.running ?? 0) + 1 });
});

/** What is said to be spent while nothing is decided. */
const spentNow = async (rows: readonly Remediation[]) => {
  const seen: FoundTogether[] = [];
  await db.store.voteTogether(placeOf(rows), (found) => {
    seen.push(found);
    return { answer: { kind: 'refused', sentence: '' }, votes: [] };
  });
  return seen[0]?.spent;
};

test.each([
  ['what has just begun counts once', 'executing', {}, { score: 20, running: 1 }],
  ['what is verified counts until it is', 'verifying', {}, { score: 20, running: 1 }],
  ['what is over has spent its score', 'succeeded', {}, { score: 20, running: 0 }],
  [
    'of what is over for more than an hour nothing counts',
    'succeeded',
    { startedAt: '2026-03-01T10:59:59.999Z' },
    { score: 0, running: 0 },
  ],
  [
    'what began an hour ago counts',
    'executing',
    { startedAt: '2026-03-01T11:00:00.000Z' },
    { score: 20, running: 1 },
  ],
  ['what is approved elsewhere counts there', 'approved', { cluster: 'other' }, { score: 0, running: 0 }],
  ['what runs elsewhere counts there', 'executing', { cluster: 'other' }, { score: 0, running: 0 }],
  [
    'what runs elsewhere for long counts there',
    'executing',
    { cluster: 'other', startedAt: '2026-03-01T09:00:00.000Z' },
    { score: 0, running: 0 },
  ],
] as const)('spent: %s', async (_name, state, change, adds) => {
  const rows = await waiting(1);
  const before = await spentNow(rows);
  const { id } = await movedTo(state);
  const cluster = 'cluster' in change ? change.cluster : 'test';
  const sql = 'update remediations set data = data || ?::jsonb, cluster = ? where id = ?';
  await db.knex.raw(sql, [JSON.stringify(change), cluster, id]);
  const after = await spentNow(rows);
  const added = (of: typeof after) => of?.namespaces.get('shop') ?? { score: 0, running: 0 };
  expect({
    score: added(after).score - added(before).score,
    running: added(after).running - added(before).running,
  }).toEqual(adds);
});

test('they are judged in the order of their numbers, whatever order they were chosen in', async () => {
  const rows = await waiting(6);
  const numbers: number[] = [];
  await db.store.voteTogether(placeOf(rows.toReversed()), ({ standings }) => {
    numbers.push(...standings.map(({ row }) => row.number));
    return { answer: { kind: 'refused', sentence: '' }, votes: [] };
  });
  expect(numbers).toEqual(rows.map(({ number }) => number).toSorted((a, b) => a - b));
});

test('it waits for whoever spends of the budget of the cluster at that moment', async () => {
  const rows = await waiting(1);
  const spending = await db.knex.transaction();
  await lockBudget(spending, 'test');
  const votes = db.store.voteTogether(placeOf(rows), approving(firstApprover));
  const waits = `select from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  const isWaiting = eventually(async () => expect((await db.knex.raw(waits)).rows).not.toEqual([]));
  expect(await Promise.race([isWaiting.then(() => 'it waits'), votes.then(() => 'it is decided')])).toBe(
    'it waits',
  );
  await spending.rollback();
  expect(await votes).toMatchObject({ kind: 'recorded' });
});

test('a storm that is not there, and ids that are none, decide nothing', async () => {
  const rows = await waiting(1);
  expect(await db.store.voteTogether(placeOf(rows, 4711), approving(firstApprover))).toMatchObject({
    kind: 'refused',
  });
  const stray = { ...placeOf(rows), ids: ["' or true --", randomUUID()] };
  expect(await db.store.voteTogether(stray, approving(firstApprover))).toMatchObject({ kind: 'already' });
  expect(await statesOf(rows)).toEqual(['waiting']);
});
