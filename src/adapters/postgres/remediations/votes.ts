import { type Approval, approval } from '../../../domain/approval.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import type { Answer, VoteOutcome } from '../../../workflow/ports.ts';
import { appendEvents } from '../audit/audit.ts';
import type { Entry } from '../audit/chain.ts';
import { voteEntry, voteRow } from '../audit/records.ts';
import type { Context } from '../context.ts';
import { clean, type Db, rows, write } from '../sql.ts';
import { transact } from '../transact.ts';
import { findById } from './remediations.ts';
import { applyLocked } from './transition.ts';

const row = voteRow
  .omit({ remediation_id: true })
  .transform(({ user_id: userId, team_id: teamId, reason, roles, checked_at: checkedAt, ...rest }) =>
    approval.parse({
      ...rest,
      actor: { userId, teamId },
      ...(reason === null ? {} : { reason }),
      ...(roles === null ? {} : { roles }),
      ...(checkedAt === null ? {} : { checkedAt }),
    }),
  );

/** Everybody's decisions on a remediation, in the order in which they were recorded. */
export async function findApprovals(db: Db, remediationId: string): Promise<readonly Approval[]> {
  const sql = `select user_id, team_id, decision, digest, at, reason, roles, checked_at from approvals where remediation_id = ? order by recorded_at`;
  return rows(db, row, sql, [remediationId]);
}

/** The pure judge of a click; see Store.vote. */
export type Judge = (current: Remediation, approvals: readonly Approval[]) => VoteOutcome;

/**
 * Decides one click. The row stays locked from the look to the commit, so a hundred clicks at once are judged one
 * after the other, each with all earlier ones before it; the primary key would refuse a second decision anyway.
 */
export async function vote(context: Context, id: string, judge: Judge): Promise<Answer> {
  return transact(context.knex, async (trx) => {
    const current = await findById(trx, id, true);
    if (current === undefined) return { kind: 'refused', sentence: 'This remediation is not known here.' };
    const outcome = judge(current, await findApprovals(trx, id));
    const lines = await record(context, trx, current, outcome.approval);
    if (outcome.transition === undefined) await appendEvents(trx, lines, context.sha256);
    else await applyLocked(context, trx, current, outcome.transition, lines);
    return outcome.answer;
  });
}

/** Writes a vote down; answers its line of the chain, which is appended with that of the move, last of all. */
async function record(
  context: Context,
  trx: Db,
  current: Remediation,
  given: Approval | undefined,
): Promise<readonly Entry[]> {
  if (given === undefined) return [];
  const reason = given.reason === undefined ? {} : { reason: clean(given.reason) };
  const roles = given.roles === undefined ? {} : { roles: given.roles.map(clean) };
  const stored = { ...given, ...reason, ...roles };
  await insertApproval(trx, current.id, stored);
  return [voteEntry(current, stored, context.sha256)];
}

/** One row a person. The only second thought that is recorded is a no after a yes: stopping is always possible. */
async function insertApproval(trx: Db, id: string, given: Approval): Promise<void> {
  const sql = `insert into approvals (remediation_id, user_id, team_id, decision, digest, at, reason, roles, checked_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (remediation_id, user_id) do update set decision = excluded.decision, digest = excluded.digest,
      at = excluded.at, reason = excluded.reason, roles = excluded.roles, checked_at = excluded.checked_at,
      recorded_at = clock_timestamp()
    where approvals.decision = 'approve' and excluded.decision = 'reject'`;
  const { actor, decision, digest, at, reason, roles, checkedAt } = given;
  const bindings = [
    id,
    actor.userId,
    actor.teamId,
    decision,
    digest,
    at,
    reason ?? null,
    roles === undefined ? null : [...roles],
    checkedAt ?? null,
  ];
  if ((await write(trx, sql, bindings)) === 1) return;
  throw new Error(`${actor.userId} has decided on remediation ${id} already`);
}
