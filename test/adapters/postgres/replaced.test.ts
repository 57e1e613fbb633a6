import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createOutbox } from '../../../src/adapters/postgres/outbox/outbox.ts';
import { cardKey } from '../../../src/domain/incidents/notice.ts';
import type { Remediation, State } from '../../../src/domain/remediation.ts';
import type { Outbox } from '../../../src/workflow/outbox-port.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';
import { card, sendingOf, sent } from './sending.ts';

/* The card of what was superseded is brought up to date when the one that takes its place is there. */

let db: TestDatabase;
let outbox: Outbox;
beforeAll(async () => {
  db = await openDatabase();
  const liveness = { instance: 1, on: () => () => {}, isLive: () => true };
  outbox = createOutbox({ knex: db.knex, queue: db.queue, liveness });
});
beforeEach(() => db.knex.raw('truncate slack_outbox, slack_lanes, slack_doubles'));
afterAll(() => db.close());

const { proposal, opened } = rowsOf(() => db);
const { leaseOne, pass, stored } = sendingOf(
  () => db,
  () => outbox,
);

async function become(row: Remediation, state: State, shown: boolean): Promise<Remediation> {
  const transition = transitionTo(row, state, shown ? [card] : []);
  await db.store.transition(row, transition);
  return transition.next;
}

/** A card that was posted, and the one that takes its place, which is about to be. */
async function replacing(state: State) {
  const old = await opened();
  await become(old, 'evaluated', true);
  await outbox.settle(await leaseOne(), sent('1.1'));
  await pass(60);
  const next = await opened({ ...proposal(), id: randomUUID(), replaces: old.id });
  await become(await become(next, 'evaluated', false), state, true);
  return { key: cardKey(old.id), post: await leaseOne() };
}

test.each<State>(['waiting', 'failed'])('whatever its first card says: %s', async (state) => {
  const { key, post } = await replacing(state);
  expect(await stored(key)).toMatchObject({ desired_revision: 1 });
  await outbox.settle(post, sent('2.2'));
  expect(await leaseOne()).toMatchObject({ key, ts: '1.1', revision: 2 });
});

test('an edit that is due anyway is not put off, and one more follows it', async () => {
  const { key, post } = await replacing('waiting');
  await db.knex('slack_outbox').where({ key }).update({ desired_revision: 2 });
  const before = await stored(key);
  await outbox.settle(post, sent('2.2'));
  expect(await stored(key)).toEqual({ ...before, desired_revision: 3 });
});

test('the edits of what takes its place say nothing new to it', async () => {
  const { key, post } = await replacing('waiting');
  await outbox.settle(post, sent('2.2'));
  await outbox.settle(await leaseOne(), sent('1.1'));
  await db.knex('slack_outbox').where('key', post.key).increment('desired_revision');
  await pass(60);
  await outbox.settle(await leaseOne(), sent('2.2'));
  expect(await stored(key)).toMatchObject({ desired_revision: 2, sent_revision: 2 });
});
