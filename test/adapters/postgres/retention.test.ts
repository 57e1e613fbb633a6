import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyAudit } from '../../../src/adapters/postgres/audit/audit.ts';
import { chainStart } from '../../../src/adapters/postgres/audit/checkpoint.ts';
import { recordPolicy } from '../../../src/adapters/postgres/audit/policy-changes.ts';
import { prune } from '../../../src/adapters/postgres/retention/retention.ts';
import type { Alert } from '../../../src/domain/incidents/incident.ts';
import { policy } from '../../../src/domain/policy/policy.ts';
import { noon } from '../../fixtures/facts.ts';
import { digest, firstApprover, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { openOldRelease } from '../../support/old-release.ts';
import { sha256 } from '../../support/sha256.ts';
import { rowsOf } from './rows.ts';

/* What is deleted when it is old, what stays however old it is, and that the chain holds all the time. */

let db: TestDatabase;
beforeEach(async () => {
  db = await openDatabase();
  await db.knex.raw(atAnyAge);
});
afterEach(() => db.close());

/** These tests are ahead of the database's clock, by which lines of the chain must be of some age to go. */
const atAnyAge = "alter function audit_old_enough() set firebreak.audit_days = '-36500'";

const { opened, movedTo } = rowsOf(() => db);
const { retention } = policy.parse({ version: 1 });
const days = (count: number) => new Date(Date.parse(noon) + count * 86_400_000).toISOString();
const prunedAt = (now: string, more: { most?: number; leastLines?: number } = {}) =>
  prune({ knex: db.knex, sha256, retention, now, leastLines: 1, ...more });
const far = days(5000);

/** A remediation that ran to its end, with a vote, a reply and a card that were posted. */
async function ended() {
  const waiting = await movedTo('waiting');
  const approval = { actor: firstApprover, decision: 'approve', digest, at: noon } as const;
  await db.store.vote(waiting.id, () => ({ answer: { kind: 'recorded', sentence: '' }, approval }));
  let row = waiting;
  for (const state of ['approved', 'executing', 'verifying', 'learning', 'succeeded'] as const) {
    const transition = transitionTo(row, state, [{ kind: 'card' }]);
    expect(await db.store.transition(row, transition)).toBe('committed');
    row = transition.next;
  }
  await posted();
  return row;
}

/** Everything was taken by Slack on the day on which it was promised. */
const posted = () =>
  db.knex.raw(`update slack_outbox set ts = 'ts-' || seq, sent_revision = desired_revision, sent_at = '${noon}',
    created_at = '${noon}'`);

const tables = [
  'incidents',
  'incident_evidence',
  'remediations',
  'approvals',
  'snapshots',
  'slack_outbox',
  'automation_operation_log',
  'object_history',
  'held_targets',
  'early_resolutions',
] as const;

async function counts(): Promise<Record<string, number>> {
  const found: [string, number][] = [];
  for (const table of [...tables, 'remediation_events', 'policy_changes'])
    found.push([table, (await db.knex.raw(`select count(*)::int as n from ${table}`)).rows[0].n]);
  return Object.fromEntries(found.filter(([, n]) => n > 0));
}

const intact = async () => expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'intact' });

const firing: Alert = {
  fingerprint: 'f1',
  status: 'firing',
  labels: { alertname: 'KubePodCrashLooping', namespace: 'shop' },
  annotations: {},
  startsAt: noon,
  source: 'alertmanager',
};

async function triaged(alert: Alert) {
  await db.store.ingest([alert]);
  const { id } = await db
    .knex('incidents')
    .where('dedup_key', 'like', `%:${alert.fingerprint}:%`)
    .first('id');
  const incident = await db.store.incident(id);
  if (incident === undefined) throw new Error('it was just written');
  await db.store.settleTriage(incident, { kind: 'no_action', reason: 'none' });
  await posted();
  return id;
}

