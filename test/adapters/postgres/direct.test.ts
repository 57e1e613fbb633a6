import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNotified } from '../../../src/adapters/postgres/outbox/direct.ts';
import type { Remediation, State } from '../../../src/domain/remediation.ts';
import { happyRoad, requester, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const direct = async (id: string): Promise<{ channel: string; kind: string; notice: object }[]> =>
  db
    .knex('slack_outbox')
    .select('channel', 'kind', 'notice')
    .where('key', 'like', `direct:${id}:%`)
    .orderBy('channel');

async function follow(road: readonly State[]): Promise<Remediation> {
  const target = { kind: 'Deployment', namespace: 'shop', name: `web-${randomUUID().slice(0, 8)}` } as const;
  const { remediation } = await db.store.open(
    {
      id: randomUUID(),
      action: { verb: 'rollout restart', target },
      requestedBy: { kind: 'person', actor: requester },
    },
    randomUUID(),
  );
  let row: Remediation = remediation;
  for (const state of road) {
    const { next, ...rest } = transitionTo(row, state);
    const own = {
      ...next,
      id: row.id,
      number: row.number,
      incidentId: row.incidentId,
      targetKey: row.targetKey,
    };
    expect(await db.store.transition(row, { ...rest, next: own })).toBe('committed');
    row = own;
    if (state === 'waiting') await vote(row.id, 'U0VOTER');
    expect(await direct(row.id)).toHaveLength(state === 'succeeded' ? 2 : 0);
  }
  return row;
}

const vote = (id: string, user: string) =>
  db.knex('approvals').insert({
    remediation_id: id,
    user_id: user,
    team_id: 'T0TEAM',
    decision: 'approve',
    digest: 'd'.repeat(64),
    at: new Date().toISOString(),
  });

test('who wants it is told of the end of what they asked for or decided on, once', async () => {
  const people = createNotified(db);
  for (const user of [requester.userId, 'U0VOTER', 'U0ELSE', 'U0GONE']) await people.choose(user, true);
  await people.choose('U0VOTER', true);
  await people.choose('U0GONE', false);
  // Who decided on something else is told of that.
  await vote((await follow([])).id, 'U0ELSE');
  const row = await follow(happyRoad);
  const notice = { kind: 'direct', remediationId: row.id };
  expect(await direct(row.id)).toEqual([
    { channel: requester.userId, kind: 'direct', notice },
    { channel: 'U0VOTER', kind: 'direct', notice },
  ]);
});

test('the way to the card is known once it is posted', async () => {
  const people = createNotified(db);
  expect(await people.cardOf(randomUUID())).toBeUndefined();
  const { id } = await follow(['evaluated']);
  await db.knex('slack_outbox').where('key', `card:${id}`).delete();
  const row = { id: randomUUID(), key: `card:${id}`, kind: 'card', channel: 'C0OPS', notice: '{}' };
  const { incident_id } = await db.knex('remediations').where({ id }).first('incident_id');
  await db.knex('slack_outbox').insert({ ...row, incident_id });
  expect(await people.cardOf(id), 'it is promised').toBeUndefined();
  await db.knex('slack_outbox').where('key', row.key).update({ ts: '1.1' });
  expect(await people.cardOf(id)).toEqual({ channel: 'C0OPS', ts: '1.1' });
  await db.knex('slack_outbox').where('key', row.key).update({ sent_channel: 'C0MOVED' });
  expect(await people.cardOf(id)).toEqual({ channel: 'C0MOVED', ts: '1.1' });
});
