import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Alert, Incident } from '../../../src/domain/incidents/incident.ts';
import { dayTime } from '../../../src/domain/text/clock-time.ts';
import { noon } from '../../fixtures/facts.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { crashLooping, emptied, restartProposed } from './arriving.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
const empty = () => emptied(db.knex);
afterEach(empty);
afterAll(() => db.close());

const alert = (fingerprint: string, overrides: Partial<Alert> = {}): Alert =>
  crashLooping(fingerprint, { annotations: { summary: 'Pod web-0 is crash looping.' }, ...overrides });
const over = '2026-03-01T11:30:00.000Z';
const resolved = (fingerprint: string): Alert => alert(fingerprint, { status: 'resolved', endsAt: over });

async function onlyIncident(): Promise<Incident> {
  const [row] = await db.knex('incidents');
  const incident = await db.store.incident(row.id);
  if (incident === undefined) throw new Error('the incident is there');
  return incident;
}

const proposalFor = () => restartProposed('restart-crash-looping');

describe('ingest', () => {
  test('a firing is an incident and a wake, and evidence of it once it is triaged', async () => {
    expect(await db.store.ingest([alert('a')])).toEqual({ opened: 1, known: 0, resolved: 0 });
    const incident = await onlyIncident();
    expect(incident).toEqual({
      id: incident.id,
      state: 'received',
      version: 0,
      dedupKey: `alertmanager:a:${noon}`,
      title: 'KubePodCrashLooping',
      alert: alert('a'),
      createdAt: noon,
    });
    await expect
      .poll(async () => (await db.knex.raw(`select data from pgboss.job`)).rows)
      .toEqual([{ data: { kind: 'triage', id: incident.id, version: 0 } }]);
    await db.store.settleTriage(incident, { kind: 'no_action', reason: 'none' });
    expect(await db.knex('incident_evidence')).toMatchObject([{ kind: 'alert', payload: alert('a') }]);
  });

  test('one that has its evidence already, as those of an earlier release, gets no second', async () => {
    await db.store.ingest([alert('a')]);
    const incident = await onlyIncident();
    const evidence = { incident_id: incident.id, kind: 'alert', payload: alert('a') };
    await db.knex('incident_evidence').insert(evidence);
    await db.store.settleTriage(incident, { kind: 'no_action', reason: 'none' });
    expect(await db.knex('incident_evidence')).toHaveLength(1);
  });

  test('the same firing again changes nothing; a later start is another incident', async () => {
    await db.store.ingest([alert('a')]);
    expect(await db.store.ingest([alert('a'), alert('a')])).toEqual({ opened: 0, known: 2, resolved: 0 });
    const later = alert('a', { startsAt: over });
    expect(await db.store.ingest([later])).toEqual({ opened: 1, known: 0, resolved: 0 });
    expect(await db.knex('incidents')).toHaveLength(2);
  });

  test('nothing is nothing', async () => {
    expect(await db.store.ingest([])).toEqual({ opened: 0, known: 0, resolved: 0 });
  });

  test('a resolution is noted once', async () => {
    await db.store.ingest([alert('a')]);
    expect(await db.store.ingest([resolved('a')])).toEqual({ opened: 0, known: 0, resolved: 1 });
    expect(await db.store.ingest([resolved('a')])).toEqual({ opened: 0, known: 1, resolved: 0 });
    expect(await onlyIncident()).toMatchObject({ resolvedAt: over });
  });

  test('a resolution that overtakes its firing is kept for it', async () => {
    expect(await db.store.ingest([resolved('a')])).toEqual({ opened: 0, known: 0, resolved: 1 });
    expect(await db.store.ingest([resolved('a')])).toEqual({ opened: 0, known: 1, resolved: 0 });
    await db.store.ingest([alert('a')]);
    expect(await onlyIncident()).toMatchObject({ resolvedAt: over });
  });

  describe('an end that has its own instant for a start, as Grafana sends it', () => {
    const later = '2026-03-01T12:30:00.000Z';
    const begun = '2026-03-01T10:00:00.000Z';
    const [ahead, furtherAhead] = ['2026-03-01T12:03:00.000Z', '2026-03-01T12:04:30.000Z'];
    const ended = (at: string) => alert('a', { status: 'resolved', startsAt: at, endsAt: at });

    test.each([
      ['after its firing', [alert('a', { startsAt: begun }), ended(over)], over],
      ['before its firing', [ended(over), alert('a', { startsAt: begun })], over],
      ['twice', [ended(over), ended(over), alert('a', { startsAt: begun }), ended(over)], over],
      ['of an alert that has begun again since', [ended(over), alert('a', { startsAt: noon })], undefined],
      ['the same, the other way round', [alert('a', { startsAt: noon }), ended(over)], undefined],
      ['of another alert', [alert('b', { startsAt: begun }), ended(over)], undefined],
      ['of one whose name goes on', [alert('a:a', { startsAt: begun }), ended(over)], undefined],
      ['of another source', [alert('a', { startsAt: begun, source: 'grafana' }), ended(over)], undefined],
      ['by a clock ahead of ours', [alert('a', { startsAt: ahead }), ended(furtherAhead)], noon],
      ['the same, before its firing', [ended(furtherAhead), alert('a', { startsAt: ahead })], noon],
      ['the same, begun again since', [ended(ahead), alert('a', { startsAt: furtherAhead })], undefined],
      ['the same, in that order', [alert('a', { startsAt: furtherAhead }), ended(ahead)], undefined],
      ['the same, twice', [ended(ahead), ended(furtherAhead), alert('a', { startsAt: furtherAhead })], noon],
    ])('%s', async (_name, alerts, resolvedAt) => {
      for (const each of alerts) await db.store.ingest([each]);
      expect((await onlyIncident()).resolvedAt).toBe(resolvedAt);
      expect(await db.knex('early_resolutions')).toHaveLength(1);
    });

    test('is counted once, and ends all firings that had begun by then', async () => {
      await db.store.ingest([
        alert('a', { startsAt: begun }),
        alert('a', { startsAt: '2026-03-01T11:00:00.000Z' }),
      ]);
      expect(await db.store.ingest([ended(over)])).toEqual({ opened: 0, known: 0, resolved: 1 });
      expect(await db.store.ingest([ended(over)])).toEqual({ opened: 0, known: 1, resolved: 0 });
      expect(await db.store.ingest([ended(later)])).toEqual({ opened: 0, known: 0, resolved: 1 });
      const ends = await db.knex('incidents').pluck('resolved_at');
      expect(ends.map((at: Date) => at.toISOString())).toEqual([over, over]);
    });
  });

  test('of many at once a few are woken; each that is done wakes the next, the oldest first', async () => {
    const names = Array.from({ length: 10 }, (_, n) => `f${n}`);
    for (const name of names) await db.store.ingest([alert(name)]);
    const woken = async () =>
      (
        await db.knex.raw(
          `select dedup_key from pgboss.job join incidents i on data->>'id' = i.id::text order by moved_at`,
        )
      ).rows.map((row: { dedup_key: string }) => row.dedup_key.split(':')[1]);
    await expect.poll(woken).toEqual(names.slice(0, 6));
    for (let done = 0; done < 4; done += 1) {
      const { id } = await db.knex('incidents').where('state', 'received').orderBy('moved_at').first('id');
      const incident = await db.store.incident(id);
      if (incident === undefined) throw new Error('it is there');
      expect(await db.store.settleTriage(incident, { kind: 'no_action', reason: 'none' })).toBe('committed');
    }
    expect((await woken()).toSorted()).toEqual(names);
  });

  test('several requests at one moment: each is told of its own, and what two of them bring counts for the first', async () => {
    const all = await Promise.all([
      db.store.ingest([alert('a'), alert('b')]),
      db.store.ingest([alert('b'), alert('c')]),
      db.store.ingest([resolved('c')]),
      db.store.ingest([resolved('d'), alert('a')]),
    ]);
    expect(all).toEqual([
      { opened: 2, known: 0, resolved: 0 },
      { opened: 1, known: 1, resolved: 0 },
      { opened: 0, known: 0, resolved: 1 },
      { opened: 0, known: 1, resolved: 1 },
    ]);
  });

  test('hostile labels are kept as near as the database can', async () => {
    const labels = { alertname: 'x\0', ['key\0']: '\ud800', __proto__x: '1' };
    await db.store.ingest([alert('a\0', { labels })]);
    const incident = await onlyIncident();
    expect(incident.title).toBe('x\ufffd');
    expect(incident.alert?.labels).toEqual({ alertname: 'x\ufffd', 'key\ufffd': '\ufffd', __proto__x: '1' });
    expect((await db.store.ingest([alert('a\0', { labels })])).known).toBe(1);
  });

  /** What must be the same whatever the order and the number of deliveries. */
  const compared =
    'select dedup_key, state, version, title, resolved_at, alert from incidents i order by dedup_key';
  const state = async () => (await db.knex.raw(compared)).rows;

  test('each alert delivered four times, shuffled, in batches side by side: the same state as once in order', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `f${i}`);
    const inOrder = names.flatMap((name, i) => (i % 2 === 0 ? [alert(name), resolved(name)] : [alert(name)]));
    await db.store.ingest(inOrder);
    const expected = await state();
    const four = inOrder.flatMap((each) => [each, each, each, each]);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(four, { minLength: four.length }),
        fc.integer({ min: 1, max: 9 }),
        async (shuffled, size) => {
          await empty();
          const batches = Array.from({ length: Math.ceil(shuffled.length / size) }, (_, i) =>
            shuffled.slice(i * size, (i + 1) * size),
          );
          const answers = await Promise.all(batches.map((batch) => db.store.ingest(batch)));
          expect(answers.reduce((sum, answer) => sum + answer.opened, 0)).toBe(12);
          expect(answers.reduce((sum, answer) => sum + answer.resolved, 0)).toBe(6);
          expect(await state()).toEqual(expected);
        },
      ),
      { numRuns: 8 },
    );
  });
});

