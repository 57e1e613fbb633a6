import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOutbox } from '../../../src/adapters/postgres/outbox/outbox.ts';
import { targetKey } from '../../../src/domain/action.ts';
import type { Alert, Incident } from '../../../src/domain/incidents/incident.ts';
import type { Remediation, State } from '../../../src/domain/remediation.ts';
import { dayTime } from '../../../src/domain/text/clock-time.ts';
import type { Delivery, Outbox } from '../../../src/workflow/outbox-port.ts';
import type { Delivered, SideEffect } from '../../../src/workflow/ports.ts';
import type { Proposal } from '../../../src/workflow/proposal.ts';
import { restartOf } from '../../fixtures/facts.ts';
import { requester, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
let outbox: Outbox;
beforeAll(async () => {
  db = await openDatabase();
  const liveness = { instance: 1, isLive: () => true, on: () => () => {} };
  outbox = createOutbox({ knex: db.knex, queue: db.queue, liveness });
});
beforeEach(() =>
  db.knex.raw(`truncate incidents, early_resolutions, slack_outbox, remediations, held_targets, incident_evidence, approvals,
    object_history, remediation_events, automation_operation_log, snapshots, slack_lanes; delete from pgboss.job`),
);
afterAll(() => db.close());

const owner = targetKey('test', restartOf().target);
const card: SideEffect = { kind: 'card' };
/** Now, by the store's clock. */
const over = '2026-03-01T12:00:00.000Z';

const alert = (fingerprint: string, overrides: Partial<Alert> = {}): Alert => ({
  fingerprint,
  status: 'firing',
  labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', severity: 'warning' },
  annotations: {},
  startsAt: '2026-03-01T11:30:00.000Z',
  source: 'alertmanager',
  ...overrides,
});
const resolve = (...fingerprints: string[]) =>
  db.store.ingest(
    fingerprints.map((fingerprint) => alert(fingerprint, { status: 'resolved', endsAt: over })),
  );

const byPlaybook = (): Proposal => ({
  id: randomUUID(),
  action: restartOf(),
  requestedBy: { kind: 'playbook', playbook: 'restart', alert: 'KubePodCrashLooping' },
});

async function incidentOf(fingerprint: string): Promise<Incident> {
  const [row] = await db
    .knex('incidents')
    .whereLike('dedup_key', `%:${fingerprint}:%`)
    .orderBy('dedup_key', 'desc');
  const found = await db.store.incident(row?.id ?? '');
  if (found === undefined) throw new Error(`there is no incident of ${fingerprint}`);
  return found;
}

/** An alert arrives and is triaged: the remediation that is proposed for the owner, or its incident joins. */
async function arrives(fingerprint: string, overrides: Partial<Alert> = {}): Promise<string> {
  await db.store.ingest([alert(fingerprint, overrides)]);
  const proposal = byPlaybook();
  const owned = { key: owner, coolDownSeconds: 900 };
  const triage = { kind: 'proposal', playbook: 'restart', proposal, owner: owned } as const;
  await db.store.settleTriage(await incidentOf(fingerprint), triage);
  return proposal.id;
}

async function load(id: string): Promise<Remediation> {
  const row = await db.store.load(id);
  if (row === undefined) throw new Error('the remediation is there');
  return row;
}

async function move(id: string, state: State, ...sideEffects: SideEffect[]): Promise<Remediation> {
  const row = await load(id);
  await db.store.transition(row, transitionTo(row, state, sideEffects));
  return load(id);
}

/** A remediation that failed, with its card. */
async function failed(fingerprint: string): Promise<Remediation> {
  const id = await arrives(fingerprint);
  await move(id, 'evaluated', card);
  return move(id, 'failed', card);
}

/** Everything that waits is posted, one after the other. */
async function postAll(answer: (delivery: Delivery) => Delivered | undefined = () => undefined) {
  const posted: Delivery[] = [];
  for (;;) {
    await db.knex.raw(
      `delete from slack_lanes; update slack_outbox set next_attempt_at = now() - interval '1 second'`,
    );
    const due = await outbox.lease(10);
    if (due.length === 0) return posted;
    for (const delivery of due) {
      posted.push(delivery);
      const ts = delivery.ts ?? `${posted.length}.0`;
      await outbox.settle(delivery, answer(delivery) ?? { kind: 'sent', channel: 'C0OPS', ts });
    }
  }
}

const heads = () => db.knex('slack_outbox').whereNull('root_key').orderBy('seq').pluck('key');
const reply = (key: string): SideEffect => ({
  kind: 'reply',
  key,
  notice: { kind: 'reply', headline: key, broadcast: false },
});

/** A command of a person's for the owner, looked at. */
async function asked(): Promise<Remediation> {
  const proposal = { ...byPlaybook(), requestedBy: { kind: 'person', actor: requester } } as const;
  await db.store.open(proposal, randomUUID());
  return move(proposal.id, 'evaluated', { kind: 'owner', key: owner }, card);
}

describe('what follows in an incident', () => {
  test('has its card in the thread of the first, and its replies beside it', async () => {
    const first = await arrives('a');
    await move(first, 'evaluated', card);
    const rollback = {
      ...byPlaybook(),
      requestedBy: { kind: 'rollback', of: first, ofNumber: 1 },
    } as const;
    await move(first, 'failed', card, { kind: 'propose', proposal: rollback });
    await postAll();
    await move(rollback.id, 'evaluated', card, reply('said'));
    const posted = await postAll();
    expect(posted.map(({ key, threadTs, ts }) => [key.replace(/reply:.*:/, ''), threadTs, ts])).toEqual([
      [`card:${rollback.id}`, '1.0', undefined],
      [`card:${first}`, undefined, '1.0'],
      ['said', '1.0', undefined],
    ]);
    expect(await heads()).toEqual([`card:${first}`]);
  });

  test('brings the other cards that wait up to date, a few seconds after their last edit', async () => {
    await failed('a');
    // The clock of these tests stands still; the database's does not.
    await db.knex.raw('update remediations set updated_at = now(); update incidents set created_at = now()');
    const [one, two] = [await asked(), await asked()];
    await move(one.id, 'waiting', card);
    await move(two.id, 'waiting', card);
    await postAll();
    const edited = async (id: string) => {
      const posted = (await postAll()).filter(
        ({ ts, threadTs }) => ts !== undefined && threadTs !== undefined,
      );
      return posted.map(({ key }) => key).filter((key) => key !== `card:${id}`);
    };
    const third = await asked();
    expect((await edited(third.id)).toSorted()).toEqual([`card:${one.id}`, `card:${two.id}`].toSorted());
    await move(one.id, 'rejected', card);
    const [soonest] = await db
      .knex('slack_outbox')
      .where('key', `card:${two.id}`)
      .select(db.knex.raw("next_attempt_at >= sent_at + interval '5 seconds' as later"));
    expect(soonest).toEqual({ later: true });
    expect(await edited(one.id)).toEqual([`card:${two.id}`]);
    await move(two.id, 'rejected', card);
    expect(await edited(two.id)).toEqual([]);
  });

  test('brings one up to date that is on its way to Slack for the first time', async () => {
    await failed('a');
    await db.knex.raw('update remediations set updated_at = now(); update incidents set created_at = now()');
    const one = await asked();
    await move(one.id, 'waiting', card);
    await postAll();
    const two = await asked();
    await move(two.id, 'waiting', card);
    await db.knex.raw(
      "delete from slack_lanes; update slack_outbox set next_attempt_at = now() - interval '1 second'",
    );
    const drawn = (await outbox.lease(10)).find(({ key }) => key === `card:${two.id}`);
    if (drawn === undefined) throw new Error('the second card is to be posted');
    await move(one.id, 'rejected', card);
    await outbox.settle(drawn, { kind: 'sent', channel: 'C0OPS', ts: '77.0' });
    const after = await postAll();
    expect(after.map(({ key, ts }) => [key, ts])).toContainEqual([`card:${two.id}`, '77.0']);
  });

  test('is in the channel where the thread does not take it', async () => {
    const { id } = await failed('a');
    await postAll();
    const command = await asked();
    await postAll(({ key, threadTs }) =>
      key === `card:${command.id}` && threadTs !== undefined
        ? { kind: 'refused', reason: 'thread_not_found' }
        : undefined,
    );
    expect(await heads()).toEqual([`card:${id}`, `card:${command.id}`]);
    expect(await db.knex('slack_outbox').whereNull('ts').pluck('key')).toEqual([]);
  });

  test('does not wait for a head that Slack will never take', async () => {
    const { id } = await failed('a');
    const command = await asked();
    await postAll(({ key }) =>
      key === `card:${id}` ? { kind: 'refused', reason: 'invalid_blocks' } : undefined,
    );
    expect(await db.knex('slack_outbox').whereNull('ts').pluck('key')).toEqual([`card:${id}`]);
    expect(await heads()).toContain(`card:${command.id}`);
  });

  test('stays where it was posted when its head was deleted and is not taken again', async () => {
    const { id } = await failed('a');
    const command = await asked();
    await postAll();
    const head = db.knex('slack_outbox').where({ key: `card:${id}` });
    await head.increment('desired_revision', 1);
    await postAll(({ key, ts }) => {
      if (key !== `card:${id}`) return undefined;
      return ts === undefined
        ? { kind: 'refused', reason: 'invalid_blocks' }
        : { kind: 'gone', reason: 'message_not_found' };
    });
    expect(await db.knex('slack_outbox').whereNull('ts').pluck('key')).toEqual([`card:${id}`]);
    expect(await heads()).toEqual([`card:${id}`]);
    expect(
      await db
        .knex('slack_outbox')
        .where({ root_key: `card:${id}` })
        .pluck('key'),
    ).toEqual([`card:${command.id}`]);
  });

  test.each([
    ['while its alert fires', async () => {}, true],
    ['a short time after its alert was over', () => resolve('a'), true],
    [
      'not when it was closed',
      () => db.knex.raw('update incidents set closed_at = now() where alert is not null'),
      false,
    ],
    [
      'not when it is old',
      () => db.knex.raw(`update incidents set created_at = '2026-02-20T00:00:00Z'`),
      false,
    ],
  ])('a command for its owner joins %s', async (_case, change, joins) => {
    const { id } = await failed('a');
    // The clock of these tests stands still; the database's does not.
    await db.knex.raw('update remediations set updated_at = now(); update incidents set created_at = now()');
    await change();
    const command = await asked();
    expect(await heads()).toEqual(joins ? [`card:${id}`] : [`card:${id}`, `card:${command.id}`]);
  });

  test('commands without an incident have threads of their own', async () => {
    const command = await asked();
    const again = await asked();
    expect(await heads()).toEqual([`card:${command.id}`, `card:${again.id}`]);
  });

  test('an alert after the cool-down begins a remediation in the same thread', async () => {
    const { id } = await failed('a');
    // The clock of these tests stands still; the database's does not.
    await db.knex.raw(
      `update incidents set created_at = now(); update remediations set updated_at = '2026-03-01T10:00:00Z'`,
    );
    const second = await arrives('b');
    await move(second, 'evaluated', card);
    expect(await heads()).toEqual([`card:${id}`]);
    expect(await db.store.overview((await load(second)).incidentId)).toMatchObject({
      head: id,
      steps: [
        { id, isOver: true },
        { id: second, isOver: false, state: 'evaluated' },
      ],
      signals: [{ name: 'KubePodCrashLooping', alerts: 2, firing: 2, severities: ['warning'] }],
    });
  });
});

test('what was seen on arrival is kept once and told in the thread when it is there', async () => {
  const id = await arrives('a');
  const evidence = {
    at: over,
    target: 'Deployment/web in shop',
    pods: ['1 of 3 pods are not ready: CrashLoopBackOff.'],
    images: [],
    changes: [],
    story: 'Pod web-0 (Running)',
    missing: [],
  };
  await move(id, 'evaluated', { kind: 'evidence', evidence }, reply('seen'));
  expect(await postAll()).toEqual([]);
  const { incidentId } = await move(id, 'waiting', card, {
    kind: 'evidence',
    evidence: { ...evidence, pods: [] },
  });
  expect((await postAll()).map(({ key, threadTs }) => [key.replace(/reply:.*:/, ''), threadTs])).toEqual([
    [`card:${id}`, undefined],
    ['seen', '1.0'],
  ]);
  const kept = await db.knex('incident_evidence').where({ incident_id: incidentId, kind: 'arrival' });
  expect(kept.map(({ payload }) => payload)).toEqual([evidence]);
});

describe('alerts that join', () => {
  const headlines = async () =>
    (await db.knex('slack_outbox').where('kind', 'reply').orderBy('seq')).map(
      ({ notice }) => notice.headline,
    );

  test('are one edit of the head, however many', async () => {
    const id = await arrives('a');
    await move(id, 'evaluated', card);
    await postAll();
    for (const each of ['b', 'c', 'd', 'e']) await arrives(each);
    const [head] = await db.knex('slack_outbox').where('key', `card:${id}`);
    expect(head).toMatchObject({ sent_revision: 1, desired_revision: 5 });
    expect(head.next_attempt_at.getTime() - head.sent_at.getTime()).toBe(5000);
    expect(await headlines()).toEqual([]);
    expect((await postAll()).map(({ key, revision }) => [key, revision])).toEqual([[`card:${id}`, 5]]);
    expect((await db.store.overview((await load(id)).incidentId))?.signals).toMatchObject([
      { alerts: 5, firing: 5, mostFirings: 1 },
    ]);
  });

  test('are over when the last is, which is said once', async () => {
    const id = await arrives('a');
    await move(id, 'evaluated', card);
    await arrives('b');
    await arrives('c');
    await resolve('a', 'b');
    await resolve('a');
    expect(await headlines()).toEqual([]);
    await resolve('c');
    await resolve('a', 'b', 'c');
    expect(await headlines()).toEqual([`All 3 alerts are resolved, the last at ${dayTime(over)}.`]);
  });

  test('are over although somebody has asked for something besides', async () => {
    const id = await arrives('a');
    await move(id, 'evaluated', card);
    const { incidentId } = await asked();
    const [besides] = await db.knex('incidents').where('id', incidentId);
    expect(besides).toMatchObject({ joined: (await load(id)).incidentId, resolved_at: null, alert: null });
    await resolve('a');
    expect(await headlines()).toEqual([`Alert resolved at ${dayTime(over)}.`]);
  });

  test('bring the head of the thread up to date, not the card that they join', async () => {
    const { id: first } = await failed('a');
    await db.knex.raw('update remediations set updated_at = now(); update incidents set created_at = now()');
    const { id: second } = await asked();
    await move(second, 'waiting', card);
    await postAll();
    await arrives('b');
    const open = await db
      .knex('slack_outbox')
      .whereNotNull('ts')
      .whereRaw('sent_revision < desired_revision')
      .pluck('key');
    expect(open).toEqual([`card:${first}`]);
  });

  test('that were over before there was a message are told with it', async () => {
    const id = await arrives('a');
    await arrives('b');
    await resolve('a', 'b');
    expect(await headlines()).toEqual([]);
    await move(id, 'evaluated', card);
    await move(id, 'waiting', card);
    expect(await headlines()).toEqual([`All 2 alerts are resolved, the last at ${dayTime(over)}.`]);
  });

  test('one that fires again is counted, and its end is told again', async () => {
    const id = await arrives('a');
    await move(id, 'evaluated', card);
    await resolve('a');
    const startsAt = '2026-03-01T12:40:00.000Z';
    await arrives('a', { startsAt });
    expect((await db.store.overview((await load(id)).incidentId))?.signals).toMatchObject([
      { alerts: 2, firing: 1, mostFirings: 2 },
    ]);
    await db.store.ingest([alert('a', { status: 'resolved', startsAt, endsAt: over })]);
    expect(await headlines()).toEqual([
      `Alert resolved at ${dayTime(over)}.`,
      `All 2 alerts are resolved, the last at ${dayTime(over)}.`,
    ]);
  });
});