test('what ended long ago goes, in every table, and the chain begins at a checkpoint', async () => {
  await recordPolicy(db.knex, { version: 1 }, sha256);
  await ended();
  await intact();
  await prunedAt(far);
  await intact();
  // That it was pruned, the policy in force and the checkpoint.
  expect(await counts()).toEqual({ remediation_events: 3, policy_changes: 1 });
  expect(await verifyAudit(db.knex, sha256)).toMatchObject({ from: { seq: 10 } });
});

test('on the day before, all of it is there', async () => {
  await ended();
  const before = await counts();
  await prune({
    knex: db.knex,
    sha256,
    now: days(31),
    leastLines: 1,
    retention: { incidents: 31, messages: 31, operations: 31, history: 31, audit: 31 },
  });
  expect(await counts()).toEqual(before);
});

test('a remediation that is gone is vouched for until its lines go', async () => {
  const { id } = await ended();
  await prunedAt(days(500));
  await intact();
  const { rows } = await db.knex.raw(
    'select kind, from_state, data_digest from remediation_events order by seq desc limit 1',
  );
  expect(rows).toMatchObject([{ kind: 'pruned', from_state: 'succeeded' }]);
  expect(await db.store.load(id)).toBeUndefined();
  await db.knex.raw("delete from remediation_events where kind = 'pruned'");
  expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'broken' });
});

test.each(['quiet', 'silent'])('what was closed as %s goes with its parts', async (why) => {
  const id = await triaged(firing);
  const part = await triaged({ ...firing, fingerprint: 'f2' });
  await db.knex('incidents').update({ created_at: noon });
  await db.knex('incidents').where({ id: part }).update({ joined: id });
  await db
    .knex('incidents')
    .where({ id })
    .update({ closed_at: days(100), closed_why: why });
  await prunedAt(days(450));
  expect(await counts()).toMatchObject({ incidents: 2 });
  await prunedAt(days(501));
  expect(await counts()).toEqual({});
  await intact();
});

test('what was closed as silent goes with its parts where something was done about it', async () => {
  const { incidentId: id } = await ended();
  const part = await triaged({ ...firing, fingerprint: 'f2' });
  await db.knex('incidents').update({ created_at: noon });
  await db.knex('incidents').where({ id: part }).update({ joined: id });
  await db.knex('incidents').where({ id }).update({ closed_at: noon, closed_why: 'silent' });
  await prunedAt(far);
  const { remediation_events: _events, policy_changes: _policies, ...left } = await counts();
  expect(left).toEqual({});
});

