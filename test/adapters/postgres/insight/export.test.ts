import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openExportFolder } from '../../../../src/adapters/files/export-folder.ts';
import { createPast } from '../../../../src/adapters/postgres/insight/past.ts';
import type { Remediation } from '../../../../src/domain/remediation.ts';
import type { Verdict } from '../../../../src/domain/verdict.ts';
import { exportFinetune } from '../../../../src/workflow/insight/export.ts';
import { noon } from '../../../fixtures/facts.ts';
import { transitionTo, verified } from '../../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../../support/database.ts';
import { rowsOf } from '../rows.ts';

let db: TestDatabase;
let folder: string;
beforeAll(async () => {
  db = await openDatabase();
  await db.knex.raw('alter table incident_evidence drop constraint incident_evidence_kind_check');
});
afterAll(() => db.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finetune-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await db.knex.raw(`truncate incidents, remediations, incident_evidence, approvals, automation_operation_log, object_history,
    slack_outbox cascade`);
});

const { opened, movedTo } = rowsOf(() => db);
const hours = (count: number) => new Date(Date.parse(noon) + count * 3_600_000).toISOString();
const refuted: Verdict = { ...verified, result: 'not_verified', sentence: 'web crashes.' };

const move = async (
  row: Remediation,
  ...by: Parameters<typeof transitionTo> extends [unknown, ...infer Rest] ? Rest : never
) => {
  const transition = transitionTo(row, ...by);
  expect(await db.store.transition(row, transition)).toBe('committed');
  return transition.next;
};

/** A remediation that was carried out, with this verdict. */
const concluded = async (verdict: Verdict, stderr = ''): Promise<Remediation> => {
  const verifying = await movedTo('verifying');
  const learning = await move(verifying, 'learning', [{ kind: 'verdict', verdict }], { verdict });
  const command = 'kubectl rollout restart';
  const entry = { kind: 'ended', command, outcome: 'failed', detail: verdict.sentence, stderr } as const;
  const end = { verified: 'succeeded', not_verified: 'failed', inconclusive: 'inconclusive' } as const;
  return move(learning, end[verdict.result], [{ kind: 'log', entry }], { verdict });
};

/** As if it had happened so many days before. */
const daysBefore = async ({ id, incidentId }: Remediation, days: number) => {
  const by = `- interval '${days} days'`;
  await db.knex.raw(`update remediations set created_at = created_at ${by}, updated_at = updated_at ${by},
    data = jsonb_set(data, '{createdAt}', to_jsonb(to_char((created_at ${by}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) where id = '${id}'`);
  await db.knex.raw(`update incidents set created_at = created_at ${by} where id = '${incidentId}'`);
  await db.knex.raw(`update object_history set started_at = started_at ${by} where remediation_id = '${id}'`);
};

const exported = async (now = hours(48), since?: string) =>
  exportFinetune(createPast(db.knex), { since, now }, await openExportFolder(folder));
