import type { Knex } from 'knex';
import { z } from 'zod';
import { finalStates } from '../../domain/remediation.ts';
import { findStop } from './brakes/stops.ts';
import { findStormNow } from './brakes/storms.ts';
import { findInsight, type InsightStanding } from './insight/insight-standing.ts';
import { openJobs } from './jobs/queue.ts';
import { rows } from './sql.ts';

/** How many there are of something, and for how many seconds the oldest has been so. */
interface Group {
  readonly count: number;
  readonly oldestSeconds: number;
}

/** How Firebreak's promises stand in the database, whichever replica made them. */
export interface Standing extends InsightStanding {
  /** Remediations that have not ended, by state. */
  readonly remediations: ReadonlyMap<string, Group>;
  /** Messages that Slack has not taken, by kind: those never posted. */
  readonly outbox: ReadonlyMap<string, Group>;
  readonly failedMessages: number;
  /** Jobs that could be taken now. */
  readonly dueJobs: Group;
  /** Seconds since the newest record of the audit chain; undefined when there is none. */
  readonly auditSeconds: number | undefined;
  /** Since when nothing is sent to a cluster; undefined while that is not so. */
  readonly stopped: { readonly since: string } | undefined;
  /** Since when nothing runs by itself, because so much happens; undefined while that is not so. */
  readonly storm: { readonly since: string; readonly incidents: number } | undefined;
}

const group = z.object({ name: z.string(), count: z.coerce.number(), oldest: z.coerce.number() });
const single = z.object({ count: z.coerce.number(), oldest: z.coerce.number().nullable() });

/** Reads it in one go. Each part is an index that holds only what is open, so it costs the same after years. */
export async function findStanding(db: Knex): Promise<Standing> {
  const [remediations, outbox, failed, due, audit, insight, stop, storm] = await Promise.all([
    rows(db, group, remediationsSql),
    rows(db, group, outboxSql),
    rows(db, single, failedSql),
    rows(db, single, dueSql),
    rows(db, single, auditSql),
    findInsight(db),
    findStop(db),
    findStormNow(db),
  ]);
  return {
    remediations: grouped(remediations),
    outbox: grouped(outbox),
    failedMessages: failed[0]?.count ?? 0,
    dueJobs: { count: due[0]?.count ?? 0, oldestSeconds: due[0]?.oldest ?? 0 },
    auditSeconds: audit[0]?.oldest ?? undefined,
    ...insight,
    stopped: stop === undefined ? undefined : { since: stop.at },
    storm,
  };
}

const seconds = (since: string): string => `extract(epoch from clock_timestamp() - ${since})`;

const grouped = (found: readonly z.infer<typeof group>[]): Map<string, Group> =>
  new Map(found.map(({ name, count, oldest }) => [name, { count, oldestSeconds: oldest }]));

/** The words of the index remediations_unfinished. */
const unfinished = `state not in (${finalStates.map((state) => `'${state}'`).join(', ')})`;

const remediationsSql = `select state as name, count(*), ${seconds('min(moved_at)')} as oldest
  from remediations where ${unfinished} group by state`;

const outboxSql = `select kind as name, count(*), ${seconds('min(created_at)')} as oldest
  from slack_outbox where status = 'open' and ts is null and ready group by kind`;

const failedSql = `select count(*), ${seconds('min(created_at)')} as oldest from slack_outbox where status = 'failed' and kind <> 'direct'`;

const dueSql = `select count(*), ${seconds('min(start_after)')} as oldest ${openJobs}
  and state < 'active' and not blocked and start_after <= statement_timestamp()`;

const auditSql = `select 1 as count, ${seconds('at')} as oldest from remediation_events order by seq desc limit 1`;

/** Maps as JSON has them. */
export const plainStanding = (standing: Awaited<ReturnType<typeof findStanding>>) => ({
  ...standing,
  remediations: Object.fromEntries(standing.remediations),
  outbox: Object.fromEntries(standing.outbox),
});
