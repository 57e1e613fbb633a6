import { z } from 'zod';
import { printAction } from '../../../actions/print.ts';
import { cardKey } from '../../../domain/incidents/notice.ts';
import type { LookResult, Outcome } from '../../../domain/incidents/outcome.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import type { Claim, Committed } from '../../../workflow/ports.ts';
import type { SecondLook } from '../../../workflow/second-look.ts';
import type { Context } from '../context.ts';
import { recordOutcome } from '../incidents/playbooks.ts';
import { heldClaim, unlessLost } from '../jobs/claims.ts';
import { promisedReply } from '../outbox/messages.ts';
import { clean, type Db, rows, type Statement, write } from '../sql.ts';
import type { Transaction } from '../transaction.ts';
import { logInstant } from './operations.ts';
import { describeRequester } from './remediations.ts';

/* The row says when it is due; the sweeper wakes it. Nothing waits in the queue for hours. */

/** A second look that is due some hours after a change was verified. */
export const lookDue = (
  remediationId: string,
  { at, environment = '' }: { readonly at: string; readonly environment?: string | undefined },
): Statement => ({
  sql: 'insert into second_looks (remediation_id, environment, due_at) values (?, ?, ?) on conflict (remediation_id) do nothing',
  bindings: [remediationId, clean(environment), at],
});

/** Of those that are due, for the sweeper; of many the oldest. */
export const lookless = `(select 'look', remediation_id, looks from second_looks
    where result is null and due_at <= now() order by due_at limit 100)`;

const waiting = z.object({ looks: z.number() });

/** How often it was looked; undefined where nothing is to be looked at any more. */
export async function findSecondLook(db: Db, remediationId: string): Promise<number | undefined> {
  const sql = 'select looks from second_looks where remediation_id = ? and result is null';
  return (await rows(db, waiting, sql, [remediationId]))[0]?.looks;
}

/** Commits what a second look has found, or when the next one is due. */
export async function settleLook(
  context: Context,
  row: Remediation,
  { looks, found }: SecondLook,
  claim: Claim | undefined,
): Promise<Committed> {
  return unlessLost(context.knex, async (trx) => {
    const isMine = await write(
      trx,
      'update second_looks set looks = looks + ?, due_at = ? where remediation_id = ? and looks = ? and result is null',
      [
        found.kind === 'elsewhere' ? 0 : 1,
        found.kind === 'ended' ? context.clock() : found.at,
        ...[row.id, looks],
      ],
    );
    if (isMine !== 1) return 'stale';
    if (found.kind === 'ended') await endLook(context, trx, row, found);
    if (claim !== undefined) trx.demand(heldClaim(claim));
    return 'committed';
  });
}

type Ended = Extract<SecondLook['found'], { kind: 'ended' }>;

/** What a playbook is trusted by; the others say nothing of it. */
const counts = (result: LookResult): result is Exclude<Outcome['result'], 'not_verified'> =>
  result === 'lasted' || result === 'undone' || result === 'came_back';

/** The end of a second look: its row, the playbook's outcome, a line in the log for what did not last, a word in the thread. */
export async function endLook(
  context: Context,
  trx: Transaction,
  row: Remediation,
  { result, sentence, by, notice, earned }: Ended,
): Promise<void> {
  const at = context.clock();
  const sql =
    'update second_looks set result = ?, sentence = ?, undone_by = ?, ended_at = ? where remediation_id = ?';
  await write(trx, sql, [result, clean(sentence), by === undefined ? null : clean(by), at, row.id]);
  if (earned !== undefined && counts(result)) await recordOutcome(context, trx, row, { earned, result });
  if (result !== 'lasted')
    await logInstant(trx, {
      requestKey: `look:${row.id}`,
      incidentId: row.incidentId,
      command: printAction(row.action),
      requestedBy: describeRequester(row.requestedBy),
      outcome: result === 'unknown' || result === 'replaced' ? 'no_action' : 'failed',
      detail: `remediation ${row.number}: ${notice.headline.toLowerCase()}${by === undefined ? '' : ` by ${by}`}: ${sentence}`,
      at,
    });
  const key = `reply:${row.id}:look`;
  trx.last(promisedReply(context, { key, rootKey: cardKey(row.id), incidentId: row.incidentId, notice }));
}
