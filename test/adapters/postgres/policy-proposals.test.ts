import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { down, up } from '../../../migrations/0066-votes-on-proposals.ts';
import { readChain, verifyAudit } from '../../../src/adapters/postgres/audit/audit.ts';
import { recordOutcome } from '../../../src/adapters/postgres/incidents/playbooks.ts';
import { createPolicyProposals } from '../../../src/adapters/postgres/policy-proposals.ts';
import { transact } from '../../../src/adapters/postgres/transact.ts';
import type { Outcome } from '../../../src/domain/incidents/outcome.ts';
import { playbook } from '../../../src/domain/incidents/playbook.ts';
import { policy } from '../../../src/domain/policy/policy.ts';
import { learn } from '../../../src/stages/learn/trust.ts';
import { digestOf } from '../../../src/workflow/context.ts';
import { watchTrust } from '../../../src/workflow/trust/propose.ts';
import { judgePolicyVote } from '../../../src/workflow/trust/vote.ts';
import { noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';
import { rowsOf } from './rows.ts';

/* From outcomes that lasted to the diff of the policy, and back when trust falls: on PostgreSQL. */

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());
const { opened } = rowsOf(() => db);

const restartPlaybook = playbook.parse({
  version: 1,
  name: 'restart-crash-looping',
  description: 'Restart the workload whose pod is crash looping.',
  match: { labels: { alertname: 'KubePodCrashLooping' } },
  action: 'rollout restart {{kind}}/{{name}} -n {{namespace}}',
});
const place = { playbook: restartPlaybook.name, environment: 'other namespaces' };
const digest = digestOf({ sha256 }, restartPlaybook);
const proposals = () =>
  createPolicyProposals({ knex: db.knex, newId: randomUUID, channel: 'C0OPS', clock: () => noon, sha256 });

async function came(result: Outcome['result'], at = noon): Promise<void> {
  const row = await opened();
  await transact(db.knex, (trx) =>
    recordOutcome(
      {
        ...db,
        newId: randomUUID,
        channel: 'C0OPS',
        cluster: 'test',
        identity: () => undefined,
        clock: () => at,
        sha256,
        learn,
      },
      trx,
      row,
      {
        earned: { ...place, digest },
        result,
      },
    ),
  );
}

const look = (trust: object, playbooks = [restartPlaybook], at = noon) =>
  watchTrust({
    proposals: proposals(),
    store: db.store,
    playbooks: () => playbooks,
    policy: () => policy.parse({ version: 1, trust }),
    clock: () => at,
    sha256,
    log: silentLog,
  }).run(undefined, new AbortController().signal);
const demand = { minimum: 0.5, alone: [] };
const messages = () =>
  db.knex('slack_outbox').where('key', 'like', 'policy:%').orderBy('key').select('key', 'notice');

test('what has earned the minimum is proposed once, with its evidence, where the policy wants it named', async () => {
  for (let count = 0; count < 3; count += 1) await came('lasted');
  expect((await look(demand)).result).toEqual({ proposed: 0, withdrawn: 0 });
  for (let count = 0; count < 7; count += 1) await came('lasted');
  expect((await look({ minimum: 0.5 })).result).toEqual({ proposed: 0, withdrawn: 0 });
  await Promise.all([look(demand), look(demand)]);
  await look(demand);
  const [open, ...others] = await proposals().open();
  expect(others).toEqual([]);
  expect(open).toMatchObject({ ...place, state: 'open', votes: [] });
  expect(open?.evidence).toMatchObject({ samples: 10, successes: 10, minimum: 0.5, playbookDigest: digest });
  expect(open?.evidence.lasted).toHaveLength(10);
  expect(await messages()).toMatchObject([{ key: 'policy:1', notice: { kind: 'policy', proposal: 1 } }]);
});

test('two people at once, each twice: two votes, one end, one diff', async () => {
  const [open] = await proposals().open();
  if (open === undefined) throw new Error('there is none');
  const vote = (userId: string) =>
    proposals().vote(open.number, (current) =>
      judgePolicyVote(current, { userId, decision: 'approve', digest: open.digest, at: noon }, undefined, {
        kind: 'diff',
        text: '+one line',
      }),
    );
  const answers = await Promise.all(['U0ANN', 'U0BEN', 'U0ANN', 'U0BEN'].map(vote));
  expect(answers.filter(({ kind }) => kind === 'recorded')).toHaveLength(2);
  expect(await proposals().find(open.number)).toMatchObject({ state: 'approved', votes: [{}, {}] });
  const diffs = (await messages()).filter(({ notice }) => notice.preformatted === '+one line');
  expect(diffs).toHaveLength(1);
  expect(
    await db.knex('automation_operation_log').where('command', 'like', '%policy proposal%'),
  ).toHaveLength(2);
  await look(demand);
  expect(await proposals().open(), 'not again within a month').toEqual([]);
});

