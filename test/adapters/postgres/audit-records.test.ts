import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readChain, verifyAudit } from '../../../src/adapters/postgres/audit/audit.ts';
import { recordPolicy } from '../../../src/adapters/postgres/audit/policy-changes.ts';
import type { Approval } from '../../../src/domain/approval.ts';
import { noon, restartOf } from '../../fixtures/facts.ts';
import {
  digest,
  firstApprover,
  requester,
  secondApprover,
  transitionTo,
} from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';

/* Who approved and what the policy said are vouched for by the chain, not only the moves of remediations. */

let db: TestDatabase;
let id: string;
beforeAll(async () => {
  db = await openDatabase();
  await recordPolicy(db.knex, { version: 1, productionFactor: 1.5 }, sha256);
  await recordPolicy(db.knex, { version: 1, productionFactor: 2 }, sha256);
  id = await approvedByTwo();
});
afterAll(() => db.close());

async function approvedByTwo(): Promise<string> {
  const requestedBy = { kind: 'person', actor: requester } as const;
  const asked = { id: randomUUID(), action: restartOf(), requestedBy };
  let { remediation: row } = await db.store.open(asked, randomUUID());
  for (const state of ['evaluated', 'waiting'] as const) {
    const transition = transitionTo(row, state);
    await db.store.transition(row, transition);
    row = transition.next;
  }
  await cast(row.id, { actor: firstApprover, decision: 'approve', digest, at: noon });
  const groups = { roles: ['platform\0'], reason: 'not now \ud800' };
  await cast(row.id, { actor: secondApprover, decision: 'approve', digest, at: noon, ...groups });
  return row.id;
}

/** A vote with no move of its own, as the first of two has when nothing is told of it. */
async function cast(on: string, approval: Approval): Promise<void> {
  await db.store.vote(on, () => ({ answer: { kind: 'recorded', sentence: 'Thank you.' }, approval }));
}

/** Runs SQL as an intruder would, looks, and undoes it. */
async function afterTampering(sql: string) {
  const tables = ['approvals', 'policy_changes', 'remediation_events', 'audit_head'];
  const kept = tables.map((table) => `create table kept_${table} as select * from ${table};`);
  await db.knex.raw(kept.join('\n'));
  try {
    await db.knex.raw(sql);
    return await verifyAudit(db.knex, sha256);
  } finally {
    const restored = tables.map(
      (table) =>
        `delete from ${table}; insert into ${table} overriding system value select * from kept_${table}; drop table kept_${table};`,
    );
    await db.knex.raw(restored.join('\n'));
  }
}

test('each vote and each policy has a line, and the chain says who voted', async () => {
  expect((await verifyAudit(db.knex, sha256)).kind).toBe('intact');
  const lines = await readChain(db.knex, 0, 100);
  expect(lines.map(({ kind, event, actor }) => [kind, event, actor])).toEqual([
    ['policy', 'policy', null],
    ['policy', 'policy', null],
    ['move', 'requested', null],
    ['move', 'evaluated', null],
    ['move', 'waiting', null],
    ['vote', 'approve', firstApprover.userId],
    ['vote', 'approve', secondApprover.userId],
  ]);
});

const tampering = [
  [
    'another person put in the place of an approver',
    `update approvals set user_id = 'U0EVE' where user_id = '${firstApprover.userId}'`,
  ],
  ['a vote of another person added', addedVote('2027-01-01')],
  ['a vote dated before everything else added', addedVote('2000-01-01')],
  ['a deleted vote', `delete from approvals where user_id = '${firstApprover.userId}'`],
  ['all votes deleted', 'delete from approvals'],
  ['a no made a yes', `update approvals set decision = 'reject'`],
  ['the digest that was approved', `update approvals set digest = '${'e'.repeat(64)}'`],
  ['the groups that were approved for', `update approvals set roles = '{security}'`],
  ['the time of a vote', `update approvals set at = at - interval '1 hour'`],
  ['when an approver was looked up', `update approvals set checked_at = '2026-03-01T12:00:00Z'`],
  ['the workspace of an approver', `update approvals set team_id = 'T0EVE'`],
  ['a reason', `update approvals set reason = 'because'`],
  ['a deleted policy', 'delete from policy_changes where number = 2'],
  ['all policies deleted', 'delete from policy_changes'],
  [
    'an edited policy',
    `update policy_changes set policy = jsonb_set(policy, '{productionFactor}', '1') where number = 2`,
  ],
  ['what differed', `update policy_changes set diff = '{}'`],
  ['when it came into force', `update policy_changes set at = at - interval '1 hour' where number = 1`],
  [
    'an added policy with a digest of its own',
    `insert into policy_changes (digest, previous, diff, policy) values ('${sha256('{"version":1}')}', null, '{}', '{"version":1}')`,
  ],
  [
    'the line of a vote deleted with the vote',
    `delete from approvals where user_id = '${secondApprover.userId}'; delete from remediation_events where actor = '${secondApprover.userId}'`,
  ],
  [
    'the line of a vote called a move',
    `update remediation_events set kind = 'move', version = 99 where actor = '${firstApprover.userId}'`,
  ],
  ['another actor in the line', `update remediation_events set actor = 'U0EVE' where kind = 'vote'`],
] as const;

function addedVote(recorded: string): string {
  return `insert into approvals (remediation_id, user_id, team_id, decision, digest, at, recorded_at)
    select id, 'U0EVE', 'T0TEAM', 'approve', '${digest}', '${recorded}', '${recorded}' from remediations`;
}

describe('found by the audit:', () => {
  test.each(tampering)('%s', async (_name, sql) => {
    expect(await afterTampering(sql)).toMatchObject({ kind: 'broken' });
    expect((await verifyAudit(db.knex, sha256)).kind).toBe('intact');
  });
});

test('a second thought has a line of its own, and the audit goes by the last', async () => {
  await cast(id, { actor: firstApprover, decision: 'reject', digest, at: noon, reason: 'no' });
  const found = await verifyAudit(db.knex, sha256);
  expect(found).toMatchObject({ kind: 'intact', head: { seq: 8 } });
  expect(await afterTampering(`update approvals set decision = 'approve', reason = null`)).toMatchObject({
    kind: 'broken',
    sentence: expect.stringContaining('was changed past the program'),
  });
});
