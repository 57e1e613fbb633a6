import type { Knex } from 'knex';
import { z } from 'zod';
import { activeStates } from '../../../domain/remediation.ts';
import type { Log, NewId } from '../../../workflow/ports.ts';
import { putOffLooks, unended } from '../incidents/endings.ts';
import { unwoken } from '../incidents/waking.ts';
import { unshown } from '../outbox/parts.ts';
import { unfinished } from '../remediations/aftermaths.ts';
import { driftless } from '../remediations/drift-watches.ts';
import { lookless } from '../remediations/second-looks.ts';
import { unaskedRow } from '../remediations/unasked.ts';
import { rows, write } from '../sql.ts';
import { transact } from '../transact.ts';
import { oldDeathsSql } from './deaths.ts';
import { openJobs, type Queue } from './queue.ts';

export interface SweeperOptions {
  readonly knex: Knex;
  readonly queue: Queue;
  readonly newId: NewId;
  readonly log: Log;
}

/** "FBsw": one sweeper at a time is enough. */
const sweepLock = 0x46427377;

/** What is due by the clock alone, and is woken by nobody else. */
const unhurried: ReadonlySet<string> = new Set(['look', 'drift', 'end']);

const asleep = z.object({
  kind: z.enum(['step', 'expire', 'triage', 'look', 'drift', 'aftermath', 'end']),
  id: z.string(),
  version: z.number(),
  unasked: z.boolean(),
});

/**
 * Wakes every row that has something to do and no job that would do it: the queue was emptied, or a job failed for
 * good. A row and its wake commit together, so a row without a job is never one whose job is still to come.
 * Deletes what is kept for a time, too.
 */
export async function sweep(options: SweeperOptions): Promise<void> {
  const woken = await transact(options.knex, async (trx) => {
    const locked = z.object({ free: z.boolean() });
    const [lock] = await rows(trx, locked, 'select pg_try_advisory_xact_lock(?) as free', [sweepLock]);
    if (lock?.free !== true) return 0;
    await write(trx, forgottenSql);
    await write(trx, oldDeathsSql);
    await write(trx, pastSnapshotsSql);
    const found = await rows(trx, asleep, asleepSql, [[...activeStates]]);
    await write(trx, putOffLooks);
    // The plain id of such a wake may belong to a job that ended; the salt makes a new one.
    // Whether a job that is not there any more has tried the step is not known.
    await Promise.all(
      found.map(({ unasked: nobodyWaits, ...wake }) => {
        const again = wake.kind === 'step' ? { ...wake, deaths: 0 } : wake;
        return options.queue.send(trx, again, { salt: options.newId(), nobodyWaits });
      }),
    );
    if (found.length > 0) await trx.raw("select pg_notify('firebreak', 'swept')");
    // A look is due without anything having been lost.
    return found.filter(({ kind }) => !unhurried.has(kind)).length;
  });
  if (woken > 0) options.log.warn({ woken }, 'woke rows that no job was left for');
}

/** Notes of attempts that ended without being able to say so. */
const forgottenSql = `delete from running where not exists (
  select from pgboss.job where name = running.queue and id = running.job_id and state = 'active'
    and retry_count = running.attempt)`;

/**
 * Manifests whose time is over, the oldest first; more than this at once would hold up the wakes. Not while their change is
 * still under way. A row that another replica holds is left to the next sweep.
 */
const pastSnapshotsSql = `delete from snapshots where (remediation_id, uid) in (
  select remediation_id, uid from snapshots join remediations on remediations.id = remediation_id
  where kept_until < now() and state not in ('pr_open', 'executing', 'verifying')
  order by kept_until limit 500 for update of snapshots skip locked)`;

const asleepSql = `with live as materialized (
    select data->>'kind' as kind, data->>'id' as id, data->>'version' as version
    ${openJobs}
  ), wanted as (
    select 'step' as kind, id, version from remediations where state = any (?)
    union all
    select 'expire', id, version from remediations where state = 'waiting' and expires_at < now() - interval '5 seconds'
    union all
    ${unshown}
    union all
    ${unwoken}
    union all
    ${lookless}
    union all
    ${driftless}
    union all
    ${unfinished}
    union all
    ${unended}
  )
  select kind, id, version, kind = 'step' and exists (
    select from remediations r where r.id = wanted.id and ${unaskedRow('r')}) as unasked
  from wanted where not exists (
    select from live where live.kind = wanted.kind and live.id = wanted.id::text and live.version = wanted.version::text)
  order by id limit 1000`;
