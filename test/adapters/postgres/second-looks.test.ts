import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweep } from '../../../src/adapters/postgres/jobs/sweeper.ts';
import { targetKey } from '../../../src/domain/action.ts';
import type { LookResult } from '../../../src/domain/incidents/outcome.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import { learn } from '../../../src/stages/learn/trust.ts';
import type { SideEffect } from '../../../src/workflow/ports.ts';
import type { SecondLook } from '../../../src/workflow/second-look.ts';
import { noon, restartOf } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { transitionTo, verified } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const { opened } = rowsOf(() => db);

async function applied(sideEffects: readonly SideEffect[]): Promise<Remediation> {
  const row = await opened();
  const transition = transitionTo(row, 'evaluated', sideEffects);
  expect(await db.store.transition(row, transition)).toBe('committed');
  return transition.next;
}

const earnedBy = (playbook: string) => ({ playbook, environment: 'production', digest: 'a'.repeat(64) });

const ended = (result: LookResult, playbook: string, looks = 0): SecondLook => ({
  looks,
  found: {
    kind: 'ended',
    result,
    sentence: 'The image is another one.',
    by: 'argocd-controller',
    notice: { kind: 'reply', headline: 'Undone since', broadcast: true },
    earned: earnedBy(playbook),
  },
});

const due = (at: string): SideEffect => ({ kind: 'second look', at, environment: 'production' });

test('it is due once, and said, logged and counted once', async () => {
  const row = await applied([due(noon)]);
  expect(await db.store.secondLook(row.id)).toBe(0);
  expect(await db.store.settleLook(row, ended('undone', 'undone-one'))).toBe('committed');
  expect(await db.store.settleLook(row, ended('undone', 'undone-one'))).toBe('stale');
  expect(await db.store.settleLook(row, ended('lasted', 'undone-one', 1))).toBe('stale');
  expect(await db.store.secondLook(row.id)).toBeUndefined();
  expect(await db.store.trust('undone-one')).toMatchObject({ samples: 1, successes: 0, score: 0.4 });
  expect(await db.knex('automation_operation_log').where('incident_id', row.incidentId)).toMatchObject([
    { outcome: 'failed', detail: expect.stringContaining('undone since by argocd-controller: The image is') },
  ]);
  expect(await db.knex('slack_outbox').where('key', `reply:${row.id}:look`)).toHaveLength(1);
});

test('one that says nothing yet is due again later', async () => {
  const row = await applied([due(noon)]);
  const again: SecondLook = { looks: 0, found: { kind: 'again', at: '2026-03-01T12:15:00.000Z' } };
  expect(await db.store.settleLook(row, again)).toBe('committed');
  expect(await db.store.secondLook(row.id)).toBe(1);
  expect(await db.store.settleLook(row, again)).toBe('stale');
});

test('one of another cluster is no look, and is not offered again at once', async () => {
  const row = await applied([due(noon)]);
  const elsewhere: SecondLook = { looks: 0, found: { kind: 'elsewhere', at: '2999-01-01T00:00:00.000Z' } };
  expect(await db.store.settleLook(row, elsewhere)).toBe('committed');
  expect(await db.store.secondLook(row.id)).toBe(0);
  await sweep({ knex: db.knex, queue: db.queue, newId: randomUUID, log: silentLog });
  const wakes = await db.knex('pgboss.job').whereRaw("data->>'kind' = 'look'").select('data');
  expect(wakes.map(({ data }) => data.id)).not.toContain(row.id);
});

test('the sweeper wakes what is due, and nothing that is not', async () => {
  const [past, future] = [await applied([due(noon)]), await applied([due('2999-01-01T00:00:00.000Z')])];
  await sweep({ knex: db.knex, queue: db.queue, newId: randomUUID, log: silentLog });
  const wakes = await db.knex('pgboss.job').whereRaw("data->>'kind' = 'look'").select('data');
  const ids = wakes.map(({ data }) => data.id);
  expect(ids).toContain(past.id);
  expect(ids).not.toContain(future.id);
});