describe('stays, however old it is', () => {
  test.each(['requested', 'evaluated', 'waiting', 'approved', 'executing', 'verifying', 'learning'] as const)(
    'what is %s, with its thread, and the lines that vouch for it',
    async (state) => {
      const row = state === 'requested' ? await opened() : await movedTo(state);
      await posted();
      await prunedAt(far);
      const { object_history: _, ...left } = await counts();
      expect(left).toMatchObject({ incidents: 1, remediations: 1 });
      expect((await db.store.load(row.id))?.state).toBe(state);
      expect(await verifyAudit(db.knex, sha256)).toEqual({ kind: 'intact', head: expect.anything() });
    },
  );

  test('what ended in the incident of something open', async () => {
    const old = await ended();
    const young = await movedTo('waiting');
    await db.knex('remediations').where({ id: young.id }).update({ incident_id: old.incidentId });
    await prunedAt(far);
    expect(await counts()).toMatchObject({ remediations: 2, slack_outbox: 1, approvals: 1 });
  });

  test('an alert that has not ended: the same again is known', async () => {
    await triaged(firing);
    await prunedAt(far);
    expect(await counts()).toMatchObject({ incidents: 1, incident_evidence: 1, slack_outbox: 1 });
    expect(await db.store.ingest([firing])).toEqual({ opened: 0, known: 1, resolved: 0 });
    await db.store.ingest([{ ...firing, status: 'resolved', endsAt: noon }]);
    await posted();
    await prunedAt(far);
    expect(await counts()).toEqual({});
  });

  test('one that was closed because nothing was heard of it, while something is', async () => {
    const id = await triaged(firing);
    const closed = { closed_at: noon, closed_why: 'silent' };
    await db
      .knex('incidents')
      .where({ id })
      .update({ ...closed, heard_at: days(4990) });
    await prunedAt(far);
    expect(await counts()).toMatchObject({ incidents: 1, slack_outbox: 1 });
    await db.knex('incidents').where({ id }).update({ closed_why: 'healthy', heard_at: null });
    await prunedAt(far);
    expect(await counts()).toMatchObject({ incidents: 1 });
  });

  test('a message that Slack has not taken', async () => {
    await ended();
    await db.knex.raw('update slack_outbox set desired_revision = desired_revision + 1');
    await prunedAt(far);
    expect(await counts()).toMatchObject({ slack_outbox: 1, remediations: 1 });
  });

  test('a manifest that a rollback may still want', async () => {
    const { id } = await ended();
    await db.knex('snapshots').insert({
      remediation_id: id,
      uid: 'u',
      taken_at: noon,
      object: '{}',
      kept_until: days(6000),
    });
    await prunedAt(far);
    expect(await counts()).toMatchObject({ snapshots: 1, remediations: 1 });
  });

  test('a line of the log that has not ended', async () => {
    await db.knex('automation_operation_log').insert({ command: 'x', started_at: noon });
    await prunedAt(far);
    expect(await counts()).toEqual({ automation_operation_log: 1 });
  });

  test('what was changed past the program, which is evidence', async () => {
    const { id } = await ended();
    await db
      .knex('remediations')
      .where({ id })
      .update({ data: db.knex.raw(`data || '{"cluster": "other"}'`) });
    await prunedAt(far);
    expect(await counts()).toMatchObject({ remediations: 1, approvals: 1 });
    expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'broken' });
  });

  test('the policy in force, with a line of its own', async () => {
    for (const productionFactor of [1, 2, 3])
      await recordPolicy(db.knex, { version: 1, productionFactor }, sha256);
    await prunedAt(far);
    expect(await counts()).toEqual({ policy_changes: 1, remediation_events: 2 });
    await intact();
    await db.knex.raw("update policy_changes set diff = '{x}'");
    expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'broken' });
  });
});

test('cut off after any transaction, everything fits together, and the next run goes on', async () => {
  await recordPolicy(db.knex, { version: 1 }, sha256);
  for (let count = 0; count < 3; count += 1) await ended();
  await triaged({ ...firing, status: 'firing' });
  await movedTo('waiting');
  await recordPolicy(db.knex, { version: 1, productionFactor: 2 }, sha256);
  for (let runs = 0; runs < 12; runs += 1) {
    await prunedAt(far, { most: 1 + (runs % 8) });
    await intact();
  }
  expect(await counts()).toMatchObject({ remediations: 1, incidents: 2 });
});

test('a transaction that dies leaves nothing half done', async () => {
  await ended();
  const before = await counts();
  await db.knex.raw(`create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
    create trigger refuse before update on audit_head for each row execute function refuse()`);
  await expect(prunedAt(days(500))).rejects.toThrow('no');
  await db.knex.raw('drop trigger refuse on audit_head');
  const { object_history: _, slack_outbox: __, automation_operation_log: ___, ...cases } = before;
  expect(await counts()).toMatchObject({ ...cases });
  await intact();
});

test('while another replica prunes, this one leaves it alone', async () => {
  await ended();
  await db.knex.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [0x46427274]);
    expect(await prunedAt(far)).toEqual({});
  });
});

test('two at once come to the same', async () => {
  for (let count = 0; count < 3; count += 1) await ended();
  await Promise.all([prunedAt(far), prunedAt(far)]);
  await prunedAt(far);
  await intact();
  expect(await counts()).toEqual({ remediation_events: 4 });
});

test('votes and policies of version 0.1.0, which only a baseline vouches for, go as well', async () => {
  const release = await openOldRelease();
  const { knex } = release.storage;
  const oldVotes = async () => (await knex.raw('select count(*)::int as n from approvals')).rows[0].n;
  const pruneAll = (most: number) => prune({ knex, sha256, retention, now: far, leastLines: 1, most });
  try {
    const before = await oldVotes();
    for (const most of [0, 6, 100]) {
      await pruneAll(most);
      expect(await verifyAudit(knex, sha256)).toMatchObject({ kind: 'intact' });
    }
    expect(await oldVotes()).toBeLessThan(before);
  } finally {
    await release.close();
  }
});

