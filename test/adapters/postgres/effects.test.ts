import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Remediation } from '../../../src/domain/remediation.ts';
import type { SideEffect } from '../../../src/workflow/ports.ts';
import { noon, scaleTo } from '../../fixtures/facts.ts';
import { requester, transitionTo, verified } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const { proposal, opened, jobsOf } = rowsOf(() => db);

const reply = (headline: string) => ({ kind: 'reply', headline, broadcast: false }) as const;
const later = (seconds: number): string => new Date(Date.parse(noon) + seconds * 1000).toISOString();

async function applied(sideEffects: readonly SideEffect[]): Promise<Remediation> {
  const row = await opened();
  const transition = transitionTo(row, 'evaluated', sideEffects);
  expect(await db.store.transition(row, transition)).toBe('committed');
  return transition.next;
}

test('card: one message whose wanted revision goes up', async () => {
  const row = await applied([{ kind: 'card' }]);
  await db.store.transition(row, transitionTo(row, 'waiting', [{ kind: 'card' }]));
  expect(await db.knex('slack_outbox').where('key', `card:${row.id}`)).toMatchObject([
    { kind: 'card', channel: 'C0OPS', desired_revision: 2, sent_revision: 0, status: 'open' },
  ]);
});

test('reply: once for each key', async () => {
  const row = await applied([{ kind: 'reply', key: 'a', notice: reply('first') }]);
  await db.store.transition(
    row,
    transitionTo(row, 'waiting', [
      { kind: 'reply', key: 'a', notice: reply('again') },
      { kind: 'reply', key: 'b', notice: reply('second') },
    ]),
  );
  const replies = await db.knex('slack_outbox').where('root_key', `card:${row.id}`).orderBy('seq');
  expect(replies.map((message) => message.notice.headline)).toEqual(['first', 'second']);
});

test('snapshot: comes back as it was, in the order of its keys', async () => {
  const object = { kind: 'Deployment', apiVersion: 'apps/v1', spec: { z: 1, a: [null, true, 'x\0'] } };
  const snapshot = { uid: 'u', takenAt: noon, object };
  const row = await applied([{ kind: 'snapshot', snapshot, keptUntil: later(3600) }]);
  const snapshots = await db.store.snapshots(row.id);
  expect(snapshots).toEqual([{ uid: 'u', takenAt: noon, object }]);
  expect(JSON.stringify(snapshots[0]?.object)).toBe(JSON.stringify(object));
  expect(await db.store.snapshots(randomUUID())).toEqual([]);
});

test('log: started, then ended with the time between and stderr', async () => {
  const row = await applied([{ kind: 'log', entry: { kind: 'started', command: 'kubectl x' } }]);
  const end = transitionTo(row, 'failed', [
    {
      kind: 'log',
      entry: { kind: 'ended', command: 'kubectl x', outcome: 'failed', detail: 'no', stderr: 'boom' },
    },
  ]);
  await db.store.transition(row, { ...end, next: { ...end.next, updatedAt: later(90) } });
  expect(await db.knex('automation_operation_log').where({ remediation_id: row.id })).toMatchObject([
    {
      command: 'kubectl x',
      outcome: 'failed',
      stderr: 'boom',
      duration_ms: '90000',
      requested_by: requester.userId,
    },
  ]);
});

test('log: an end without a start is a line of its own, of no duration', async () => {
  const row = await applied([
    { kind: 'log', entry: { kind: 'ended', command: 'kubectl x', outcome: 'no_action', detail: 'absent' } },
  ]);
  expect(await db.knex('automation_operation_log').where({ remediation_id: row.id })).toMatchObject([
    { outcome: 'no_action', duration_ms: '0', detail: 'absent' },
  ]);
});

test('verdict: filed with the evidence, and the playbook learns from each once', async () => {
  for (const result of ['verified', 'not_verified', 'inconclusive', 'verified'] as const) {
    await applied([{ kind: 'verdict', verdict: { ...verified, result }, playbook: 'restart-it' }]);
  }
  const trust = await db.store.trust('restart-it');
  // Of four verdicts one says that it did not work; that it did is to be seen.
  expect(trust).toMatchObject({ samples: 1, successes: 0 });
  expect(trust?.score).toBeCloseTo(0.4, 12);
  expect(await db.store.trust('unheard-of')).toBeUndefined();
});

test('verdict: the first ever may be inconclusive', async () => {
  await applied([{ kind: 'verdict', verdict: { ...verified, result: 'inconclusive' }, playbook: 'unsure' }]);
  expect(await db.store.trust('unsure')).toBeUndefined();
});

test('verdict: twenty at once on one playbook all count', async () => {
  await Promise.all(
    Array.from({ length: 20 }, () =>
      applied([{ kind: 'verdict', verdict: { ...verified, result: 'not_verified' }, playbook: 'busy-one' }]),
    ),
  );
  expect(await db.store.trust('busy-one')).toMatchObject({ samples: 20, successes: 0 });
  const results = await db
    .knex('incident_evidence')
    .where('kind', 'verification')
    .whereNull('verification_result');
  expect(results).toHaveLength(0);
});

test('propose: a linked remediation in the same incident, with its wake', async () => {
  const { id } = proposal();
  const row = await applied([]);
  const waiting = transitionTo(row, 'waiting', [
    {
      kind: 'propose',
      proposal: {
        id,
        action: scaleTo(3),
        requestedBy: { kind: 'rollback', of: row.id, ofNumber: row.number },
      },
    },
  ]);
  expect(await db.store.transition(row, waiting)).toBe('committed');
  expect(await db.store.load(id)).toMatchObject({
    state: 'requested',
    incidentId: row.incidentId,
    action: scaleTo(3),
  });
  expect(await jobsOf(id)).toEqual([{ kind: 'step', version: 0, state: 'created' }]);
});

test('expire: a wake for the instant and the version', async () => {
  const row = await applied([{ kind: 'expire', at: later(3600) }]);
  const { rows: found } = await db.knex.raw(
    `select start_after from pgboss.job where data->>'id' = ? and data->>'kind' = 'expire'`,
    [row.id],
  );
  expect(found[0].start_after.toISOString()).toBe(later(3600));
});

test('a step and an expiry of the same version are two wakes', async () => {
  const row = await applied([
    { kind: 'wake', afterSeconds: 60 },
    { kind: 'expire', at: later(3600) },
  ]);
  const kinds = (await jobsOf(row.id)).filter(({ version }) => version === 1).map(({ kind }) => kind);
  expect(kinds.toSorted()).toEqual(['expire', 'step']);
});
