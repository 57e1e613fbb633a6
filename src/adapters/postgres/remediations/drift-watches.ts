import { z } from 'zod';
import { printAction } from '../../../actions/print.ts';
import { cardKey } from '../../../domain/incidents/notice.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import type { DriftLook, DriftWatch, ToldDrift } from '../../../workflow/drift/drift-watch.ts';
import type { Claim, Committed } from '../../../workflow/ports.ts';
import type { Context } from '../context.ts';
import { recordOutcome } from '../incidents/playbooks.ts';
import { heldClaim, unlessLost } from '../jobs/claims.ts';
import { promisedReply } from '../outbox/messages.ts';
import { clean, type Db, rows, type Statement, timestamp, write } from '../sql.ts';
import type { Transaction } from '../transaction.ts';
import { logInstant } from './operations.ts';

/* The row says when it is due; the sweeper wakes it. What is over is asked for by nobody. */

/** A watch over a change that was verified. */
export const driftWatchDue = (
  remediationId: string,
  { at, until }: { readonly at: string; readonly until: string },
): Statement => ({
  sql: 'insert into drift_watches (remediation_id, due_at, until_at) values (?, ?, ?) on conflict (remediation_id) do nothing',
  bindings: [remediationId, at, until],
});

/** Of those that are due, for the sweeper; of many the oldest. */
export const driftless = `(select 'drift', remediation_id, looks from drift_watches
    where due_at <= now() order by due_at limit 100)`;

const watching = z
  .object({ looks: z.number(), until_at: timestamp, told: z.string().nullable() })
  .transform(({ looks, until_at: until, told }) => ({ looks, until, told: told ?? undefined }));

/** Undefined where nothing is to be looked at any more. */
export async function findDriftWatch(db: Db, remediationId: string): Promise<DriftWatch | undefined> {
  const sql =
    'select looks, until_at, told from drift_watches where remediation_id = ? and due_at is not null';
  return (await rows(db, watching, sql, [remediationId]))[0];
}

/** The look counts once, by how many there were before it; what it found is written with it. */
export async function settleDrift(
  context: Context,
  row: Remediation,
  { looks, found }: DriftLook,
  claim: Claim | undefined,
): Promise<Committed> {
  return unlessLost(context.knex, async (trx) => {
    if ((await noteLook(trx, row, { looks, found })) !== 1) return 'stale';
    if (found.kind === 'told') await tell(context, trx, row, looks, found);
    if (found.kind === 'given up') await say(context, trx, row, looks, { ...found, outcome: 'failed' });
    if (claim !== undefined) trx.demand(heldClaim(claim));
    return 'committed';
  });
}

/** How many watches were at this look: one or none. */
function noteLook(trx: Db, { id }: Remediation, { looks, found }: DriftLook): Promise<number> {
  const isDue = 'where remediation_id = ? and looks = ? and due_at is not null';
  if (found.kind === 'elsewhere')
    return write(trx, `update drift_watches set due_at = ? ${isDue}`, [found.at, id, looks]);
  const isOver = found.kind === 'over' || found.kind === 'given up';
  const { at, told } = isOver ? { at: undefined, told: undefined } : found;
  const sql = `update drift_watches set looks = looks + 1, due_at = ?, told = ? ${isDue}`;
  return write(trx, sql, [at ?? null, told === undefined ? null : clean(told), id, looks]);
}

/**
 * What drifted goes into the log and the thread. It answers the second look, if that is still to come; of one that has said
 * that it lasted it says that it was undone after all. A look that was for something else is left as it is.
 */
async function tell(
  context: Context,
  trx: Transaction,
  row: Remediation,
  looks: number,
  { result, sentence, by, notice, earned }: ToldDrift,
): Promise<void> {
  const at = context.clock();
  const answers = result === 'undone' ? "(result is null or result = 'lasted')" : 'result is null';
  const sql = `update second_looks set result = ?, sentence = ?, undone_by = ?, ended_at = ?, looks = looks + 1
    where remediation_id = ? and ${answers}`;
  await write(trx, sql, [result, clean(sentence), by === undefined ? null : clean(by), at, row.id]);
  if (earned !== undefined && result === 'undone') await recordOutcome(context, trx, row, { earned, result });
  await say(context, trx, row, looks, {
    ...{ sentence, notice },
    outcome: result === 'undone' ? 'failed' : 'no_action',
  });
}

interface Said extends Pick<ToldDrift, 'sentence' | 'notice'> {
  readonly outcome: 'failed' | 'no_action';
}

/** Into the log and the thread. */
async function say(
  context: Context,
  trx: Transaction,
  row: Remediation,
  looks: number,
  { sentence, notice, outcome }: Said,
): Promise<void> {
  const key = `drift:${row.id}:${looks}`;
  await logInstant(trx, {
    requestKey: key,
    incidentId: row.incidentId,
    command: printAction(row.action),
    requestedBy: 'drift_narrator',
    outcome,
    detail: `remediation ${row.number}: ${notice.headline}: ${sentence}`,
    at: context.clock(),
  });
  const reply = { key: `reply:${key}`, rootKey: cardKey(row.id), incidentId: row.incidentId, notice };
  trx.last(promisedReply(context, reply));
}
