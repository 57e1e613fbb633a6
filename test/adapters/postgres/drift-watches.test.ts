import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweep } from '../../../src/adapters/postgres/jobs/sweeper.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import type { DriftLook } from '../../../src/workflow/drift/drift-watch.ts';
import type { SideEffect } from '../../../src/workflow/ports.ts';
import { noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const { opened } = rowsOf(() => db);
const [later, end] = ['2026-03-01T12:10:00.000Z', '2999-01-01T00:00:00.000Z'];

async function watched(at = noon, more: readonly SideEffect[] = []): Promise<Remediation> {
  const row = await opened();
  const transition = transitionTo(row, 'evaluated', [{ kind: 'watch', at, until: end }, ...more]);
  expect(await db.store.transition(row, transition)).toBe('committed');
  return transition.next;
}

const told = (looks: number, playbook = 'nobody'): DriftLook => ({
  looks,
  found: {
    kind: 'told',
    at: later,
    told: 'the-digest',
    result: 'undone',
    sentence: 'spec.replicas: 5 -> 3',
    by: 'Argo CD (argocd-controller)',
    notice: { kind: 'reply', headline: 'Drifted, undone by Argo CD', broadcast: true },
    earned: { playbook, environment: 'production', digest: 'a'.repeat(64) },
  },
});

const logged = (row: Remediation) =>
  db
    .knex('automation_operation_log')
    .where('incident_id', row.incidentId)
    .where('requested_by', 'drift_narrator');
const resultOf = async (row: Remediation) =>
  (await db.knex('second_looks').where('remediation_id', row.id).first())?.result;

test('one that is given up is over, and that is said and logged once', async () => {
  const row = await watched(noon, [{ kind: 'second look', at: end, environment: 'production' }]);
  const sentence = 'Firebreak gave up.';
  const notice = { kind: 'reply', headline: 'Not watched for drift any more', broadcast: true } as const;
  const look: DriftLook = { looks: 0, found: { kind: 'given up', sentence, notice } };
  expect(await db.store.settleDrift(row, look)).toBe('committed');
  expect(await db.store.settleDrift(row, look)).toBe('stale');
  expect(await db.store.driftWatch(row.id)).toBeUndefined();
  expect(await logged(row)).toMatchObject([
    { outcome: 'failed', detail: expect.stringContaining('Not watched for drift any more') },
  ]);
  expect(await db.knex('slack_outbox').where('key', `reply:drift:${row.id}:0`)).toHaveLength(1);
  expect(await resultOf(row)).toBeNull();
});

test('it is told, logged and counted once, and goes on', async () => {
  const row = await watched(noon, [{ kind: 'second look', at: end, environment: 'production' }]);
  expect(await db.store.driftWatch(row.id)).toEqual({ looks: 0, until: end, told: undefined });
  expect(await db.store.settleDrift(row, told(0, 'drifted-one'))).toBe('committed');
  expect(await db.store.settleDrift(row, told(0, 'drifted-one'))).toBe('stale');
  expect(await db.store.driftWatch(row.id)).toEqual({ looks: 1, until: end, told: 'the-digest' });
  expect(await logged(row)).toMatchObject([
    { outcome: 'failed', detail: expect.stringContaining('undone by Argo CD: spec.replicas: 5 -> 3') },
  ]);
  expect(await db.knex('slack_outbox').where('key', `reply:drift:${row.id}:0`)).toHaveLength(1);
  expect(await resultOf(row)).toBe('undone');
  expect(await db.store.secondLook(row.id)).toBeUndefined();
  expect(await db.store.trust('drifted-one')).toMatchObject({ samples: 1, successes: 0 });
});

test('what had lasted and is undone later has not lasted', async () => {
  const row = await watched(noon, [{ kind: 'second look', at: noon, environment: 'production' }]);
  const earned = { playbook: 'lasted-first', environment: 'production', digest: 'a'.repeat(64) };
  const notice = { kind: 'reply', headline: 'Lasted', broadcast: false } as const;
  const found = { kind: 'ended', result: 'lasted', sentence: 'As it was.', notice, earned } as const;
  await db.store.settleLook(row, { looks: 0, found });
  expect(await db.store.trust('lasted-first')).toMatchObject({ samples: 1, successes: 1 });
  await db.store.settleDrift(row, told(0, 'lasted-first'));
  expect(await resultOf(row)).toBe('undone');
  expect(await db.store.trust('lasted-first')).toMatchObject({ samples: 1, successes: 0 });
});

test('what changes to something else later says nothing of what had lasted', async () => {
  const row = await watched(noon, [{ kind: 'second look', at: noon, environment: 'production' }]);
  const notice = { kind: 'reply', headline: 'Lasted', broadcast: false } as const;
  await db.store.settleLook(row, {
    looks: 0,
    found: { kind: 'ended', result: 'lasted', sentence: 'As it was.', notice },
  });
  const look = told(0);
  if (look.found.kind !== 'told') throw new Error(look.found.kind);
  await db.store.settleDrift(row, { looks: 0, found: { ...look.found, result: 'replaced' } });
  expect(await resultOf(row)).toBe('lasted');
});

test('what is over is due no more, what is elsewhere is no look', async () => {
  const [over, elsewhere] = [await watched(), await watched()];
  expect(await db.store.settleDrift(over, { looks: 0, found: { kind: 'over' } })).toBe('committed');
  expect(await db.store.driftWatch(over.id)).toBeUndefined();
  expect(await db.store.settleDrift(over, { looks: 1, found: { kind: 'over' } })).toBe('stale');
  await db.store.settleDrift(elsewhere, { looks: 0, found: { kind: 'elsewhere', at: end } });
  expect(await db.store.driftWatch(elsewhere.id)).toMatchObject({ looks: 0 });
});

test('drift that is not there any more is forgotten, so that it is told when it is back', async () => {
  const row = await watched();
  await db.store.settleDrift(row, told(0));
  await db.store.settleDrift(row, { looks: 1, found: { kind: 'again', at: later, told: undefined } });
  expect(await db.store.driftWatch(row.id)).toMatchObject({ looks: 2, told: undefined });
});

test('the sweeper wakes what is due, and nothing that is not', async () => {
  const [past, future] = [await watched(), await watched(end)];
  await sweep({ knex: db.knex, queue: db.queue, newId: randomUUID, log: silentLog });
  const wakes = await db.knex('pgboss.job').whereRaw("data->>'kind' = 'drift'").select('data');
  const ids = wakes.map(({ data }) => data.id);
  expect(ids).toContain(past.id);
  expect(ids).not.toContain(future.id);
});