test('that one was pruned does not excuse another that is gone', async () => {
  await ended();
  await prunedAt(days(500));
  const { id } = await ended();
  await db.knex.raw(`set session_replication_role = replica;
    delete from remediations where id = '${id}'; set session_replication_role = origin`);
  expect(await verifyAudit(db.knex, sha256)).toMatchObject({
    kind: 'broken',
    sentence: `remediation ${id} has lines and no row: it was deleted past the program`,
  });
});

test('what a line says was pruned must not be there again', async () => {
  const { id } = await ended();
  await db.knex.raw('create table again as select * from remediations');
  await prunedAt(days(500));
  const { rows } = await db.knex.raw(`select string_agg(quote_ident(column_name), ', ') as names
    from information_schema.columns where table_name = 'remediations' and is_generated = 'NEVER' and is_identity = 'NO'`);
  const [{ names }] = rows;
  await db.knex.raw(`set session_replication_role = replica;
    insert into remediations (${names}) select ${names} from again; drop table again;
    set session_replication_role = origin`);
  expect(await verifyAudit(db.knex, sha256)).toMatchObject({
    kind: 'broken',
    sentence: expect.stringContaining(`remediation ${id} is there, and line`),
  });
});

describe('a forged checkpoint is found', () => {
  const forged = (seq: number, from: string | null, to: string) =>
    db.knex.raw(
      `insert into remediation_events (seq, kind, event, from_state, to_state, data_digest, at, prev_hash, hash)
        values (?, 'checkpoint', 'checkpoint', ?, ?, 'd', now(), ?, ?)`,
      [seq, from, to, 'p', randomUUID()],
    );
  const zeros = `0:${'0'.repeat(64)}`;
  const hashAt = async (seq: number) =>
    (await db.knex('remediation_events').where({ seq }).first('hash')).hash;

  test.each([
    ['without a chain after it', 99, zeros],
    ['in the place of a line that it says was pruned', 3, zeros],
    ['that begins nowhere', 99, null],
    ['that begins after it ends', 99, `80:${'0'.repeat(64)}`],
  ])('%s', async (_, seq, from) => {
    await ended();
    await db.knex.raw('delete from remediation_events where seq = ?', [seq]);
    await forged(seq, from, `5:${await hashAt(5)}`);
    expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'broken' });
  });

  test('that names another line than the one that was there', async () => {
    await ended();
    await prunedAt(far);
    await ended();
    await db.knex.raw(
      `update remediation_events set to_state = '9:${'e'.repeat(64)}' where kind = 'checkpoint'`,
    );
    expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'broken' });
  });

  test('where a line that it says was pruned is another one', async () => {
    await ended();
    await prunedAt(far);
    const start = await chainStart(db.knex);
    const seq = start.kind === 'start' ? start.head.seq : 0;
    await forged(seq, zeros, zeros);
    const sentence = `line ${seq} is not the one that the checkpoint names`;
    expect(await verifyAudit(db.knex, sha256)).toEqual({ kind: 'broken', seq, sentence });
  });

  test('the newest counts', async () => {
    for (const seq of [98, 99]) await forged(seq, zeros, `${seq - 94}:${'e'.repeat(64)}`);
    expect(await chainStart(db.knex)).toMatchObject({ head: { seq: 5 } });
  });

  test('a head of a line that was pruned is not passed over in silence', async () => {
    await ended();
    const head = { seq: 3, hash: await hashAt(3) };
    expect(await verifyAudit(db.knex, sha256, head)).toMatchObject({ kind: 'intact' });
    await prunedAt(far);
    expect(await verifyAudit(db.knex, sha256, head)).toMatchObject({ kind: 'broken', seq: 3 });
  });
});
