import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { prune } from '../../../src/adapters/postgres/retention/retention.ts';
import { policy } from '../../../src/domain/policy/policy.ts';
import { after } from '../../../src/domain/text/time.ts';
import { noon } from '../../fixtures/facts.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';

/* Threads that are of no incident: they go whole, or stay whole. */

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
beforeEach(() => db.knex.raw('truncate slack_outbox cascade'));
afterAll(() => db.close());

const { retention } = policy.parse({ version: 1 });
const now = after(noon, 5000 * 86_400);
const lately = after(now, -86_400);

const message = (key: string, more: object) =>
  db.knex('slack_outbox').insert({
    ...{ id: randomUUID(), key, kind: 'notice', channel: 'C0OPS', notice: '{}', priority: 1 },
    ...{ ts: '1.1', sent_channel: 'C0OPS', sent_revision: 1, desired_revision: 1, created_at: noon },
    ...more,
  });

test.each<[string, object, object, 'goes' | 'stays']>([
  ['old and told whole', {}, {}, 'goes'],
  ['with a reply of late', {}, { created_at: lately }, 'stays'],
  ['with a reply that is on its way', {}, { leased_until: lately }, 'stays'],
  ['with a reply that was not sent yet', {}, { ts: null, sent_revision: 0 }, 'stays'],
  ['with a reply that is refused for good', {}, { sent_revision: 0, status: 'failed' }, 'goes'],
  ['whose head is to be edited', { desired_revision: 2 }, {}, 'stays'],
  ['whose head is of late', { created_at: lately }, {}, 'stays'],
])('a thread %s', async (_name, head, reply, becomes) => {
  await message('head', head);
  await message('reply', { kind: 'reply', root_key: 'head', ...reply });
  await message('other', { created_at: lately });
  await prune({ knex: db.knex, sha256, retention, now });
  const left = await db.knex('slack_outbox').orderBy('key').pluck('key');
  expect(left).toEqual(becomes === 'goes' ? ['other'] : ['head', 'other', 'reply']);
});

test.each<[string, object, 'goes' | 'stays']>([
  ['triaged, and its alert is over', {}, 'goes'],
  ['triaged, and its alert fires', { resolved_at: null }, 'stays'],
  ['over before it is triaged', { state: 'received' }, 'stays'],
])('a thread of an incident that is %s', async (_name, more, becomes) => {
  const id = randomUUID();
  const incident = { id, state: 'triaged', dedup_key: id, title: 'Down', alert: '{}', created_at: noon };
  await db.knex('incidents').insert({ ...incident, resolved_at: noon, ...more });
  await message('head', { incident_id: id });
  const days = { ...retention, incidents: 10_000 };
  await prune({ knex: db.knex, sha256, retention: days, now });
  expect(await db.knex('slack_outbox').pluck('key')).toEqual(becomes === 'goes' ? [] : ['head']);
});
