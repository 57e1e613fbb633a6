import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isAnythingDue } from '../../../src/adapters/postgres/outbox/due.ts';
import {
  promisedIncident,
  promisedLine,
  promiseResolutions,
} from '../../../src/adapters/postgres/outbox/messages.ts';
import { cardPriority, partPriority } from '../../../src/adapters/postgres/outbox/priority.ts';
import { allowed, spend } from '../../../src/adapters/postgres/outbox/rate-limits.ts';
import { renewedHead, toldInThread } from '../../../src/adapters/postgres/outbox/threads.ts';
import { type Statement, send } from '../../../src/adapters/postgres/sql.ts';
import type { Requester } from '../../../src/domain/actor.ts';
import type { Notice } from '../../../src/domain/incidents/notice.ts';
import type { Remediation, State } from '../../../src/domain/remediation.ts';
import { requester, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { messagesOf } from './messages.ts';
import { rowsOf } from './rows.ts';
import { card } from './sending.ts';

/* How what is promised stands in the table, and what of it could be sent now. */

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
beforeEach(() => db.knex.raw('truncate slack_outbox, slack_lanes, slack_doubles'));
afterAll(() => db.close());

const { opened } = rowsOf(() => db);
const { promised } = messagesOf(() => db);
const context = { newId: randomUUID, channel: 'C0OPS' };
const notice: Notice = { kind: 'reply', headline: 'Said.', broadcast: false };

async function moved(row: Remediation, state: State): Promise<Remediation> {
  const transition = transitionTo(row, state, [card]);
  await db.store.transition(row, transition);
  return transition.next;
}
const messageOf = async (key: string) => (await db.knex('slack_outbox').where({ key }))[0];
const incidentMessage = ({ incidentId }: Remediation): readonly Statement[] =>
  promisedIncident(context, { incidentId, place: { cluster: 'test' } });

describe('a line of its own in the channel', () => {
  test('is about no incident, and is promised once', async () => {
    const line = { key: 'line', headline: 'Said.', preformatted: 'so' };
    await send(db.knex, promisedLine(context, line));
    await send(db.knex, promisedLine(context, { ...line, headline: 'Said again.' }));
    expect(await db.knex('slack_outbox')).toMatchObject([
      {
        ...{ key: 'line', kind: 'anchor', channel: 'C0OPS', priority: 3 },
        ...{ incident_id: null, root_key: null, ready: true },
        notice: { kind: 'reply', headline: 'Said.', preformatted: 'so', broadcast: false },
      },
    ]);
  });
});

describe('what is told in the thread of an incident', () => {
  test('goes below the message that heads it, where that is, once', async () => {
    const { id, incidentId } = await moved(await opened(), 'evaluated');
    await db.knex('slack_outbox').update({ channel: 'C0SHOP' });
    await send(db.knex, toldInThread(incidentId, { key: 'told', notice }));
    await send(db.knex, toldInThread(incidentId, { key: 'told', notice: { ...notice, broadcast: true } }));
    expect(await db.knex('slack_outbox').where('kind', 'reply')).toMatchObject([
      {
        ...{ key: 'told', channel: 'C0SHOP', priority: 3, notice },
        ...{ incident_id: incidentId, root_key: `card:${id}`, ready: false },
      },
    ]);
  });

  test.each([
    [true, 1],
    [false, 0],
  ])('goes out only where what it depends on is so: %s', async (so, replies) => {
    const { incidentId } = await moved(await opened(), 'evaluated');
    await send(
      db.knex,
      toldInThread(incidentId, { key: 'told', notice }, { sql: '?::boolean', bindings: [so] }),
    );
    expect(await db.knex('slack_outbox').where('kind', 'reply')).toHaveLength(replies);
  });

  test('is nothing where there is no thread', async () => {
    const { incidentId } = await opened();
    await send(db.knex, toldInThread(incidentId, { key: 'told', notice }));
    expect(await db.knex('slack_outbox')).toEqual([]);
  });
});

describe('the message that heads a thread', () => {
  test.each<[string, (incidentId: string) => Promise<unknown>]>([
    ['renewed', (incidentId) => send(db.knex, renewedHead(incidentId))],
    ['renewed when its alerts are over', (incidentId) => promiseResolutions(db.knex, [incidentId])],
  ])('is %s, and no other', async (_name, renew) => {
    const [head, other] = [
      await moved(await opened(), 'evaluated'),
      await moved(await opened(), 'evaluated'),
    ];
    await db.knex.raw(
      `update slack_outbox set status = 'failed', next_attempt_at = now() + interval '1 hour'`,
    );
    await renew(head.incidentId);
    const { next_attempt_at: next, ...rest } = await messageOf(`card:${head.id}`);
    expect(rest).toMatchObject({ desired_revision: 2, status: 'open' });
    expect(next.getTime()).toBeLessThan(Date.now() + 600_000);
    expect(await messageOf(`card:${other.id}`)).toMatchObject({ desired_revision: 1, status: 'failed' });
  });

  test('is promised anew without an edit of the cards below it', async () => {
    const row = await opened();
    await send(db.knex, ...incidentMessage(row));
    const below = await moved(await moved(row, 'evaluated'), 'waiting');
    const before = await messageOf(`card:${below.id}`);
    expect(before).toMatchObject({ root_key: `incident:${row.incidentId}` });
    const head = await messageOf(`incident:${row.incidentId}`);
    await send(db.knex, ...incidentMessage(row));
    expect(await messageOf(`card:${below.id}`)).toEqual(before);
    expect((await messageOf(head.key)).desired_revision).toBe(head.desired_revision + 1);
  });
});

describe('while another transaction has the thread', () => {
  /** The message about an incident is promised; a wait for a lock fails. */
  const meanwhile = async (row: Remediation): Promise<unknown> =>
    db.knex.transaction(async (other: Knex.Transaction) => {
      await other.raw('select from incidents where id = ? for no key update', [row.incidentId]);
      return db.knex.transaction(async (trx) => {
        await trx.raw(`set local lock_timeout = '20ms'`);
        for (const statement of incidentMessage(row)) await send(trx, statement);
      });
    });

  test('a message that is new waits for it: who resolves the alerts sees it, or it sees that they are over', async () => {
    await expect(meanwhile(await opened())).rejects.toThrow('lock timeout');
  });

  test('an edit of a message about alerts does not', async () => {
    const row = await opened();
    await send(db.knex, ...incidentMessage(row));
    await meanwhile(row);
    expect(await messageOf(`incident:${row.incidentId}`)).toMatchObject({ desired_revision: 2 });
  });
});

test.each<[Requester['kind'], Requester, number, number]>([
  ['person', { kind: 'person', actor: requester }, 0, 1],
  ['playbook', { kind: 'playbook', playbook: 'restart', alert: 'Crashing' }, 2, 2],
  ['rollback', { kind: 'rollback', of: randomUUID(), ofNumber: 1 }, 0, 1],
])('what a %s asked for: its card and its parts have their turn', (_kind, by, ofCard, ofPart) => {
  expect([cardPriority(by), partPriority(by)]).toEqual([ofCard, ofPart]);
});

describe('whether anything could be sent now', () => {
  const isDue = async (): Promise<boolean> =>
    (await db.knex.raw(`select ${isAnythingDue} as due`)).rows[0].due;
  const posted = () => db.knex('slack_outbox').update({ ts: '1.1', sent_revision: 0 });
  const updatesHeld = (seconds: number) =>
    db.knex.raw(
      `insert into slack_lanes (lane, free_at) values ('*updates', now() + interval '${seconds} seconds')`,
    );

  test.each<[string, boolean, () => Promise<unknown>]>([
    ['nothing', false, async () => {}],
    ['a post', true, () => promised()],
    ['a post for later', false, () => promised({ after: 60 })],
    ['an edit', true, async () => [await promised(), await posted()]],
    [
      'an edit, while edits wait',
      false,
      async () => [await promised(), await posted(), await updatesHeld(60)],
    ],
    [
      'an edit, the fifth in a row',
      true,
      async () => [await promised(), await posted(), await updatesHeld(5)],
    ],
    [
      'a copy to look for',
      true,
      async () => {
        const key = await promised({ after: 60 });
        const { id: message_id } = await messageOf(key);
        await db
          .knex('slack_doubles')
          .insert({ message_id, channel: 'C0OPS', due_at: '2026-01-01T00:00:00Z' });
      },
    ],
  ])('%s: %s', async (_name, due, promise) => {
    await promise();
    expect(await isDue()).toBe(due);
  });
});

describe('a bucket', () => {
  const bucket = { key: 'bucket', spacing: 1000, burst: 4 };
  test('has so many at once, and what was taken out of it comes back one after the other', async () => {
    const afterTaking = async (count: number) => {
      await spend(db.knex, bucket, count);
      return allowed(db.knex, bucket);
    };
    const left = [await afterTaking(0), await afterTaking(1), await afterTaking(2)];
    expect(left).toEqual([4, 3, 1]);
    await db.knex.raw(`update slack_lanes set free_at = free_at - interval '2500 seconds'`);
    expect(await allowed(db.knex, bucket)).toBe(3);
  });

  test('of which nothing is taken is not noted', async () => {
    await spend(db.knex, bucket, 0);
    expect(await db.knex('slack_lanes')).toEqual([]);
  });
});
