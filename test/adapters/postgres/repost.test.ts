import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOutbox } from '../../../src/adapters/postgres/outbox/outbox.ts';
import { repostCards } from '../../../src/adapters/postgres/outbox/repost.ts';
import type { Remediation, State } from '../../../src/domain/remediation.ts';
import type { Outbox } from '../../../src/workflow/outbox-port.ts';
import type { SideEffect } from '../../../src/workflow/ports.ts';
import { requester, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
let outbox: Outbox;
beforeAll(async () => {
  db = await openDatabase();
  outbox = createOutbox({
    knex: db.knex,
    queue: db.queue,
    liveness: { instance: 1, on: () => () => {}, isLive: () => true },
  });
});
afterAll(() => db.close());

async function moved(name: string, states: readonly State[]): Promise<Remediation> {
  const target = { kind: 'Deployment', namespace: 'shop', name } as const;
  const asked = {
    action: { verb: 'rollout restart', target },
    requestedBy: { kind: 'person', actor: requester },
  } as const;
  let { remediation: row } = await db.store.open({ id: randomUUID(), ...asked }, randomUUID());
  for (const state of states) {
    const said = { kind: 'reply', headline: state, broadcast: false } as const;
    const sideEffects: SideEffect[] = [
      { kind: 'card' },
      { kind: 'reply', key: `${name}:${state}`, notice: said },
    ];
    const transition = transitionTo(row, state, sideEffects);
    await db.store.transition(row, transition);
    row = transition.next;
  }
  return row;
}

/** Sends what is due, as fast as it comes; resolves with the keys. */
async function sendAll(): Promise<string[]> {
  const keys: string[] = [];
  for (;;) {
    await db.knex.raw('delete from slack_lanes');
    const due = await outbox.lease(8);
    if (due.length === 0) return keys.sort();
    for (const delivery of due) {
      keys.push(delivery.key);
      await outbox.settle(delivery, { kind: 'sent', channel: 'C0OPS', ts: String(keys.length) });
    }
  }
}

test('a chat that has lost its messages gets the open cards anew, and no history', async () => {
  const over = await moved('over', ['blocked']);
  const waiting = await moved('waiting', ['evaluated', 'waiting']);
  expect(await sendAll()).toHaveLength(5);
  await db.knex('slack_outbox').where('key', `card:${over.id}`).increment('desired_revision');

  await repostCards(db.knex);
  expect(await sendAll()).toEqual([`card:${waiting.id}`]);
  expect(await sendAll()).toEqual([]);
});

test('what is over stays as it was, with all that hangs below it', async () => {
  const over = await moved('heads', ['blocked']);
  const [below, waiting] = [
    await moved('below', ['blocked']),
    await moved('apart', ['evaluated', 'waiting']),
  ];
  await sendAll();
  await db
    .knex('slack_outbox')
    .where('key', `card:${below.id}`)
    .update({ root_key: `card:${over.id}` });
  const [headKey, key] = [`card:${over.id}`, `card:${waiting.id}`];
  const messages = () =>
    db.knex('slack_outbox').whereIn('key', [headKey, key, 'part', 'of over', 'said']).orderBy('key');
  const { incident_id } = await db.knex('slack_outbox').where('key', headKey).first();
  const more = { kind: 'part', channel: 'C0OPS', incident_id, root_key: headKey, ready: true };
  const notice = (remediationId: string) => JSON.stringify({ kind: 'part', remediationId });
  const sent = { ts: '7.7', sent_revision: 1 };
  await db.knex('slack_outbox').insert([
    { ...more, ...sent, id: randomUUID(), key: 'of over', notice: notice(over.id) },
    { ...more, ...sent, id: randomUUID(), key: 'part', notice: notice(waiting.id), root_key: key },
    { ...more, id: randomUUID(), key: 'said', kind: 'reply', notice: '{}' },
  ]);
  await repostCards(db.knex);
  const after = await messages();
  const tsOf = Object.fromEntries(after.map((row) => [row.key, [row.ts === null, row.status]]));
  expect(tsOf).toEqual({
    [headKey]: [false, 'open'],
    [key]: [true, 'open'],
    'of over': [false, 'open'],
    part: [true, 'open'],
    said: [true, 'failed'],
  });
});

test.each(['card', 'incident'])(
  'what heads the thread of one that waits is posted anew: %s',
  async (kind) => {
    const over = await moved(`${kind}-thread`, ['blocked']);
    const waiting = await moved(`${kind}-in-it`, ['evaluated', 'waiting']);
    await sendAll();
    const [headKey, key] = [`card:${over.id}`, `card:${waiting.id}`];
    await db.knex('slack_outbox').where({ key }).update({ root_key: headKey });
    await db.knex('slack_outbox').where({ key: headKey }).update({ kind });
    await repostCards(db.knex);
    const posted = await db.knex('slack_outbox').whereIn('key', [headKey, key]).whereNull('ts').pluck('key');
    expect(posted.toSorted()).toEqual([headKey, key].toSorted());
  },
);

test('what was never posted is still posted', async () => {
  const never = await moved('never', ['blocked']);
  await repostCards(db.knex);
  expect(await sendAll()).toEqual(
    expect.arrayContaining([`card:${never.id}`, expect.stringMatching(/never:blocked$/)]),
  );
});
