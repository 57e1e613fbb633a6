import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { targetKey } from '../../../src/domain/action.ts';
import type { EarlierRequest } from '../../../src/domain/earlier-request.ts';
import type { Proposal } from '../../../src/workflow/proposal.ts';
import { noon, restartOf, scaleTo } from '../../fixtures/facts.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

/* What is asked anew is one request, whoever asks on whichever replica and from whichever card. */

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const { proposal, opened, movedTo } = rowsOf(() => db);

async function waitingForLocks(): Promise<number> {
  const sql = `select count(distinct pid)::int as count from pg_locks
    where not granted and database = (select oid from pg_database where datname = current_database())`;
  return (await db.knex.raw(sql)).rows[0].count;
}

const earlier: EarlierRequest = { remediation: randomUUID(), number: 7, ended: 'expired', at: noon };
const anew = (of: Proposal): Proposal => ({ ...of, id: randomUUID(), anew: [earlier] });

test('how the earlier one ended is written with it', async () => {
  const { remediation: row, created } = await db.store.open(anew(proposal()), randomUUID());
  expect(created).toBe(true);
  expect(row.anew).toEqual([earlier]);
  expect(await db.store.load(row.id)).toEqual(row);
});

test('of clicks at the same moment on two cards that ask the same one opens it, and all others find it', async () => {
  const asked = proposal();
  // None can write before all have begun, as if they came in the same instant.
  const clicks = await db.knex.transaction(async (trx) => {
    await trx.raw('lock table incidents in exclusive mode');
    const begun = [1, 2].map(() => db.store.open(anew(asked), randomUUID()));
    await expect.poll(waitingForLocks, { timeout: 10_000 }).toBe(2);
    return { begun };
  });
  const answers = await Promise.all(clicks.begun);
  expect(answers.filter(({ created }) => created)).toHaveLength(1);
  expect(new Set(answers.map(({ remediation }) => remediation.id)).size).toBe(1);
});

test('it is found as soon as somebody has typed the same, and not once that is over', async () => {
  const asked = proposal();
  const row = await opened(asked);
  const again = await db.store.open(anew(asked), randomUUID());
  expect([again.created, again.remediation.id]).toEqual([false, row.id]);
  expect(await db.store.transition(row, transitionTo(row, 'blocked'))).toBe('committed');
  expect((await db.store.open(anew(asked), randomUUID())).created).toBe(true);
});

test('another action on the same object is another request, and so is the same on another object', async () => {
  await opened({ ...proposal(), action: restartOf() });
  const other = { ...proposal(), action: scaleTo(1) };
  expect((await db.store.open(anew(other), randomUUID())).created).toBe(true);
  expect((await db.store.open(anew(proposal()), randomUUID())).created).toBe(true);
});

test('of one card one is opened, also after that is over', async () => {
  const asked = proposal();
  const key = randomUUID();
  const { remediation: row } = await db.store.open(anew(asked), key);
  const waiting = await movedTo('waiting', row);
  await db.store.transition(waiting, transitionTo(waiting, 'expired'));
  const again = await db.store.open(anew(asked), key);
  expect([again.created, again.remediation.id, again.remediation.state]).toEqual([false, row.id, 'expired']);
});

test('a click and the triage of an alert at the same moment are one remediation of the owner', async () => {
  const asked = proposal();
  const key = targetKey('test', asked.action.target);
  const alert = {
    ...{ fingerprint: randomUUID(), status: 'firing' as const, startsAt: noon, source: 'alertmanager' },
    ...{ labels: { alertname: 'Down' }, annotations: {} },
  };
  await db.store.ingest([alert]);
  const [{ id }] = await db.knex('incidents').whereLike('dedup_key', `%${alert.fingerprint}%`);
  const incident = await db.store.incident(id);
  if (incident === undefined) throw new Error('the incident is there');
  const byPlaybook = {
    ...{ id: randomUUID(), action: asked.action },
    requestedBy: { kind: 'playbook', playbook: 'p', alert: 'Down' } as const,
  };
  const triage = {
    ...{ kind: 'proposal' as const, playbook: 'p', proposal: byPlaybook },
    owner: { key, coolDownSeconds: 900 },
  };
  await Promise.all([db.store.open(anew(asked), randomUUID()), db.store.settleTriage(incident, triage)]);
  expect(await db.knex('remediations').where('target_key', key)).toHaveLength(1);
});
