import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { restartOf } from '../fixtures/facts.ts';
import { digest, firstApprover, requester, transitionTo } from '../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../support/database.ts';
import { firebreak } from './firebreak.ts';

/* `firebreak audit` as an auditor runs it: a process of its own on a database that somebody may have been at. */

let db: TestDatabase;
let folder: string;
let head: string;
let exported: readonly string[];

const audit = (...args: readonly string[]) => firebreak(['audit', ...args], { DATABASE_URL: db.url });

const tables = ['approvals', 'remediation_events', 'audit_head'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firebreak-audit-'));
  db = await openDatabase();
  const requestedBy = { kind: 'person', actor: requester } as const;
  const asked = { id: randomUUID(), action: restartOf(), requestedBy };
  let { remediation: row } = await db.store.open(asked, randomUUID());
  for (const state of ['evaluated', 'waiting'] as const) {
    const transition = transitionTo(row, state);
    await db.store.transition(row, transition);
    row = transition.next;
  }
  await db.store.vote(row.id, () => ({
    answer: { kind: 'recorded', sentence: 'Thank you.' },
    approval: { actor: firstApprover, decision: 'approve', digest, at: row.updatedAt },
  }));
  await db.knex.raw(
    tables.map((table) => `create table kept_${table} as select * from ${table};`).join('\n'),
  );
  head = (await audit('head')).stdout.trim();
  exported = (await audit('export')).stdout.trim().split('\n');
});
beforeEach(async () => {
  const back = tables.map(
    (table) =>
      `delete from ${table}; insert into ${table} overriding system value select * from kept_${table};`,
  );
  await db.knex.raw(back.join('\n'));
});
afterAll(async () => {
  await db.close();
  await rm(folder, { recursive: true, force: true });
});

test('an untouched database is intact, and its head and its lines are printed', async () => {
  expect(head).toMatch(/^4:[0-9a-f]{64}$/);
  expect(exported.map((line) => JSON.parse(line).event)).toEqual([
    'requested',
    'evaluated',
    'waiting',
    'approve',
  ]);
  const verified = await audit('verify', '--head', head);
  expect(verified).toEqual({ code: 0, stdout: `Intact: 4 lines, head ${head}\n`, stderr: '' });
  const asJson = await audit('verify', '--json');
  expect(JSON.parse(asJson.stdout)).toEqual({
    kind: 'intact',
    head: { seq: 4, hash: head.split(':')[1] },
  });
});

const cut = `delete from remediation_events where seq > 3;
  delete from approvals;
  update audit_head set seq = 3, hash = (select hash from remediation_events where seq = 3)`;

describe('planted in the database', () => {
  test.each<[string, string, RegExp]>([
    [
      'an edited move',
      "update remediation_events set event = 'x' where seq = 2",
      /^Broken at line 2: .*was changed/,
    ],
    ['a deleted move', 'delete from remediation_events where seq = 2', /^Broken at line 2: .*missing/],
    ['another approver', "update approvals set user_id = 'U0EVE'", /^Broken at line \d+: /],
    [
      'a vote that nobody cast',
      "insert into approvals (remediation_id, user_id, team_id, decision, digest, at) select remediation_id, 'U0EVE', 'T0TEAM', decision, digest, at from approvals",
      /^Broken at line \d+: /,
    ],
    ['a lost head', 'delete from audit_head', /^Broken at line 5: .*head/],
  ])('%s is found, with its line', async (_name, sql, words) => {
    await db.knex.raw(sql);
    const found = await audit('verify');
    expect(found).toMatchObject({ code: 1, stderr: '' });
    expect(found.stdout).toMatch(words);
    const told = await audit('verify', '--json');
    expect(told.code).toBe(1);
    expect(JSON.parse(told.stdout)).toMatchObject({ kind: 'broken' });
    // A head of what was changed is not worth keeping.
    const refused = await audit('head');
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toContain('the chain is broken');
  });

  test('a tail that was cut with its head is found by the head that was noted before', async () => {
    await db.knex.raw(cut);
    expect((await audit('verify')).code).toBe(0);
    const found = await audit('verify', '--head', head);
    expect(found.code).toBe(1);
    expect(found.stdout).toMatch(/^Broken at line 4: .*line 4 was there once/);
  });
});

describe('an export, without a database', () => {
  const verifyFile = async (lines: readonly string[], ...args: readonly string[]) => {
    const file = join(folder, `${randomUUID()}.jsonl`);
    await writeFile(file, `${lines.join('\n')}\n`);
    return firebreak(['audit', 'verify', '--file', file, ...args]);
  };

  test('is intact as it was written', async () => {
    expect(await verifyFile(exported, '--head', head)).toMatchObject({ code: 0 });
  });

  test('an edited, an exchanged and a foreign line are found', async () => {
    const edited = exported.with(1, (exported[1] ?? '').replace('evaluated', 'approved'));
    const exchanged = exported.with(1, exported[2] ?? '').with(2, exported[1] ?? '');
    for (const lines of [edited, exchanged, exported.with(1, 'hello')]) {
      const found = await verifyFile(lines);
      expect(found.code).toBe(1);
      expect(found.stdout).toMatch(/^Broken at line 2: /);
    }
  });

  test('a cut tail is found by the head that was noted before', async () => {
    expect(await verifyFile(exported.slice(0, 3))).toMatchObject({ code: 0 });
    const found = await verifyFile(exported.slice(0, 3), '--head', head);
    expect(found.code).toBe(1);
    expect(found.stdout).toContain('line 4');
  });
});
