import { z } from 'zod';
import { type Approval, approval } from '../../../domain/approval.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import type { Answer, VoteOutcome } from '../../../workflow/ports.ts';
import type { Context } from '../context.ts';
import { clean, type Db, rows, timestamp, write } from '../sql.ts';
import { transact } from '../transact.ts';
import { findById } from './remediations.ts';
import { applyLocked } from './transition.ts';

const row = z
  .object({
    user_id: z.string(),
    team_id: z.string(),
    decision: z.string(),
    digest: z.string(),
    at: timestamp,
    reason: z.string().nullable(),
    roles: z.array(z.string()).nullable(),
  })
  .transform(({ user_id: userId, team_id: teamId, reason, roles, ...rest }) =>
    approval.parse({
      ...rest,
      actor: { userId, teamId },
      ...(reason === null ? {} : { reason }),
      ...(roles === null ? {} : { roles }),
    }),
  );

/** Everybody's decisions on a remediation, in the order in which they were recorded. */
export async function findApprovals(db: Db, remediationId: string): Promise<readonly Approval[]> {
  const sql = `select user_id, team_id, decision, digest, at, reason, roles from approvals where remediation_id = ? order by recorded_at`;
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
    if (outcome.approval !== undefined) await insertApproval(trx, id, outcome.approval);
    if (outcome.transition !== undefined) await applyLocked(context, trx, current, outcome.transition);
    return outcome.answer;
  });
}

/** One row a person. The only second thought that is recorded is a no after a yes: stopping is always possible. */
async function insertApproval(trx: Db, id: string, given: Approval): Promise<void> {
  const sql = `insert into approvals (remediation_id, user_id, team_id, decision, digest, at, reason, roles) values (?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (remediation_id, user_id) do update set decision = excluded.decision, digest = excluded.digest,
      at = excluded.at, reason = excluded.reason, recorded_at = clock_timestamp()
    where approvals.decision = 'approve' and excluded.decision = 'reject'`;
  const { actor, decision, digest, at, reason, roles } = given;
  const bindings = [
    id,
    actor.userId,
    actor.teamId,
    decision,
    digest,
    at,
    reason === undefined ? null : clean(reason),
    roles === undefined ? null : roles.map(clean),
  ];
  if ((await write(trx, sql, bindings)) === 1) return;
  throw new Error(`${actor.userId} has decided on remediation ${id} already`);
}
