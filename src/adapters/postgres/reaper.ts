import type { Knex } from 'knex';
import { z } from 'zod';
import type { Claim, Log } from '../../workflow/ports.ts';
import { endClaim, forget } from './claims.ts';
import { freeLeases } from './outbox.ts';
import { parseWake, type Queue } from './queue.ts';
import { rows } from './sql.ts';
import { transact } from './transact.ts';

export interface ReaperOptions {
  readonly knex: Knex;
  readonly queue: Queue;
  readonly log: Log;
}

const orphan = z.object({ job_id: z.string(), attempt: z.number(), queue: z.string(), wake: z.unknown() });

/**
 * Takes over the jobs and the messages of processes that lost their lock. Two looks in a row must agree: after a restart of the
 * database everybody's lock is gone for a moment, though everybody lives.
 */
export function createReaper(options: ReaperOptions): (gone: readonly number[]) => void {
  let suspects: ReadonlySet<number> = new Set();
  let busy = false;
  return (gone) => {
    const dead = gone.filter((instance) => suspects.has(instance));
    suspects = new Set(gone);
    if (dead.length === 0 || busy) return;
    busy = true;
    reap(options, dead)
      .catch((err) => options.log.warn({ err }, 'jobs of a dead process could not be taken over yet'))
      .finally(() => {
        busy = false;
      });
  };
}

/** Wakes every job of these instances again and frees their messages; several replicas may try, the fences let one. */
export async function reap(options: ReaperOptions, instances: readonly number[]): Promise<void> {
  const sql = 'select job_id, attempt, queue, wake from running where instance = any (?)';
  for (const found of await rows(options.knex, orphan, sql, [[...instances]])) {
    const claim = { queue: found.queue, jobId: found.job_id, attempt: found.attempt };
    if (await handOver(options, claim, found.wake)) {
      options.log.info({ wake: found.wake }, 'took over a step from a process that died');
    }
  }
  const freed = await freeLeases(options.knex, instances);
  if (freed === 0) return;
  options.log.info({ freed }, 'took over messages from a process that died');
  await options.knex.raw("select pg_notify('firebreak', 'slack_outbox')");
}

/**
 * Ends one attempt and sends its wake anew. Giving the job back instead would use up a retry and put it off.
 * False when the attempt was over already.
 */
export async function handOver(options: ReaperOptions, claim: Claim, data: unknown): Promise<boolean> {
  return transact(options.knex, async (trx) => {
    if (!(await endClaim(options, trx, claim))) {
      await forget(trx, claim);
      return false;
    }
    await options.queue.send(trx, parseWake(data), { salt: claim.jobId });
    await trx.raw("select pg_notify('firebreak', 'running')");
    return true;
  });
}