describe('triage', () => {
  test('a proposal opens a remediation with the alert as its reason', async () => {
    await db.store.ingest([alert('a')]);
    const incident = await onlyIncident();
    const triage = proposalFor();
    expect(await db.store.settleTriage(incident, triage)).toBe('committed');
    expect(await db.store.settleTriage(incident, proposalFor())).toBe('stale');
    expect(await db.store.load(triage.proposal.id)).toMatchObject({
      state: 'requested',
      incidentId: incident.id,
      reason: 'Pod web-0 is crash looping.',
      requestedBy: { kind: 'playbook' },
    });
    expect(await db.knex('remediations')).toHaveLength(1);
    expect(await onlyIncident()).toMatchObject({ state: 'triaged', version: 1 });
  });

  test('no action: a line in the log and a message', async () => {
    await db.store.ingest([alert('a')]);
    const incident = await onlyIncident();
    expect(await db.store.settleTriage(incident, { kind: 'no_action', reason: 'no playbook matches' })).toBe(
      'committed',
    );
    expect(await db.knex('automation_operation_log')).toMatchObject([
      {
        outcome: 'no_action',
        detail: 'no playbook matches',
        command: 'KubePodCrashLooping',
        incident_id: incident.id,
      },
    ]);
    expect(await db.knex('slack_outbox')).toMatchObject([
      { kind: 'incident', key: `incident:${incident.id}` },
    ]);
  });

  test('a triage whose claim was lost writes nothing', async () => {
    await db.store.ingest([alert('a')]);
    const incident = await onlyIncident();
    const taken = await vi.waitUntil(async () => (await db.queue.take(db.knex, 1, 1))[0]);
    await db.queue.fail(db.knex, taken.claim, new Error('taken away'));
    expect(await db.store.settleTriage(incident, proposalFor(), taken.claim)).toBe('stale');
    expect(await onlyIncident()).toEqual(incident);
  });
});

