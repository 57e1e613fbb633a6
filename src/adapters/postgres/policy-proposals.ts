import { z } from 'zod';
import {
  type PolicyProposal,
  policyVote,
  proposedEveryDays,
  type TrustEvidence,
  type Trusted,
  trustEvidence,
  trustedText,
} from '../../domain/policy/proposal.ts';
import type { Answer } from '../../workflow/ports.ts';
import type { PolicyProposals, PolicyVoteOutcome } from '../../workflow/trust/proposals-port.ts';
import { appending } from './audit/audit.ts';
import { proposalEntry } from './audit/proposals.ts';
import type { Context } from './context.ts';
import { promisedReply } from './outbox/messages.ts';
import { priorities } from './outbox/priority.ts';
import { logInstant } from './remediations/operations.ts';
import { clean, type Db, jsonText, rows, timestamp, write } from './sql.ts';
import { transact } from './transact.ts';
import type { Transaction } from './transaction.ts';

type Given = Pick<Context, 'knex' | 'newId' | 'channel' | 'clock' | 'sha256'>;

const row = z
  .object({
    number: z.number(),
    playbook: z.string(),
    environment: z.string(),
    state: z.enum(['open', 'approved', 'rejected', 'withdrawn']),
    opened_at: timestamp,
    ended_at: timestamp.nullable(),
    why: z.string().nullable(),
    evidence: trustEvidence,
    digest: z.string(),
    ballots: z.array(policyVote),
  })
  .transform(
    ({ opened_at: openedAt, ended_at, why, ballots: votes, ...rest }): PolicyProposal => ({
      ...rest,
      votes,
      openedAt,
      ...(ended_at === null ? {} : { endedAt: ended_at }),
      ...(why === null ? {} : { why }),
    }),
  );

const named = z.object({ name: z.string() });
const numbered = z.object({ number: z.number() });

/** See PolicyProposals. */
export function createPolicyProposals(context: Given): PolicyProposals {
  const { knex } = context;
  return {
    environmentsOf: async (playbook) => {
      const sql = `select distinct environment as name from playbook_outcomes where playbook = ? and environment <> ''`;
      return (await rows(knex, named, sql, [clean(playbook)])).map(({ name }) => name).toSorted();
    },
    lastedIn: async ({ playbook, environment }) => {
      const sql = `select r.number from playbook_outcomes o join remediations r on r.id = o.remediation_id
        where o.playbook = ? and o.environment = ? and o.result = 'lasted' order by o.at desc limit 10`;
      return (await rows(knex, numbered, sql, [clean(playbook), clean(environment)])).map(
        ({ number }) => number,
      );
    },
    open: () => rows(knex, row, `select * from policy_proposals where state = 'open' order by number`),
    find: (number) => findProposal(knex, number),
    propose: (place, evidence, digest) => propose(context, place, evidence, digest),
    withdraw: (number, why) =>
      transact(knex, async (trx) => {
        const sql = `update policy_proposals set state = 'withdrawn', ended_at = now(), why = ? where number = ? and state = 'open'`;
        if ((await write(trx, sql, [clean(why), number])) > 0) await promise(context, trx, number);
      }),
    vote: (number, judge) => vote(context, number, judge),
  };
}

/** One as its message shows it. */
async function findProposal(db: Db, number: number, lock = false): Promise<PolicyProposal | undefined> {
  return (
    await rows(db, row, `select * from policy_proposals where number = ?${lock ? ' for update' : ''}`, [
      number,
    ])
  )[0];
}

/** "FBpp": one proposal for a place at a time. */
const proposeLock = 0x46427070;

async function propose(
  context: Given,
  { playbook, environment }: Trusted,
  evidence: TrustEvidence,
  digest: string,
): Promise<boolean> {
  return transact(context.knex, async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [proposeLock]);
    const sql = `insert into policy_proposals (playbook, environment, evidence, digest)
      select ?, ?, ?::jsonb, ? where not exists (
        select from policy_proposals where playbook = ? and environment = ?
          and (state = 'open' or opened_at > now() - interval '${proposedEveryDays} days'))
      returning number`;
    const place = [clean(playbook), clean(environment)];
    const [made] = await rows(trx, numbered, sql, [...place, jsonText(evidence), digest, ...place]);
    if (made === undefined) return false;
    await promise(context, trx, made.number);
    return true;
  });
}

const keyOf = (number: number): string => `policy:${number}`;

/** Its one message, brought up to date. */
async function promise({ newId, channel }: Given, trx: Db, number: number): Promise<void> {
  const sql = `insert into slack_outbox (id, key, kind, channel, notice, priority) values (?, ?, 'notice', ?, ?::jsonb, ?)
    on conflict (key) do update set desired_revision = slack_outbox.desired_revision + 1, status = 'open',
      next_attempt_at = least(slack_outbox.next_attempt_at, now())`;
  const notice = jsonText({ kind: 'policy', proposal: number });
  await write(trx, sql, [newId(), keyOf(number), channel, notice, priorities.card]);
}

async function vote(
  context: Given,
  number: number,
  judge: Parameters<PolicyProposals['vote']>[1],
): Promise<Answer> {
  return transact(context.knex, async (trx): Promise<Answer> => {
    const current = await findProposal(trx, number, true);
    if (current === undefined) return { kind: 'refused', sentence: 'This proposal is not known here.' };
    const outcome = judge(current);
    if (outcome.vote !== undefined || outcome.becomes !== undefined)
      await settle(context, trx, current, outcome);
    return outcome.answer;
  });
}

/** Writes what a vote came to. Its line of the chain, whose head is locked last of all, is the last word. */
async function settle(
  context: Given,
  trx: Transaction,
  current: PolicyProposal,
  { vote: given, becomes, why, told }: PolicyVoteOutcome,
): Promise<void> {
  const { number } = current;
  const state = becomes ?? 'open';
  const votes = given === undefined ? current.votes : [...current.votes, given];
  const sql = `update policy_proposals set ballots = ?::jsonb, state = ?, why = ?,
      ended_at = case when ? = 'open' then null else now() end where number = ?`;
  await write(trx, sql, [jsonText(votes), state, why === undefined ? null : clean(why), state, number]);
  if (given !== undefined) await note(context, trx, current, given);
  await promise(context, trx, number);
  if (told !== undefined) {
    const key = `${keyOf(number)}:${votes.length}:${state}`;
    const notice = { kind: 'reply', broadcast: false, ...told } as const;
    trx.last(promisedReply(context, { key, rootKey: keyOf(number), incidentId: null, notice }));
  }
  if (given !== undefined) trx.last(appending([proposalEntry(current, given, state, context.sha256)]));
}

/** Who decided what stands in the log of operations, once. */
async function note(
  { clock }: Given,
  trx: Transaction,
  { number, ...place }: PolicyProposal,
  { userId, decision }: PolicyProposal['votes'][number],
): Promise<void> {
  await logInstant(trx, {
    requestKey: `policy:${number}:${userId}`,
    command: `${decision} policy proposal ${number}`,
    requestedBy: userId,
    outcome: 'no_action',
    detail: `${decision === 'approve' ? 'approved' : 'rejected'}: ${trustedText(place)}`,
    at: clock(),
  });
}
