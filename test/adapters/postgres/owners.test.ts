import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findAllEngaged } from '../../../src/adapters/postgres/incidents/engaged.ts';
import { targetKey } from '../../../src/domain/action.ts';
import type { Alert, Incident } from '../../../src/domain/incidents/incident.ts';
import { noon, restartOf } from '../../fixtures/facts.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterEach(() =>
  db.knex.raw(`truncate incidents, early_resolutions, slack_outbox, remediations, held_targets, incident_evidence, approvals,
    object_history, remediation_events, automation_operation_log, snapshots, slack_lanes; delete from pgboss.job`),
);
afterAll(() => db.close());

const alert = (fingerprint: string, overrides: Partial<Alert> = {}): Alert => ({
  fingerprint,
  status: 'firing',
  labels: { alertname: 'KubePodCrashLooping', namespace: 'shop' },
  annotations: { summary: 'Pod web-0 is crash looping.' },
  startsAt: '2026-03-01T11:30:00.000Z',
  source: 'alertmanager',
  ...overrides,
});
/** Now, by the store's clock. */
const over = noon;
const resolved = (fingerprint: string): Alert => alert(fingerprint, { status: 'resolved', endsAt: over });

const proposalFor = () => ({
  kind: 'proposal' as const,
  playbook: 'restart-crash-looping',
  proposal: {
    id: randomUUID(),
    action: restartOf(),
    requestedBy: {
      kind: 'playbook',
      playbook: 'restart-crash-looping',
      alert: 'KubePodCrashLooping',
    } as const,
  },
  owner: { key: targetKey('test', restartOf().target), coolDownSeconds: 900 },
});