describe('many alerts at once', () => {
  /** Incidents that wait for triage, the oldest first. */
  const received = async (count: number) => {
    await db.store.ingest(Array.from({ length: count }, () => alert(randomUUID())));
    // Those that were woken meanwhile are put back, so that all are taken at once.
    await expect
      .poll(async () => (await db.knex('incidents').whereNotNull('woken_at')).length)
      .toBeGreaterThan(0);
    await db.knex('incidents').update({ woken_at: null });
    return db.store.takeAsleep(count);
  };
  const noAction = (about: string) => ({ kind: 'no_action' as const, reason: 'No playbook.', about });
  const count = async (table: string) => Number((await db.knex(table).count())[0]?.['count']);

  test('without an action: a few messages, and one that counts the others', async () => {
    const incidents = await received(300);
    const triaged = (from: number, to: number) =>
      incidents
        .slice(from, to)
        .map((incident, n) => ({ incident, triage: noAction(`shop/web-${n % 2}: Down`) }));
    await db.store.settleAsleep(triaged(0, 200), []);
    await db.store.settleAsleep(triaged(200, 300), []);
    const messages = await db.knex('slack_outbox').where('kind', 'incident').orderBy('seq');
    expect(messages).toHaveLength(6);
    const told = await db.store.incident(messages.at(-1).incident_id);
    expect(told?.grouped).toMatchObject({
      count: 295,
      names: [
        { name: 'shop/web-1: Down', count: 148 },
        { name: 'shop/web-0: Down', count: 147 },
      ],
    });
    expect(await count('automation_operation_log')).toBe(300);
    expect(await db.knex('incidents').where('state', 'received')).toEqual([]);
  });

  test('what a playbook proposes for one target again and again is one remediation, while it is open', async () => {
    const incidents = await received(100);
    const all = incidents.map((incident) => ({ incident, triage: proposalFor() }));
    await db.store.settleAsleep(all.slice(0, 50), []);
    await db.store.settleAsleep(all.slice(50), []);
    expect(await count('remediations')).toBe(1);
    expect(await count('slack_outbox')).toBe(0);
    const [{ number }] = await db.knex('remediations');
    const reasons = (await db.knex('incidents').distinct('no_action').orderBy('no_action')).map(
      (row) => row.no_action,
    );
    expect(reasons).toEqual([
      `It joined remediation ${number}, which is not over.`,
      'It joined the remediation that began with it, which is not over.',
      null,
    ]);
    await db.knex('remediations').update({ state: 'no_action', verdict: null });
    const [next] = await received(1);
    if (next === undefined) throw new Error('it waits');
    await db.store.settleTriage(next, proposalFor());
    expect(await count('remediations')).toBe(2);
  });

  test('who took them and put some back: those are taken again, and nothing twice', async () => {
    const incidents = await received(4);
    expect(incidents.map(({ dedupKey }) => dedupKey)).toHaveLength(4);
    expect(await db.store.takeAsleep(10)).toEqual([]);
    const [first, ...others] = incidents.map((incident) => ({
      incident,
      triage: noAction('shop/web: Down'),
    }));
    if (first === undefined) throw new Error('there are four');
    await db.store.settleAsleep(
      [first],
      others.map(({ incident }) => incident),
    );
    expect(await db.store.takeAsleep(10)).toHaveLength(3);
    await db.store.settleAsleep([first, ...others], []);
    expect(await count('automation_operation_log')).toBe(4);
  });
});

