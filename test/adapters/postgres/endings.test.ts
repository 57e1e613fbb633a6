import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { notedOwner } from '../../../src/adapters/postgres/incidents/engaged.ts';
import { createHeard } from '../../../src/adapters/postgres/incidents/heard.ts';
import { sweep } from '../../../src/adapters/postgres/jobs/sweeper.ts';
import { send } from '../../../src/adapters/postgres/sql.ts';
import { targetKey } from '../../../src/domain/action.ts';
import { endingOf, type IncidentStanding } from '../../../src/domain/incidents/ending.ts';
import type { Alert, Incident } from '../../../src/domain/incidents/incident.ts';
import { incidentEnds } from '../../../src/domain/policy/incidents.ts';
import type { State } from '../../../src/domain/remediation.ts';
import { endOf, momentsOf } from '../../../src/stages/show/story.ts';
import type { SideEffect } from '../../../src/workflow/ports.ts';
import type { Triage } from '../../../src/workflow/proposal.ts';
import { noon, restartOf } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { requester, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { crashLooping, emptied, restartProposed } from './arriving.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
beforeEach(() => emptied(db.knex));
afterAll(() => db.close());

const owner = targetKey('test', restartOf().target);
const over = '2026-03-01T11:30:00.000Z';
const card: SideEffect = { kind: 'card' };

const alert = (fingerprint: string, overrides: Partial<Alert> = {}): Alert =>
  crashLooping(fingerprint, { startsAt: '2026-03-01T11:00:00.000Z', ...overrides });
const resolve = (fingerprint: string, overrides: Partial<Alert> = {}) =>
  db.store.ingest([alert(fingerprint, { status: 'resolved', endsAt: over, ...overrides })]);

async function newest(): Promise<Incident> {
  const [row] = await db.knex('incidents').where('state', 'received').orderBy('number', 'desc');
  const found = await db.store.incident(row?.id ?? '');
  if (found === undefined) throw new Error('nothing waits for triage');
  return found;
}

const proposal = () => restartProposed('restart');
const nothing: Triage = { kind: 'no_action', reason: 'No playbook matches it.', owner: { key: owner } };

async function arrives(
  fingerprint: string,
  triage: Triage,
  overrides: Partial<Alert> = {},
): Promise<Incident> {
  await db.store.ingest([alert(fingerprint, overrides)]);
  const incident = await newest();
  await db.store.settleTriage(incident, triage);
  // The clock of these tests stands still; the database's does not.
  await db.knex.raw('update incidents set created_at = now() where id = ?', [incident.id]);
  return incident;
}

async function move(id: string, state: State, ...sideEffects: SideEffect[]) {
  const row = await db.store.load(id);
  if (row === undefined) throw new Error('the remediation is there');
  await db.store.transition(row, transitionTo(row, state, sideEffects));
}

/** An incident with a remediation that failed and has its card. */
async function begun(fingerprint = 'a'): Promise<Incident> {
  const triage = proposal();
  const incident = await arrives(fingerprint, triage);
  await move(triage.proposal.id, 'evaluated', card);
  await move(triage.proposal.id, 'failed', card);
  return incident;
}

async function standing(id: string): Promise<IncidentStanding> {
  const found = await db.store.incidentStanding(id);
  if (found === undefined) throw new Error('the incident is not closed');
  return found;
}

async function look(id: string, minutes = 0) {
  const seen = await standing(id);
  const now = new Date(Date.now() + minutes * 60_000).toISOString();
  const ending = endingOf(seen, { now, ends: incidentEnds.parse({}), health: 'unknown' });
  return { ending, settled: await db.store.settleEnding(id, { seen, ending }) };
}

const said = async () =>
  (await db.knex('slack_outbox').where('kind', 'reply').orderBy('seq')).map(
    ({ notice }) => notice.headline ?? notice.kind,
  );
const rowOf = async (id: string) => (await db.knex('incidents').where({ id }))[0];

describe('the end of an incident', () => {
  test('is told once, when all of its alerts are over and nothing is done about it', async () => {
    const { id } = await begun();
    await arrives('b', proposal());
    await resolve('a');
    expect(await look(id, 10)).toMatchObject({ ending: { kind: 'again' }, settled: 'committed' });
    await resolve('b');
    const seen = await standing(id);
    expect(seen).toMatchObject({ alerts: 2, firing: 0, isActing: false, ownerKey: owner, looks: 1 });
    expect(await look(id, 10)).toMatchObject({
      ending: { kind: 'closed', why: 'resolved' },
      settled: 'committed',
    });
    expect(await db.store.incidentStanding(id)).toBeUndefined();
    expect(await db.store.settleEnding(id, { seen, ending: { kind: 'closed', why: 'resolved' } })).toBe(
      'stale',
    );
    expect((await said()).slice(1)).toEqual([
      'All 2 alerts are resolved, the last at 2026-03-01 11:30 UTC.',
      'end',
      'report',
    ]);
    const story = await db.store.story(id);
    expect(story).toMatchObject({ closed: { at: noon, why: 'resolved' }, reopened: 0, ownerKey: owner });
    expect(story && endOf(story)).toMatchObject({
      headline: 'Closed after 60 min: all 2 alerts are over.',
      lines: [
        { text: expect.stringMatching(/^\d+: kubectl rollout restart deployment\/web/), approvedBy: [] },
      ],
    });
    expect(await db.store.overview(id)).toMatchObject({ closedAt: noon, closedWhy: 'resolved' });
    expect(story && momentsOf(story).map(({ text }) => text.split(':')[0])).toContain('Closed');
  });

  test('is not committed when something has joined since it was looked at', async () => {
    const { id } = await begun();
    await resolve('a');
    const seen = await standing(id);
    await arrives('b', proposal());
    expect(await db.store.settleEnding(id, { seen, ending: { kind: 'closed', why: 'resolved' } })).toBe(
      'stale',
    );
    expect((await rowOf(id))?.closed_at).toBeNull();
  });

  test('waits for a command that is joining it', async () => {
    const { id } = await begun();
    await resolve('a');
    const seen = await standing(id);
    const requestedBy = { kind: 'person', actor: requester } as const;
    const command = { ...proposal().proposal, id: randomUUID(), requestedBy };
    const { remediation } = await db.store.open(command, randomUUID());
    const joining = await db.knex.transaction();
    await send(joining, ...notedOwner(remediation.incidentId, owner));
    const settling = db.store.settleEnding(id, { seen, ending: { kind: 'closed', why: 'resolved' } });
    const waits = async () => {
      const waiting = `select from pg_locks where locktype = 'advisory' and not granted`;
      while ((await joining.raw(waiting)).rowCount === 0) await sleep(5);
    };
    await Promise.race([waits(), settling]);
    await joining.commit();
    expect(await settling).toBe('stale');
    expect((await rowOf(remediation.incidentId))?.joined).toBe(id);
  });

  test('is not put off by an alert that says that it ends in the future', async () => {
    const { id } = await begun();
    await resolve('a', { endsAt: '9999-12-31T23:59:59.000Z' });
    expect((await rowOf(id))?.resolved_at.toISOString()).toBe(noon);
  });

  test('of one alert for which nothing was done is in its head alone', async () => {
    const { id } = await arrives('a', nothing);
    await resolve('a');
    await look(id, 10);
    expect((await rowOf(id))?.closed_why).toBe('resolved');
    expect((await said()).filter((each) => each === 'end')).toEqual([]);
  });

  test('is looked for by the sweeper where it is due, of what is not a part of another', async () => {
    const { id } = await begun();
    const part = await arrives('b', nothing);
    await db.knex.raw(`update incidents set look_at = now() - interval '1 second' where id in (?, ?)`, [
      id,
      part.id,
    ]);
    await sweep({ knex: db.knex, queue: db.queue, newId: randomUUID, log: silentLog });
    const wakes = await db.knex('pgboss.job').whereRaw("data->>'kind' = 'end'").select('data');
    expect(wakes.map(({ data }) => data)).toEqual([{ kind: 'end', id, version: 0 }]);
  });
});

describe('an alert whose end is lost', () => {
  const age = (id: string, hours: number) =>
    db.knex.raw(`update incidents set created_at = now() - ?::float8 * interval '1 hour' where id = ?`, [
      hours,
      id,
    ]);

  test('holds its incident open for a day, and no longer', async () => {
    const { id } = await arrives('a', { kind: 'no_action', reason: 'No playbook matches it.' });
    await age(id, 23);
    expect((await look(id)).ending.kind).toBe('again');
    await age(id, 25);
    expect((await look(id)).ending).toEqual({ kind: 'closed', why: 'silent' });
    const story = await db.store.story(id);
    expect(story && endOf(story)?.headline).toMatch(
      /nothing was heard of its alerts any more, .* 1 of 1 alerts may still fire\.$/,
    );
  });

  test('holds it open while it is said to fire, and opens it again when it is', async () => {
    const { id } = await begun();
    await age(id, 25);
    await db.store.ingest([alert('a')]);
    await eventually(async () => expect((await rowOf(id))?.heard_at).not.toBeNull());
    expect((await look(id)).ending.kind).toBe('again');
    await db.knex.raw('update incidents set heard_at = null where id = ?', [id]);
    expect((await look(id)).ending).toEqual({ kind: 'closed', why: 'silent' });
    const fresh = createHeard(db.knex);
    const [row] = await db.knex('incidents').where({ id }).select('dedup_key');
    await fresh([row?.dedup_key ?? '']);
    expect(await rowOf(id)).toMatchObject({ closed_at: null, closed_why: null, reopened: 1 });
    expect((await said()).at(-1)).toBe('Still fires');
  });

  test('does not open a second one of an owner that has an open one, and says so there', async () => {
    const silent = async (fingerprint: string) => {
      const { id } = await arrives(fingerprint, nothing);
      await age(id, 50);
      const closed_at = '2026-03-01T09:00:00Z';
      await db.knex('incidents').where({ id }).update({ closed_at, closed_why: 'silent' });
      return id;
    };
    const both = [await silent('a'), await silent('b')];
    const { id: open } = await begun('c');
    const hear = async () => {
      await db.knex('incidents').whereIn('id', both).update({ heard_at: null });
      const heard = await db.knex('incidents').whereIn('id', both).select('dedup_key');
      await createHeard(db.knex)(heard.map((row) => row.dedup_key));
      return (await db.knex('incidents').whereNull('joined').whereNull('closed_at')).map(({ id }) => id);
    };
    expect([await hear(), await hear()]).toEqual([[open], [open]]);
    expect((await said()).filter((each) => each === 'Still fires')).toHaveLength(2);
    await resolve('c');
    await look(open, 10);
    expect(await hear(), 'the newest of two').toEqual([both[1]]);
    const again = await arrives('d', nothing);
    expect((await rowOf(again.id))?.joined, 'the open one, not the newer one that is closed').toBe(both[1]);
  });

  test('is heard of again where it could not be written down the first time', async () => {
    const { id } = await begun();
    await age(id, 1);
    const [row] = await db.knex('incidents').where({ id }).select('dedup_key');
    const heard = createHeard(db.knex);
    await db.knex.raw('alter table incidents add constraint never check (heard_at is null)');
    await heard([row?.dedup_key ?? '']);
    await db.knex.raw('alter table incidents drop constraint never');
    await heard([row?.dedup_key ?? '']);
    expect((await rowOf(id))?.heard_at).not.toBeNull();
  });

  test('does not open again what was closed because it was over', async () => {
    const { id } = await begun();
    await resolve('a');
    await look(id, 10);
    const [row] = await db.knex('incidents').where({ id }).select('dedup_key');
    await createHeard(db.knex)([row?.dedup_key ?? '']);
    expect((await rowOf(id))?.closed_why).toBe('resolved');
  });
});

test('a Warning event is over when it is not reported any more', async () => {
  const { id } = await arrives('e', nothing, { source: 'kubernetes' });
  expect(await standing(id)).toMatchObject({ firing: 1, events: 1 });
  expect((await look(id, 29)).ending.kind).toBe('again');
  expect((await look(id, 31)).ending).toEqual({ kind: 'closed', why: 'quiet' });
});

test('a message about many alerts is closed when no more are added, and not before', async () => {
  for (let n = 0; n < 7; n += 1) await arrives(`many-${n}`, { kind: 'no_action', reason: 'None matches.' });
  const [group] = await db.knex('incidents').whereNotNull('grouped').select('id');
  const id: string = group?.id ?? '';
  expect((await look(id, 8)).ending.kind).toBe('again');
  expect((await look(id, 11)).ending).toEqual({ kind: 'closed', why: 'told' });
});

test('incidents whose looks fail again and again do not keep the others from theirs', async () => {
  const waiting = await db.knex
    .raw(`insert into incidents (id, state, dedup_key, title, created_at, look_at)
      select gen_random_uuid(), 'triaged', 'stuck ' || n, 'stuck', now(), now() - interval '1 day' from generate_series(1, 200) n`)
    .then(() => arrives('z', nothing));
  await db.knex.raw(`update incidents set look_at = now() - interval '1 second' where id = ?`, [waiting.id]);
  const options = { knex: db.knex, queue: db.queue, newId: randomUUID, log: silentLog };
  await sweep(options);
  await sweep(options);
  const woken = await db
    .knex('pgboss.job')
    .whereRaw("data->>'kind' = 'end' and data->>'id' = ?", [waiting.id]);
  expect(woken).toHaveLength(1);
});

describe('an alert of the same owner', () => {
  test('without an action is news in the thread and no message of its own', async () => {
    const { id } = await begun();
    const other = await arrives('b', nothing, { labels: { alertname: 'KubeDeploymentReplicasMismatch' } });
    await arrives('c', nothing, { labels: { alertname: 'KubeDeploymentReplicasMismatch' } });
    expect((await rowOf(other.id))?.joined).toBe(id);
    expect(await said()).toEqual(['Also reported:']);
    expect(await db.knex('slack_outbox').where('kind', 'incident')).toEqual([]);
  });

  test('that comes soon after it was closed opens it again, which is said', async () => {
    const { id } = await begun();
    await resolve('a');
    await look(id, 10);
    const again = await arrives('a', nothing, { startsAt: '2026-03-01T11:59:00.000Z' });
    expect(await rowOf(again.id)).toMatchObject({ joined: id });
    expect(await rowOf(id)).toMatchObject({ closed_at: null, closed_why: null, reopened: 1 });
    expect((await said()).at(-1)).toBe('Fires again');
    expect(await standing(id)).toMatchObject({ alerts: 2, firing: 1 });
  });

  test('that was over when it came does not', async () => {
    const { id } = await begun();
    await resolve('a');
    await look(id, 10);
    await resolve('late');
    const late = await arrives('late', nothing);
    expect(await rowOf(late.id)).toMatchObject({ joined: id });
    expect((await rowOf(id))?.closed_at).not.toBeNull();
  });

  test('that comes long after is another incident', async () => {
    const { id } = await begun();
    await resolve('a');
    await look(id, 10);
    await db.knex.raw(`update incidents set closed_at = '2026-03-01T10:00:00Z' where id = ?`, [id]);
    const other = await arrives('b', nothing);
    expect((await rowOf(other.id))?.joined).toBeNull();
  });

  test('that comes and goes is said to, once', async () => {
    await begun();
    for (const minute of [10, 20, 30, 40]) {
      await resolve('a', { startsAt: `2026-03-01T11:${minute - 10 || '00'}:00.000Z` });
      await arrives('a', nothing, { startsAt: `2026-03-01T11:${minute}:00.000Z` });
    }
    expect((await said()).filter((each) => each === 'Comes and goes')).toHaveLength(1);
  });
});

test('several of one owner that are triaged at once are one incident, in whatever order', async () => {
  await db.store.ingest(['a', 'b', 'c', 'd'].map((each) => alert(each)));
  const incidents = await Promise.all(
    (await db.knex('incidents')).map(({ id }) =>
      db.store.incident(id).then((found) => found ?? Promise.reject(new Error())),
    ),
  );
  await db.store.settleAsleep(
    incidents.map((incident) => ({ incident, triage: nothing })),
    [],
  );
  expect(await db.knex('incidents').whereNull('joined')).toHaveLength(1);
});

test('of two cards that are promised at the same moment one heads the thread', async () => {
  for (let round = 0; round < 8; round += 1) {
    await db.knex.raw('truncate incidents, remediations, slack_outbox, incident_evidence, approvals cascade');
    const first = proposal();
    await arrives('a', first);
    const second = { ...first.proposal, id: randomUUID() };
    await move(first.proposal.id, 'evaluated', { kind: 'propose', proposal: second });
    await Promise.all([move(first.proposal.id, 'failed', card), move(second.id, 'evaluated', card)]);
    expect(await db.knex('slack_outbox').where('kind', 'card').whereNull('root_key')).toHaveLength(1);
  }
});

test('a command and an alert of one owner at the same moment are one thread', async () => {
  for (let round = 0; round < 5; round += 1) {
    await db.knex.raw('truncate incidents, remediations, slack_outbox, incident_evidence, approvals cascade');
    await db.store.ingest([alert('a')]);
    const incident = await newest();
    const command = {
      ...proposal().proposal,
      id: randomUUID(),
      requestedBy: { kind: 'person', actor: requester },
    } as const;
    await db.store.open(command, randomUUID());
    await Promise.all([
      db.store.settleTriage(incident, nothing),
      move(command.id, 'evaluated', { kind: 'owner', key: owner }, card),
    ]);
    expect(await db.knex('incidents').whereNull('joined')).toHaveLength(1);
  }
});