test('one incident counts once; what went wrong in it replaces what went well', async () => {
  const row = await applied([
    due(noon),
    { kind: 'verdict', verdict: { ...verified, result: 'not_verified' }, ...earnedBy('once') },
  ]);
  await db.store.settleLook(row, ended('lasted', 'once'));
  expect(await db.store.trust('once')).toMatchObject({ samples: 1, successes: 0 });
  const other = await applied([due(noon)]);
  await db.store.settleLook(other, ended('lasted', 'once'));
  expect(await db.store.trust('once')).toMatchObject({ samples: 2, successes: 1 });
});

test('trust is of an environment, ages, falls with an edit, and is a replay of what is stored', async () => {
  for (const result of ['lasted', 'lasted', 'undone', 'lasted'] as const)
    await db.store.settleLook(await applied([due(noon)]), ended(result, 'replayed'));
  const { environment, digest } = earnedBy('replayed');
  const asked = { environment, digest, at: noon };
  const now = await db.store.trust('replayed', asked);
  const stored = await db.knex('playbooks').where('name', 'replayed').first();
  const outcomes = await db.knex('playbook_outcomes').where('playbook', 'replayed').orderBy('id');
  const replayed = learn(
    outcomes.map((each) => ({ ...each, at: each.at.toISOString() })),
    asked,
  );
  expect(Math.abs(stored.trust_score - (replayed?.score ?? 0))).toBeLessThan(1e-12);
  expect(Math.abs(stored.lower_bound - (replayed?.lowerBound ?? 0))).toBeLessThan(1e-12);
  expect(now).toEqual(replayed);
  expect(await db.store.trust('replayed', { ...asked, environment: 'staging' })).toBeUndefined();
  const [older, edited] = [
    await db.store.trust('replayed', { ...asked, at: '2026-09-01T12:00:00.000Z' }),
    await db.store.trust('replayed', { ...asked, digest: 'b'.repeat(64) }),
  ];
  expect(older?.lowerBound).toBeLessThan(now?.lowerBound ?? 0);
  expect(edited?.lowerBound).toBeLessThan(now?.lowerBound ?? 0);
});

test('the same playbook wanted again for the owner before that: it came back', async () => {
  const propose = (name: string) => ({
    kind: 'proposal' as const,
    playbook: 'again',
    proposal: {
      id: randomUUID(),
      action: restartOf(),
      requestedBy: { kind: 'playbook', playbook: name, alert: 'A', digest: 'a'.repeat(64) } as const,
    },
    owner: { key: targetKey('test', restartOf().target), coolDownSeconds: 0 },
  });
  const settled = async (fingerprint: string, name: string) => {
    await db.store.ingest([
      {
        fingerprint,
        status: 'firing',
        labels: { alertname: 'A' },
        annotations: {},
        startsAt: noon,
        source: 'alertmanager',
      },
    ]);
    const [found] = await db.knex('incidents').whereLike('dedup_key', `%:${fingerprint}:%`);
    const incident = await db.store.incident(found?.id ?? '');
    if (incident === undefined) throw new Error('no incident');
    const triage = propose(name);
    expect(await db.store.settleTriage(incident, triage)).toBe('committed');
    const row = await db.store.load(triage.proposal.id);
    if (row === undefined) throw new Error('nothing was proposed');
    return row;
  };
  const first = await settled('f-1', 'again');
  await db.store.transition(first, transitionTo(first, 'no_action', [due(noon)]));
  await settled('f-2', 'another');
  expect(await db.store.secondLook(first.id)).toBe(0);
  await db.knex('remediations').where('requested_by', 'playbook another').update({ state: 'no_action' });
  await settled('f-3', 'again');
  expect(await db.store.secondLook(first.id)).toBeUndefined();
  expect(await db.store.trust('again', { ...earnedBy('again'), at: noon })).toMatchObject({
    samples: 1,
    successes: 0,
  });
});
