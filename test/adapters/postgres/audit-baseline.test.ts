import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendEvents } from '../../../src/adapters/postgres/audit/audit.ts';
import type { Entry } from '../../../src/adapters/postgres/audit/chain.ts';
import {
  linesOfBaseline,
  policyEntry,
  recordFault,
  voteEntry,
} from '../../../src/adapters/postgres/audit/records.ts';
import type { Db } from '../../../src/adapters/postgres/sql.ts';
import type { Approval } from '../../../src/domain/approval.ts';
import { noon } from '../../fixtures/facts.ts';
import { digest, firstApprover, secondApprover } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';
import { rowsOf } from './rows.ts';

/* Votes and policies with lines of their own, and those that only a baseline vouches for: what is said of each, word by word. */

let db: TestDatabase;
let id: string;
let lines: { vote: Entry; policy: Entry; bareVote: Entry; barePolicy: Entry };
const { opened } = rowsOf(() => db);
const given: Approval = { actor: firstApprover, decision: 'approve', digest, at: noon };
const later: Approval = {
  ...{ actor: secondApprover, decision: 'reject', digest, at: noon, reason: 'not now', roles: ['platform'] },
  checkedAt: '2026-03-01T11:59:00Z',
};
const first = { number: 1, at: noon, digest: sha256('{"version":1}'), previous: null, diff: [] };
const second = {
  ...{ number: 2, at: noon, digest: sha256('{"version":2}'), previous: first.digest },
  diff: ['version: 1 -> 2'],
};

/** Vote and policy with lines 2 and 3; a vote and a policy of before under the baseline of line 4. */
beforeAll(async () => {
  db = await openDatabase();
  ({ id } = await opened());
  const standing = { id, version: 0, state: 'requested' };
  lines = {
    ...{ vote: voteEntry(standing, later, sha256), policy: policyEntry(second, sha256) },
    ...{ bareVote: voteEntry(standing, given, sha256), barePolicy: policyEntry(first, sha256) },
  };
  for (const vote of [given, later]) {
    const { actor, decision, at, reason = null, roles = null, checkedAt = null } = vote;
    await db.knex('approvals').insert({
      ...{ remediation_id: id, user_id: actor.userId, team_id: actor.teamId, decision, digest, at },
      ...{ reason, roles, checked_at: checkedAt },
    });
  }
  for (const { number, at, previous, diff, digest: own } of [first, second])
    await db.knex.raw(
      `insert into policy_changes (number, at, digest, previous, diff, policy) overriding system value
        values (?, ?, ?, nullif(?, ''), ?, ?::jsonb)`,
      [number, at, own, previous ?? '', diff, `{"version":${number}}`],
    );
  const sum = sha256(sha256(lines.bareVote.dataDigest) + lines.barePolicy.dataDigest);
  const baseline = baselineOf('counted', sum);
  await db.knex.transaction((trx) => appendEvents(trx, [lines.vote, lines.policy, baseline]));
});
afterAll(() => db.close());

const baselineOf = (to: string, dataDigest: string): Entry => ({
  ...{ kind: 'baseline', remediation: null, version: null, event: 'baseline', from: null, to },
  ...{ actor: null, dataDigest, at: noon },
});

/** Runs SQL as an intruder would, looks, and undoes it. */
async function afterTampering<T>(sql: string, look: (db: Db) => Promise<T>): Promise<T> {
  const trx = await db.knex.transaction();
  try {
    if (sql !== '') await trx.raw(sql);
    return await look(trx);
  } finally {
    await trx.rollback();
  }
}

describe('the line', () => {
  test('of a vote binds to all of it; what came later is left out where it is empty', () => {
    const { userId, teamId } = firstApprover;
    expect(lines.bareVote).toEqual({
      ...{ kind: 'vote', remediation: id, version: 0, event: 'approve', from: 'requested', to: 'requested' },
      ...{ actor: userId, at: noon },
      dataDigest: sha256(JSON.stringify([id, userId, teamId, 'approve', digest, noon, null, null])),
    });
    const stored = [id, secondApprover.userId, secondApprover.teamId, 'reject', digest, noon];
    const more = ['not now', ['platform'], '2026-03-01T11:59:00.000Z'];
    expect(lines.vote.dataDigest).toBe(sha256(JSON.stringify([...stored, ...more])));
  });

  test('of a vote has its time in one form', () => {
    const entry = voteEntry(
      { id, version: 3, state: 'waiting' },
      { ...given, at: '2026-03-01T12:00:00Z' },
      sha256,
    );
    expect(entry).toMatchObject({
      at: '2026-03-01T12:00:00.000Z',
      version: 3,
      from: 'waiting',
      to: 'waiting',
    });
  });

  test('of a policy goes from one digest to the next', () => {
    expect(lines.policy).toEqual({
      ...{ kind: 'policy', remediation: null, version: 2, event: 'policy', from: first.digest },
      ...{ to: second.digest, actor: null, at: noon },
      dataDigest: sha256(JSON.stringify([2, noon, second.digest, first.digest, ['version: 1 -> 2']])),
    });
  });
});

