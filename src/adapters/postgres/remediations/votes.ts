import { z } from 'zod';
import { type Approval, approval } from '../../../domain/approval.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import type { Answer, VoteOutcome } from '../../../workflow/ports.ts';
import { appending } from '../audit/audit.ts';
import type { Entry } from '../audit/chain.ts';
import { voteEntry, voteRow } from '../audit/records.ts';
import type { Context } from '../context.ts';
import type { Adopted } from '../jobs/going-on.ts';
import { clean, type Db, rows, type Statement } from '../sql.ts';
import { transact } from '../transact.ts';
import type { Transaction } from '../transaction.ts';
import { asStored, findById, moved } from './remediations.ts';
import { adoptedBy, applyEffects, applyLocked } from './transition.ts';

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
  if (!z.uuid().safeParse(remediationId).success) return [];
  const sql = `select user_id, team_id, decision, digest, at, reason, roles, checked_at from approvals where remediation_id = ? order by recorded_at`;
  return rows(db, row, sql, [remediationId]);
}

/** The pure judge of a click; see Store.vote. */
export type Judge = (current: Remediation, approvals: readonly Approval[]) => VoteOutcome;

/** What the caller has read of a row a moment ago. */
export interface Seen {
  readonly row: Remediation;
  readonly approvals: readonly Approval[];
}

/**
 * Decides one click. The row stays locked from the look to the commit, so a hundred clicks at once are judged one
 * after the other, each with all earlier ones before it; the primary key would refuse a second decision anyway. What has
 * been seen a moment ago is decided on at once, and written if that is how it still stands.
 */
export async function vote(context: Context, id: string, judge: Judge, seen?: Seen): Promise<Answer> {
  return (seen && (await voteOnSeen(context, judge, seen))) ?? voteLocked(context, id, judge);
}

/** The row or its votes are not what was seen. */
class Moved extends Error {}

/** Undefined where nothing is to be written, or where it was not written. */
async function voteOnSeen(
  context: Context,
  judge: Judge,
  { row, approvals }: Seen,
): Promise<Answer | undefined> {
  const outcome = judge(row, approvals);
  const { transition } = outcome;
  if (transition === undefined) return undefined;
  const step = adoptedBy(context, transition);
  try {
    await transact(context.knex, async (trx) => {
      const orElse = new Moved();
      trx.last({ ...moved(row, transition.next), orElse }, { ...asSeen(row.id, approvals), orElse });
      const lines = recordVote(context, trx, row, outcome.approval);
      await applyEffects(context, trx, row, transition, { before: lines, adopted: step });
    });
  } catch (error) {
    if (!(error instanceof Moved)) throw error;
    // It may be this very vote that has moved it, in a commit of which nobody heard; the other way finds it counted.
    await step?.beginIfCommitted(asStored(transition.next));
    return undefined;
  }
  await step?.begin(asStored(transition.next));
  return outcome.answer;
}

/** Fails where the votes are not those that were seen. A vote that counts moves the row, so with the same version there are the same votes; one that was struck out shows. */
export function asSeen(id: string, approvals: readonly Approval[]): Statement {
  const sql = 'select 1 / (count(*) = ?)::integer from approvals where remediation_id = ?';
  return { sql, bindings: [approvals.length, id], demandsItself: true };
}

async function voteLocked(context: Context, id: string, judge: Judge): Promise<Answer> {
  let next: { readonly row: Remediation; readonly step: Adopted } | undefined;
  let isCommitted = false;
  const answer = await transact(context.knex, async (trx): Promise<Answer> => {
    // The votes are read with the row locked: the server takes one after the other.
    const [current, approvals] = await Promise.all([findById(trx, id, true), findApprovals(trx, id)]);
    if (current === undefined) return { kind: 'refused', sentence: 'This remediation is not known here.' };
    const outcome = judge(current, approvals);
    isCommitted = outcome.transition !== undefined;
    const lines = recordVote(context, trx, current, outcome.approval);
    if (outcome.transition !== undefined) {
      const step = adoptedBy(context, outcome.transition);
      if (step !== undefined) next = { row: asStored(outcome.transition.next), step };
      await applyLocked(context, trx, current, outcome.transition, { before: lines, adopted: step });
    } else if (lines.length > 0) trx.last(appending(lines));
    return outcome.answer;
  });
  // Judged once more after a commit that was not heard of, the vote is not what moves the row; its step is there all the same.
  if (next !== undefined)
    await (isCommitted ? next.step.begin(next.row) : next.step.beginIfCommitted(next.row));
  return answer;
}

/** Writes a vote down; answers its line of the chain, which is appended with that of the move, last of all. */
export function recordVote(
  context: Context,
  trx: Transaction,
  current: Remediation,
  given: Approval | undefined,
): readonly Entry[] {
  if (given === undefined) return [];
  const reason = given.reason === undefined ? {} : { reason: clean(given.reason) };
  const roles = given.roles === undefined ? {} : { roles: given.roles.map(clean) };
  const stored = { ...given, ...reason, ...roles };
  trx.last(insertedApproval(current.id, stored));
  return [voteEntry(current, stored, context.sha256)];
}

/**
 * One row a person. The only second thoughts that are recorded are a no after a yes, because stopping is always possible, and a
 * yes to what the card has become since.
 */
function insertedApproval(id: string, given: Approval): Statement {
  const sql = `insert into approvals (remediation_id, user_id, team_id, decision, digest, at, reason, roles, checked_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (remediation_id, user_id) do update set decision = excluded.decision, digest = excluded.digest,
      at = excluded.at, reason = excluded.reason, roles = excluded.roles, checked_at = excluded.checked_at,
      recorded_at = clock_timestamp()
    where approvals.decision = 'approve' and (excluded.decision = 'reject' or approvals.digest <> excluded.digest)`;
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
  return { sql, bindings, orElse: `${actor.userId} has decided on remediation ${id} already` };
}
