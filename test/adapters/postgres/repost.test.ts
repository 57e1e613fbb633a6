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

test('what was never posted is still posted', async () => {
  const never = await moved('never', ['blocked']);
  await repostCards(db.knex);
  expect(await sendAll()).toEqual(
    expect.arrayContaining([`card:${never.id}`, expect.stringMatching(/never:blocked$/)]),
  );
});
