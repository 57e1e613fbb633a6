import type { Claim, Wake } from '../../../workflow/ports.ts';
import { jsonText, type Statement } from '../sql.ts';

/*
 * What is written to the library's table on every move, as statements of our own: they are sent beside others, with nothing
 * asked in between, and a job can be made that is claimed already. A test holds them against the library's own rows.
 */

/** The one queue. A wake is a hint, never the truth: losing all of them loses nothing (see sweeper.ts). */
export const queueName = 'wake';

/** A job about to exist. `after`: seconds from now, or an instant. */
export interface NewJob {
  readonly id: string;
  readonly wake: Wake;
  readonly priority: number;
  readonly after: number | string;
}

/** The columns as `insertJobs` of pg-boss's plans.js fills them. */
const insert = (more: string, values: string): string => `
  insert into pgboss.job (id, name, data, priority, start_after, created_on, keep_until, expire_seconds, deletion_seconds,
    retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds${more})
  select job.id, queue.name, job.data, job.priority, due.at, pgboss.job_now(),
    due.at + queue.retention_seconds * interval '1 second', queue.expire_seconds, queue.deletion_seconds,
    queue.retry_limit, queue.retry_delay, queue.retry_backoff, queue.retry_delay_max, queue.policy, queue.dead_letter,
    queue.heartbeat_seconds${values}
  from jsonb_to_recordset(?::jsonb) as job (id uuid, data jsonb, priority integer, seconds float8, at timestamptz)
  cross join lateral (select coalesce(job.at, pgboss.job_now() + job.seconds * interval '1 second') as at) due
  join pgboss.queue queue on queue.name = '${queueName}'
  on conflict do nothing`;

/** Makes jobs; one that is there already stays as it is. Who takes jobs hears of those that are due. */
export function newJobs(jobs: readonly NewJob[]): Statement {
  const sql = `with made as (${insert('', '')} returning start_after)
    select pg_notify('firebreak', 'job') from made where start_after <= pgboss.job_now() limit 1`;
  return { sql, bindings: [jobsText(jobs)] };
}

/** Makes a job as if this process had just taken it for the first time, with the note that it runs here. */
export function claimedJob(job: NewJob, instance: number): Statement {
  const claimed = insert(
    ', state, started_on, heartbeat_on',
    `, 'active', pgboss.job_now(), pgboss.job_now()`,
  );
  const sql = `with made as (${claimed} returning id, data)
    insert into running (job_id, attempt, queue, instance, wake) select id, 0, '${queueName}', ?::integer, data from made`;
  return { sql, bindings: [jobsText([job]), instance] };
}

/** What is due, the most urgent first, as `fetchNextJob` of pg-boss's plans.js takes it; with the notes that it runs here. */
export function takenJobs(limit: number, instance: number): Statement {
  const sql = `with next as (
      select job.id from pgboss.job job
      where job.name = '${queueName}' and job.state < 'active' and not job.blocked and job.start_after <= pgboss.job_now()
      order by job.priority desc, job.created_on limit ? for update of job skip locked
    ), taken as (
      update pgboss.job job set state = 'active', started_on = pgboss.job_now(), heartbeat_on = pgboss.job_now(),
        retry_count = case when started_on is not null then retry_count + 1 else retry_count end
      from next where job.name = '${queueName}' and job.id = next.id
      returning job.id, job.retry_count, job.data, job.expire_seconds, job.priority, job.created_on
    ), noted as (
      insert into running (job_id, attempt, queue, instance, wake)
      select id, retry_count, '${queueName}', ?::integer, data from taken
      on conflict (job_id, attempt) do update set instance = excluded.instance, started_at = now()
    )
    select id, retry_count, data, expire_seconds from taken order by priority desc, created_on`;
  return { sql, bindings: [limit, instance] };
}

const jobsText = (jobs: readonly NewJob[]): string =>
  jsonText(
    jobs.map(({ id, wake, priority, after }) => ({
      ...{ id, data: wake, priority },
      ...(typeof after === 'number' ? { seconds: after } : { at: after }),
    })),
  );

/** Ends a job if this attempt still holds it, and with it the note of who runs it; writes a row for each note that is gone. */
export function endedJob(claim: Claim): Statement {
  return ended(claim, 'select id from ended');
}

/** The same, and its transaction fails with this where the attempt holds it no more. */
export function demandedEnd(claim: Claim, orElse: Error): Statement {
  return { ...ended(claim, 'select 1 / count(*) from ended'), orElse, demandsItself: true };
}

function ended({ queue, jobId, attempt }: Claim, answer: string): Statement {
  const sql = `with ended as (
      update pgboss.job set completed_on = pgboss.job_now(), state = 'completed'
      where name = ? and id = ? and state = 'active' and retry_count = ? returning id
    ), forgotten as (
      delete from running where job_id = ? and attempt = ? and exists (select from ended)
    )
    ${answer}`;
  return { sql, bindings: [queue, jobId, attempt, jobId, attempt] };
}