const past = 'past the program';
const theVote = (seq: number, what: string) =>
  `the vote of ${secondApprover.userId} on remediation ${id} is not as line ${seq} says: it was ${what} ${past}`;
const thePolicy = (what: string) => `policy 2 is not as line 3 says: it was ${what} ${past}`;
const notCounted = `votes or policies are not as the chain says: some were added, changed or deleted ${past}`;
const ofVote = `where user_id = '${secondApprover.userId}'`;
const ofBareVote = `where user_id = '${firstApprover.userId}'`;
const addedVote = `insert into approvals (remediation_id, user_id, team_id, decision, digest, at)
  select id, 'U0EVE', 'T0TEAM', 'approve', 'd', now() from remediations`;

test.each<[string, number, number | undefined, () => string]>([
  ['', 0, undefined, () => ''],
  [`update approvals set reason = 'x' ${ofVote}`, 0, 2, () => theVote(2, 'changed')],
  [`update approvals set user_id = 'U0EVE' ${ofVote}`, 0, 2, () => theVote(2, 'deleted')],
  [`update approvals set checked_at = null ${ofVote}`, 0, 2, () => theVote(2, 'changed')],
  [`delete from approvals ${ofVote}`, 0, 2, () => theVote(2, 'deleted')],
  [`update policy_changes set diff = '{}' where number = 2`, 0, 3, () => thePolicy('changed')],
  [`update policy_changes set previous = digest where number = 2`, 0, 3, () => thePolicy('changed')],
  ['delete from policy_changes where number = 2', 0, 3, () => thePolicy('deleted')],
  [
    `update policy_changes set policy = '{}' where number = 1`,
    ...([0, 0] as const),
    () => `policy 1 does not have its digest: it was changed ${past}`,
  ],
  [`update approvals set reason = 'x' ${ofBareVote}`, 0, 4, () => notCounted],
  [`delete from approvals ${ofBareVote}`, 0, 4, () => notCounted],
  ['delete from policy_changes where number = 1', 0, 4, () => notCounted],
  [addedVote, 0, 4, () => notCounted],
  [`delete from remediation_events where kind = 'baseline'`, 0, 0, () => notCounted],
  [`update remediation_events set data_digest = '' where kind = 'baseline'`, 0, 4, () => notCounted],
  // Of a vote whose line was pruned nothing vouches, and only the baseline may count it.
  ['', 2, 4, () => notCounted],
  [`delete from approvals ${ofVote}`, 2, undefined, () => ''],
  ['', 4, 0, () => notCounted],
])('after %j, lines from %i on', async (sql, start, seq, sentence) => {
  expect(await afterTampering(sql, (trx) => recordFault(trx, sha256, start))).toEqual(
    seq === undefined ? undefined : { kind: 'broken', seq, sentence: sentence() },
  );
});

test('of a vote that was cast again the last line counts', async () => {
  const again: Approval = { ...later, decision: 'approve' };
  const entry = voteEntry({ id, version: 0, state: 'requested' }, again, sha256);
  const cast = `update approvals set decision = 'approve' ${ofVote}`;
  const both = (sql: string) =>
    afterTampering('', async (trx) => {
      await appendEvents(trx, [entry]);
      if (sql !== '') await trx.raw(sql);
      return await recordFault(trx, sha256, 0);
    });
  expect(await both(cast)).toBeUndefined();
  expect(await both('')).toEqual({ kind: 'broken', seq: 5, sentence: theVote(5, 'changed') });
});

test('what only a baseline vouches for gets lines of its own, once, and the baseline vouches for nothing more', async () => {
  const at = '2026-03-02T12:00:00.000Z';
  await afterTampering('', async (trx) => {
    const own = await linesOfBaseline(trx, sha256, at);
    expect(own).toEqual([
      { ...lines.bareVote, at: noon },
      lines.barePolicy,
      { ...baselineOf('vouched', ''), at },
    ]);
    await appendEvents(trx, own);
    expect(await recordFault(trx, sha256, 0)).toBeUndefined();
    expect(await linesOfBaseline(trx, sha256, at)).toEqual([]);
  });
});

test.each([
  ['there is none', `delete from remediation_events where kind = 'baseline'`],
  ['something is not as it says', `update approvals set reason = 'x' ${ofBareVote}`],
])('nothing gets a line where %s', async (_name, sql) => {
  expect(await afterTampering(sql, (trx) => linesOfBaseline(trx, sha256, noon))).toEqual([]);
});