describe('one owner', () => {
  const incidentOf = async (fingerprint: string): Promise<Incident> => {
    const [row] = await db.knex('incidents').whereLike('dedup_key', `%:${fingerprint}:%`);
    const found = await db.store.incident(row?.id ?? '');
    if (found === undefined) throw new Error(`there is no incident of ${fingerprint}`);
    return found;
  };
  const open = async (...fingerprints: string[]) => {
    await db.store.ingest(fingerprints.map((fingerprint) => alert(fingerprint)));
    return Promise.all(fingerprints.map(incidentOf));
  };

  test('of many alerts about it that are triaged at once, one is proposed for and the others join', async () => {
    const incidents = await open('a', 'b', 'c', 'd', 'e');
    const settled = await Promise.all(
      incidents.map((incident) => db.store.settleTriage(incident, proposalFor())),
    );
    expect(settled).toEqual(Array(5).fill('committed'));
    const [remediation, ...others] = await db.knex('remediations');
    expect(others).toEqual([]);
    const rest = incidents.filter(({ id }) => id !== remediation?.incident_id);
    for (const { id } of rest) {
      expect(await db.store.incident(id)).toMatchObject({
        state: 'triaged',
        joined: remediation?.incident_id,
        ownerKey: proposalFor().owner.key,
        noAction: `It joined remediation ${remediation?.number}, which is not over.`,
      });
    }
    expect(await db.knex('slack_outbox')).toEqual([]);
    expect(await db.knex('automation_operation_log')).toHaveLength(4);
  });

  test('another rule about it is news in its thread, once', async () => {
    const [first, second, third] = await open('a', 'b', 'c');
    if (first === undefined || second === undefined || third === undefined) throw new Error('three');
    await db.store.settleTriage(first, proposalFor());
    for (const each of [second, third])
      await db.store.settleTriage({ ...each, title: 'KubePodNotReady' }, proposalFor());
    const replies = await db.knex('slack_outbox').where('kind', 'reply');
    expect(replies.map(({ notice }) => [notice.headline, notice.body])).toEqual([
      ['Also reported:', 'KubePodNotReady. It joined this incident; nothing else is proposed.'],
    ]);
  });

  test('of several cool-downs of one owner the first counts', async () => {
    const [first] = await open('a');
    if (first === undefined) throw new Error('one');
    const triage = proposalFor();
    await db.store.settleTriage(first, triage);
    const updated_at = new Date(Date.parse(noon) - 60_000);
    await db.knex('remediations').update({ state: 'rejected', updated_at });
    const { key } = triage.owner;
    const engaged = async (...coolDowns: readonly number[]) =>
      (
        await findAllEngaged(
          { clock: () => noon },
          db.knex,
          coolDowns.map((coolDownSeconds) => ({ key, coolDownSeconds })),
        )
      ).size;
    expect([await engaged(900, 0), await engaged(0, 900)]).toEqual([1, 0]);
  });

  test('one that is open counts before a newer one that has ended', async () => {
    const [first] = await open('a');
    if (first === undefined) throw new Error('one');
    const triage = proposalFor();
    await db.store.settleTriage(first, triage);
    const newer = await rowsOf(() => db).opened({ ...triage.proposal, id: randomUUID() });
    await db.knex('remediations').where({ id: newer.id }).update({ state: 'rejected', updated_at: noon });
    expect(await db.store.engaged(triage.owner)).toMatchObject({
      remediation: triage.proposal.id,
      state: 'requested',
    });
  });

  test('it is left alone for a while after the end, and then no longer', async () => {
    const [first, second, third] = await open('a', 'b', 'c');
    if (first === undefined || second === undefined || third === undefined) throw new Error('three');
    const triage = proposalFor();
    await db.store.settleTriage(first, triage);
    await db.knex.raw(`update remediations set state = 'rejected', updated_at = ? where id = ?`, [
      new Date(Date.parse(noon) - 60_000),
      triage.proposal.id,
    ]);
    await db.store.settleTriage(second, proposalFor());
    expect(await db.knex('remediations')).toHaveLength(1);
    const short = { ...proposalFor(), owner: { ...triage.owner, coolDownSeconds: 30 } };
    await db.store.settleTriage(third, short);
    expect(await db.knex('remediations')).toHaveLength(2);
  });

  test.each([
    ['rejected', 'Nothing else is proposed before 12:14 UTC.'],
    [
      'expired',
      /^Remediation \d+ has expired: whoever wants it asks for it again\. Nothing else is proposed before 12:14 UTC\.$/,
    ],
  ])('after an end what else is reported says what follows: %s', async (state, told) => {
    const [first, second] = await open('a', 'b');
    if (first === undefined || second === undefined) throw new Error('two');
    const triage = proposalFor();
    await db.store.settleTriage(first, triage);
    await db.knex.raw(`update remediations set state = ?, updated_at = ? where id = ?`, [
      state,
      new Date(Date.parse(noon) - 60_000),
      triage.proposal.id,
    ]);
    await db.store.settleTriage({ ...second, title: 'Slow' }, proposalFor());
    const [reply] = await db.knex('slack_outbox').where('kind', 'reply');
    expect(reply.notice.headline).toBe('Also reported:');
    expect(reply.notice.body.replace(/^Slow\. /, '')).toMatch(told);
  });

  test('when all of it is resolved, what waits for people is looked at again', async () => {
    const [first, second] = await open('a', 'b');
    if (first === undefined || second === undefined) throw new Error('two');
    const triage = proposalFor();
    await db.store.settleTriage(first, triage);
    await db.store.settleTriage(second, proposalFor());
    const row = await db.store.load(triage.proposal.id);
    if (row === undefined) throw new Error('the remediation is there');
    await db.store.transition(row, transitionTo(row, 'evaluated', []));
    await db.knex.raw(`update remediations set state = 'waiting', expires_at = now() where id = ?`, [row.id]);
    const wakes = async () =>
      (await db.knex('pgboss.job').where('name', 'wake')).filter(
        ({ data }) => data.kind === 'step' && data.id === row.id && data.version === 1,
      ).length;
    const before = await wakes();
    await db.store.ingest([resolved('b')]);
    expect(await db.store.resolvedAt(first.id)).toBeUndefined();
    await db.store.ingest([resolved('a')]);
    expect(await db.store.resolvedAt(first.id)).toBe(over);
    expect(await wakes()).toBe(before + 2);
  });

  test('an alert whose name is as long as anybody likes joins like any other', async () => {
    const [first, second] = await open('a', 'b');
    if (first === undefined || second === undefined) throw new Error('two');
    await db.store.settleTriage(first, proposalFor());
    const title = Array.from({ length: 400 }, () => randomUUID()).join('');
    expect(await db.store.settleTriage({ ...second, title }, proposalFor())).toBe('committed');
    const [reply] = await db.knex('slack_outbox').where('kind', 'reply');
    expect(reply.notice.body.length).toBeLessThan(300);
  });

  test('what it brings about waits behind what people ask for', async () => {
    const [first] = await open('a');
    if (first === undefined) throw new Error('one');
    await db.store.settleTriage(first, proposalFor());
    await db.store.open(
      {
        id: randomUUID(),
        action: restartOf(),
        requestedBy: { kind: 'person', actor: { userId: 'U0ANN', teamId: 'T0' } },
      },
      randomUUID(),
    );
    const steps = (await db.knex('pgboss.job').where('name', 'wake').orderBy('created_on')).filter(
      ({ data }) => data.kind === 'step',
    );
    expect(steps.map(({ priority }) => priority).toSorted()).toEqual([15, 20]);
  });
});
