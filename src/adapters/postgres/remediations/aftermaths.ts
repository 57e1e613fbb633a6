import { z } from 'zod';
import { printAction } from '../../../actions/print.ts';
import { cardKey } from '../../../domain/incidents/notice.ts';
import { type Aftermath, aftermath } from '../../../domain/manifest/emergency.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import type { AftermathStep, StoredAftermath } from '../../../workflow/lasting/aftermath-port.ts';
import type { Claim, Committed } from '../../../workflow/ports.ts';
import type { Context } from '../context.ts';
import { heldClaim, unlessLost } from '../jobs/claims.ts';
import { promisedCard, promisedReply } from '../outbox/messages.ts';
import { type Db, jsonText, rows, type Statement, timestamp, write } from '../sql.ts';
import type { Transaction } from '../transaction.ts';
import { lockedBeside, promisedBeside } from './open-requests.ts';
import { logInstant } from './operations.ts';
import { describeRequester } from './remediations.ts';

/* The row says when it is due, and its wake is sent with it; it is written with the move that begins the change. */

/** What an emergency leaves to be done. */
export const aftermathDue = (
  remediationId: string,
  { aftermath: wanted, at }: { readonly aftermath: Aftermath; readonly at: string },
): Statement => ({
  sql: 'insert into aftermaths (remediation_id, data, due_at) values (?, ?::jsonb, ?) on conflict (remediation_id) do nothing',
  bindings: [remediationId, jsonText(wanted), at],
});

/** Those whose wake was lost, for the sweeper; of many the oldest. */
export const unfinished = `(select 'aftermath', remediation_id, steps from aftermaths
    where due_at < now() - interval '5 seconds' order by due_at limit 100)`;

const stored = z
  .object({ steps: z.number(), data: aftermath, due_at: timestamp.nullable() })
  .transform(({ steps, data, due_at: due }) => ({ steps, aftermath: data, dueAt: due ?? undefined }));

/** Undefined where there was no emergency. */
export async function findAftermath(db: Db, remediationId: string): Promise<StoredAftermath | undefined> {
  const sql = 'select steps, data, due_at from aftermaths where remediation_id = ?';
  return (await rows(db, stored, sql, [remediationId]))[0];
}

/** A step counts once, by how many there were before it; what is told of it is written with it. */
export async function settleAftermath(
  context: Context,
  row: Remediation,
  step: AftermathStep,
  claim: Claim | undefined,
): Promise<Committed> {
  return unlessLost(context.knex, async (trx) => {
    const isMine = await write(
      trx,
      `update aftermaths set steps = steps + 1, data = ?::jsonb, due_at = ?
        where remediation_id = ? and steps = ? and due_at is not null`,
      [jsonText(step.aftermath), step.dueAt ?? null, row.id, step.steps],
    );
    if (isMine !== 1) return 'stale';
    await tell(context, trx, row, step);
    const wake = { kind: 'aftermath', id: row.id, version: step.steps + 1 } as const;
    if (step.dueAt !== undefined) trx.last(context.queue.sending(wake, { after: step.dueAt }));
    if (claim !== undefined) trx.demand(heldClaim(claim));
    return 'committed';
  });
}

async function tell(
  context: Context,
  trx: Transaction,
  row: Remediation,
  { steps, told }: AftermathStep,
): Promise<void> {
  if (told === undefined) return;
  const key = `aftermath:${row.id}:${steps}`;
  await logInstant(trx, {
    requestKey: key,
    incidentId: row.incidentId,
    command: printAction(row.action),
    requestedBy: describeRequester(row.requestedBy),
    outcome: 'no_action',
    detail: `remediation ${row.number}: ${told.headline}${told.body ? `: ${told.body}` : ''}`,
    at: context.clock(),
  });
  const reply = { key: `reply:${key}`, rootKey: cardKey(row.id), incidentId: row.incidentId, notice: told };
  trx.last(...lockedBeside(row), promisedReply(context, reply), ...promisedCard(context, row));
  trx.last(...promisedBeside(row));
}