describe('the audit chain vouches for each vote:', () => {
  /** Runs SQL as an intruder would, looks, and undoes it. */
  async function afterTampering(sql: string) {
    await db.knex.raw('create table kept as select * from policy_proposals');
    try {
      await db.knex.raw(sql);
      return await verifyAudit(db.knex, sha256);
    } finally {
      await db.knex.raw(`delete from policy_proposals;
        insert into policy_proposals overriding system value select * from kept; drop table kept`);
    }
  }
  const set = (value: string) => `update policy_proposals set ballots = ${value}`;

  test('with who it was, and what came of it', async () => {
    expect((await verifyAudit(db.knex, sha256)).kind).toBe('intact');
    const lines = (await readChain(db.knex, 0, 1000)).filter(({ kind }) => kind === 'proposal');
    expect(lines).toMatchObject([
      { event: 'approve', from: 'open', to: 'open', version: 1 },
      { event: 'approve', from: 'open', to: 'approved', version: 1 },
    ]);
    expect(new Set(lines.map(({ actor }) => actor))).toEqual(new Set(['U0ANN', 'U0BEN']));
  });

  test.each([
    ['another person in the place of an approver', set(`jsonb_set(ballots, '{0,userId}', '"U0EVE"')`)],
    ['the groups that were approved for', set(`jsonb_set(ballots, '{0,roles}', '["security"]')`)],
    ['a yes made a no', set(`jsonb_set(ballots, '{1,decision}', '"reject"')`)],
    ['what was approved', set(`jsonb_set(ballots, '{1,digest}', '"other"')`)],
    ['when', set(`jsonb_set(ballots, '{1,at}', '"2026-01-01T00:00:00.000Z"')`)],
    ['a vote taken away', set('ballots - 0')],
    ['a vote added', set(`ballots || jsonb_set(ballots -> 0, '{userId}', '"U0EVE"')`)],
    ['a vote twice', set('ballots || (ballots -> 0)')],
    ['for another playbook', `update policy_proposals set playbook = 'delete-all'`],
    ['for another environment', `update policy_proposals set environment = 'production'`],
    ['what was decided', `update policy_proposals set state = 'rejected'`],
    ['open once more', `update policy_proposals set state = 'open'`],
    ['gone', 'delete from policy_proposals'],
    [
      'one that nobody voted on, called approved',
      `insert into policy_proposals (playbook, environment, evidence, digest, state) values ('p', 'e', '{}', '', 'approved')`,
    ],
  ])('found is %s', async (_name, sql) => {
    expect(await afterTampering(sql)).toMatchObject({ kind: 'broken' });
    expect((await verifyAudit(db.knex, sha256)).kind).toBe('intact');
  });

  test('votes from before they had lines get theirs, and are held against them from then on', async () => {
    await down(db.knex);
    const voted = (userId: string, roles?: string[]) => ({
      ...{ userId, decision: 'approve', digest: 'x', at: noon },
      ...(roles === undefined ? {} : { roles }),
    });
    const old = {
      ...{ playbook: 'old "quoted"', environment: 'prod-eu: production', state: 'approved', digest: 'x' },
      ...{ evidence: '{}', votes: JSON.stringify([voted('U0ANN'), voted('U0BEN', ['security'])]) },
    };
    await db.knex('policy_proposals').insert(old);
    await up(db.knex);
    expect((await verifyAudit(db.knex, sha256)).kind).toBe('intact');
    expect(await afterTampering(set(`ballots - 1`))).toMatchObject({ kind: 'broken' });
    await db.knex('policy_proposals').where({ playbook: old.playbook }).update({ state: 'rejected' });
    expect((await verifyAudit(db.knex, sha256)).kind).toBe('broken');
    await db.knex('policy_proposals').where({ playbook: old.playbook }).update({ state: 'approved' });
  });

  test('a replica of the version before cannot store one without a line', async () => {
    const old = db.knex.raw(`update policy_proposals set votes = '[{}]'`);
    await expect(old).rejects.toThrow('policy_proposals_votes_moved');
  });
});

test.each<[string, () => Promise<unknown>, string]>([
  ['the policy names it', () => look({ ...demand, alone: [place] }), 'The policy names it.'],
  ['the policy asks for it no more', () => look({ minimum: 0.5 }), 'does not ask for it any more'],
  ['the playbook is gone', () => look(demand, []), 'There is no playbook'],
  ['it was edited', () => look(demand, [{ ...restartPlaybook, claim: 'none' }]), 'The playbook was edited.'],
  [
    'its time is over',
    () =>
      look(
        { ...demand, proposalHours: 2 },
        [restartPlaybook],
        new Date(Date.now() + 7_200_000).toISOString(),
      ),
    'It was not approved within 2 hours',
  ],
  [
    'trust has fallen',
    async () => {
      for (let count = 0; count < 5; count += 1) await came('undone');
      return look(demand);
    },
    'Its trust has fallen to',
  ],
])('it is withdrawn when %s', async (_name, happens, why) => {
  await db.knex.raw(`update policy_proposals set opened_at = now() - interval '31 days'`);
  await look(demand);
  const [open] = await proposals().open();
  if (open === undefined) throw new Error('there is none');
  await happens();
  expect(await proposals().open()).toEqual([]);
  expect(await proposals().find(open.number)).toMatchObject({
    state: 'withdrawn',
    why: expect.stringContaining(why),
  });
});

test('trust is what its verdicts say, replayed from the first to the last, to the last digit', async () => {
  const all = await db
    .knex('playbook_outcomes')
    .where(place)
    .orderBy(['at', 'id'])
    .select('result', 'at', 'digest');
  const outcomes = all.map(({ result, at, digest: of }) => ({ result, at: at.toISOString(), digest: of }));
  const asked = { environment: place.environment, digest, at: noon };
  const replayed = learn(outcomes, asked);
  const stored = await db.store.trust(place.playbook, asked);
  expect(Math.abs((stored?.score ?? 0) - (replayed?.score ?? 1))).toBeLessThan(1e-12);
  expect(Math.abs((stored?.lowerBound ?? 0) - (replayed?.lowerBound ?? 1))).toBeLessThan(1e-12);
  let score = 0.5;
  for (const { result } of outcomes) score += 0.2 * (Number(result === 'lasted') - score);
  expect(Math.abs(score - (stored?.score ?? 0))).toBeLessThan(1e-12);
  const [kept] = await db.knex('playbooks').where({ name: place.playbook });
  expect(Math.abs(kept.trust_score - score)).toBeLessThan(1e-12);
});
