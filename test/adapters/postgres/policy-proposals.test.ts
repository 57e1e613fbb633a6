import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
  createPolicyProposals({ knex: db.knex, newId: randomUUID, channel: 'C0OPS', clock: () => noon });

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

const look = (trust: object, playbooks = [restartPlaybook]) =>
  watchTrust({
    proposals: proposals(),
    store: db.store,
    playbooks: () => playbooks,
    policy: () => policy.parse({ version: 1, trust }),
    clock: () => noon,
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

test.each<[string, () => Promise<unknown>, string]>([
  ['the policy names it', () => look({ ...demand, alone: [place] }), 'The policy names it.'],
  ['the policy asks for it no more', () => look({ minimum: 0.5 }), 'does not ask for it any more'],
  ['the playbook is gone', () => look(demand, []), 'There is no playbook'],
  ['it was edited', () => look(demand, [{ ...restartPlaybook, claim: 'none' }]), 'The playbook was edited.'],
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