const linesOf = async (file: string) =>
  (await readFile(join(folder, file), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const bytes = async () =>
  Promise.all((await readdir(folder)).toSorted().map((name) => readFile(join(folder, name), 'utf8')));

test('what was verified and lasted, and what did not help; all else is counted with its reason', async () => {
  await concluded(verified);
  await concluded(refuted, 'web-1: CrashLoopBackOff');
  await concluded({ ...verified, result: 'inconclusive' });
  await opened();
  const waiting = await movedTo('waiting');
  await move(waiting, 'rejected');
  const executing = await movedTo('executing');
  await move(executing, 'failed');
  const card = await exported();
  const lines = await linesOf('train.jsonl');
  expect(lines.map(({ label, stderr }) => [label, stderr])).toEqual([
    ['verified', ''],
    ['not_verified', 'web-1: CrashLoopBackOff'],
  ]);
  expect(card.json).toMatchObject({
    examples: 2,
    looked: 6,
    train: { examples: 2, labels: { verified: 1, not_verified: 1 } },
    leftOut: [
      { reason: 'open', count: 1 },
      { reason: 'not carried out', count: 1 },
      { reason: 'failed', count: 1 },
      { reason: 'inconclusive', count: 1 },
    ],
  });
});

describe('what was verified has to last', () => {
  test('it is too early to say', async () => {
    await concluded(verified);
    expect((await exported(hours(23))).json).toMatchObject({
      examples: 0,
      leftOut: [{ reason: 'too early' }],
    });
    expect(await exported(hours(25))).toMatchObject({ examples: 1 });
  });

  test.each([
    ['within the hours', 23, 0],
    ['after them', 25, 1],
  ])('the same object was acted on again %s', async (_, later, examples) => {
    const row = await concluded(verified);
    await db.knex('object_history').insert({
      object_key: row.targetKey,
      started_at: hours(later),
      remediation_id: '00000000-0000-4000-8000-00000000000f',
    });
    expect(await exported()).toMatchObject({ examples });
  });

  test.each([
    ['within the hours', 23, 0],
    ['after them', 25, 1],
  ])('an alert of its owner came again %s', async (_, later, examples) => {
    const row = await concluded(verified);
    await db.knex.raw(
      `insert into incidents (id, state, dedup_key, title, alert, owner_key, created_at)
       values (gen_random_uuid(), 'triaged', 'again', 'again', '{}', ?, ?)`,
      [row.targetKey, hours(later)],
    );
    expect(await exported()).toMatchObject({ examples });
  });
});

test('the newest days validate, and no incident is on both sides', async () => {
  for (let days = 10; days > 0; days -= 1) await daysBefore(await concluded(verified), days);
  const over = await concluded(verified);
  await daysBefore(over, 1);
  await db
    .knex('incidents')
    .where({ id: over.incidentId })
    .update({ created_at: hours(-24 * 9) });
  const card = await exported();
  const [train, validation] = [await linesOf('train.jsonl'), await linesOf('validation.jsonl')];
  expect([train.length, validation.length]).toEqual([8, 2]);
  const newest = train
    .map(({ at }) => at)
    .toSorted()
    .at(-1);
  for (const { at } of validation) expect(at > newest).toBe(true);
  const shared = new Set(train.map(({ incident }) => incident));
  expect(validation.filter(({ incident }) => shared.has(incident))).toEqual([]);
  expect(card.json).toMatchObject({ leftOut: [{ reason: 'over the split', count: 1 }] });
});

test('alerts that joined belong to the incident that they joined', async () => {
  const first = await concluded(verified);
  const second = await concluded(verified);
  await db.knex('incidents').where({ id: second.incidentId }).update({ joined: first.incidentId });
  await exported();
  expect((await linesOf('train.jsonl')).map(({ incident }) => incident)).toEqual([
    first.incidentId,
    first.incidentId,
  ]);
});

test('the same rows give the same bytes, and replace what is there', async () => {
  for (let count = 0; count < 3; count += 1) await concluded(verified);
  await exported();
  const first = await bytes();
  await writeFile(join(folder, 'train.jsonl'), 'old');
  await exported(hours(72));
  expect(await bytes()).toEqual(first);
});

test('what was found out before the change is evidence, and what came after is none', async () => {
  const row = await concluded(verified);
  const add = (payload: object, at: string) =>
    db
      .knex('incident_evidence')
      .insert({ incident_id: row.incidentId, kind: 'pods', payload, created_at: at });
  await add({ seen: 'before' }, hours(-1));
  await add({ seen: 'after' }, hours(1));
  await exported();
  const text = await readFile(join(folder, 'train.jsonl'), 'utf8');
  expect(text).toContain('before');
  expect(text).not.toContain('after\\"');
});

test('is not empty in silence: the card and its sentence say why', async () => {
  expect((await exported()).empty).toBe('There is no remediation in this time.');
  await concluded(verified);
  await opened();
  const { empty, markdown } = await exported(hours(1));
  expect(empty).toBe('Of 2 remediations none can be learned from: 1 open, 1 too early.');
  expect(markdown).toContain(`**There are none.** ${empty}`);
  expect(await readFile(join(folder, 'data-card.md'), 'utf8')).toBe(markdown);
});

test('since an instant', async () => {
  await daysBefore(await concluded(verified), 10);
  await concluded(verified);
  expect(await exported(hours(48), hours(-24))).toMatchObject({ examples: 1, looked: 1 });
});

test('what another version has written is left out, and the rest is not lost with it', async () => {
  const row = await concluded(verified);
  await concluded(verified);
  await db
    .knex('remediations')
    .where({ id: row.id })
    .update({ data: db.knex.raw(`data || '{"new": 1}'`) });
  expect((await exported()).json).toMatchObject({ examples: 1, leftOut: [{ reason: 'other version' }] });
});

test('a fault in the middle leaves nothing behind, and what was there as it was', async () => {
  await concluded(verified);
  await exported();
  const before = await bytes();
  const past = {
    ...createPast(db.knex),
    async *lessons() {
      yield* createPast(db.knex).lessons({ since: undefined, now: hours(48) });
      throw new Error('the database is away');
    },
  };
  const failing = exportFinetune(past, { since: undefined, now: hours(48) }, await openExportFolder(folder));
  await expect(failing).rejects.toThrow('the database is away');
  expect(await bytes()).toEqual(before);
});
