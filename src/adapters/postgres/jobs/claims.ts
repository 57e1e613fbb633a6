import type { Knex } from 'knex';
import type { Claim, Committed } from '../../../workflow/ports.ts';
import { type Db, type Statement, write } from '../sql.ts';
import { transact } from '../transact.ts';
import type { Transaction } from '../transaction.ts';
import { demandedEnd } from './job-rows.ts';

/** Removes the note that an attempt is running. */
export async function forget(trx: Db, claim: Claim): Promise<void> {
  await write(trx, 'delete from running where job_id = ? and attempt = ?', [claim.jobId, claim.attempt]);
}

/** The job of this step was given to another; what the step wrote must not be kept. */
class LostClaim extends Error {}

/** Ends a job as part of a step. The step is undone when the claim was lost. */
export function heldClaim(claim: Claim): Statement {
  return demandedEnd(claim, new LostClaim(`job ${claim.jobId} was given to another`));
}

/** Runs a step in one transaction; a lost claim undoes it and is `stale`. */
export async function unlessLost(
  knex: Knex,
  work: (trx: Transaction) => Promise<Committed>,
): Promise<Committed> {
  try {
    return await transact(knex, work);
  } catch (error) {
    if (error instanceof LostClaim) return 'stale';
    throw error;
  }
}