describe('the thread hears that the alert is over', () => {
  const notices = async () =>
    (await db.knex('slack_outbox').where('kind', 'reply')).map((message) => [
      message.root_key,
      message.notice.headline,
    ]);

  async function withCard() {
    await db.store.ingest([alert('a')]);
    const triage = proposalFor();
    await db.store.settleTriage(await onlyIncident(), triage);
    const row = await db.store.load(triage.proposal.id);
    if (row === undefined) throw new Error('the remediation is there');
    return { row, transition: transitionTo(row, 'evaluated', [{ kind: 'card' }]) };
  }

  test('when the card was there before', async () => {
    const { row, transition } = await withCard();
    await db.store.transition(row, transition);
    await db.store.ingest([resolved('a')]);
    expect(await notices()).toEqual([[`card:${row.id}`, `Alert resolved at ${dayTime(over)}.`]]);
  });

  test('when the card came after', async () => {
    const { row, transition } = await withCard();
    await db.store.ingest([resolved('a')]);
    expect(await notices()).toEqual([]);
    await db.store.transition(row, transition);
    expect(await notices()).toEqual([[`card:${row.id}`, `Alert resolved at ${dayTime(over)}.`]]);
    await db.store.transition(transition.next, transitionTo(transition.next, 'waiting', [{ kind: 'card' }]));
    expect(await notices()).toHaveLength(1);
  });

  test('once, when both happen at the same moment, ten times over', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { row, transition } = await withCard();
      await Promise.all([db.store.transition(row, transition), db.store.ingest([resolved('a')])]);
      expect(await notices()).toEqual([[`card:${row.id}`, `Alert resolved at ${dayTime(over)}.`]]);
      await db.knex.raw(
        'truncate incidents, slack_outbox, remediations, held_targets, incident_evidence, approvals, object_history, remediation_events, automation_operation_log, snapshots',
      );
    }
  });

  test('in the incident message, where there is no card', async () => {
    await db.store.ingest([alert('a')]);
    const incident = await onlyIncident();
    await db.store.settleTriage(incident, { kind: 'no_action', reason: 'none' });
    await db.store.ingest([resolved('a')]);
    expect(await notices()).toEqual([[`incident:${incident.id}`, `Alert resolved at ${dayTime(over)}.`]]);
  });
});
