import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createOutbox } from '../../../src/adapters/postgres/outbox/outbox.ts';
import type { Outbox } from '../../../src/workflow/outbox-port.ts';
import type { SideEffect } from '../../../src/workflow/ports.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';
import { card, replyOf, sendingOf, sent } from './sending.ts';

/* When a copy of a message is looked for and where: src/adapters/postgres/outbox/doubles.ts. */

let db: TestDatabase;
let outbox: Outbox;
beforeAll(async () => {
  db = await openDatabase();
  const liveness = { instance: 1, on: () => () => {}, isLive: () => true };
  outbox = createOutbox({ knex: db.knex, queue: db.queue, liveness });
});
beforeEach(() => db.knex.raw('truncate slack_outbox, slack_lanes, slack_doubles'));
afterAll(() => db.close());

const { opened } = rowsOf(() => db);
const { pass, leaseOne, dueOne } = sendingOf(
  () => db,
  () => outbox,
);

async function promised(...effects: readonly SideEffect[]): Promise<void> {
  const row = await opened();
  await db.store.transition(row, transitionTo(row, 'evaluated', effects));
}

test('it is looked for in the thread of the message, and a card’s in the channel', async () => {
  await promised(card, replyOf('a'));
  await outbox.settle(await leaseOne(), { ...sent('1.1'), copies: ['1.2'] });
  const ofCard = await dueOne();
  expect(ofCard).toMatchObject({ copy: '1.2', kept: '1.1' });
  expect(ofCard).not.toHaveProperty('threadTs');
  await outbox.settleDouble(ofCard, { kind: 'removed' });
  await pass(5);
  await outbox.settle(await leaseOne(), { ...sent('2.1'), copies: ['2.2'] });
  expect(await dueOne()).toMatchObject({ copy: '2.2', kept: '2.1', threadTs: '1.1' });
});

test('the second look is a quarter of an hour after the first, and the last', async () => {
  await promised(card);
  await leaseOne();
  await pass(16);
  await outbox.settle(await leaseOne(), sent('1.1'));
  await pass(61);
  await outbox.settleDouble(await dueOne(), { kind: 'looked', copies: [] });
  await pass(870);
  expect(await outbox.doubles(10)).toEqual([]);
  await pass(31);
  await outbox.settleDouble(await dueOne(), { kind: 'looked', copies: [] });
  expect(await db.knex('slack_doubles')).toEqual([]);
});
