import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cardKey } from '../../../src/domain/incidents/notice.ts';
import type { State } from '../../../src/domain/remediation.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

/* The card of what was superseded is brought up to date when the one that takes its place has its card. */

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const { proposal, opened } = rowsOf(() => db);

const editOf = (id: string) =>
  db
    .knex('slack_outbox')
    .where('key', cardKey(id))
    .first(
      'desired_revision',
      db.knex.raw('round(extract(epoch from next_attempt_at - now()))::int as seconds'),
    );

/** A card, sent or still to be sent, and what takes its place, just before its own first card. */
async function replacing(isSent: boolean) {
  const old = await opened();
  await db.store.transition(old, transitionTo(old, 'evaluated', [{ kind: 'card' }]));
  if (isSent)
    await db
      .knex('slack_outbox')
      .where('key', cardKey(old.id))
      .update({ ts: '1.1', sent_revision: 1, next_attempt_at: db.knex.raw("now() - interval '9 seconds'") });
  const next = await opened({ ...proposal(), id: randomUUID(), replaces: old.id });
  const evaluated = transitionTo(next, 'evaluated', []);
  await db.store.transition(next, evaluated);
  return { old, evaluated: evaluated.next };
}

test.each<[State, boolean, object]>([
  ['waiting', true, { desired_revision: 2, seconds: 5 }],
  ['waiting', false, { desired_revision: 2, seconds: 0 }],
  ['failed', true, { desired_revision: 1, seconds: -9 }],
])('as it becomes %s, sent before: %s', async (state, isSent, edit) => {
  const { old, evaluated } = await replacing(isSent);
  await db.store.transition(evaluated, transitionTo(evaluated, state, [{ kind: 'card' }]));
  const found = await editOf(old.id);
  expect({ ...found, seconds: found.seconds + 0 }).toEqual(edit);
});
