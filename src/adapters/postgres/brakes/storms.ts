import type { Knex } from 'knex';
import { z } from 'zod';
import { printAction } from '../../../actions/print.ts';
import { request } from '../../../domain/action.ts';
import { severities } from '../../../domain/incidents/overview.ts';
import {
  type Storm,
  type StormLine,
  type StormProposal,
  shareSource,
  stormSource,
  type UnhealthyShare,
} from '../../../domain/incidents/storm.ts';
import { tier } from '../../../domain/tier.ts';
import type { HealthFound } from '../../../workflow/brakes-port.ts';
import type { Context } from '../context.ts';
import { priorities } from '../outbox/priority.ts';
import { type Db, jsonText, rows, timestamp, write } from '../sql.ts';
import { transact } from '../transact.ts';

type Teller = Pick<Context, 'newId' | 'channel'>;

const counted = z.object({ incidents: z.coerce.number() });
const numbered = z.object({ number: z.number() });

/** Seconds between two edits of the message of a storm. */
const betweenEdits = 10;

/**
 * Counts incidents that have just been triaged, and begins a storm where there were too many within a minute, or goes on
 * with the one that there is. To be called by one transaction at a time, as triage is settled.
 */
export async function noteIncidents(teller: Teller, trx: Db, count: number, line: StormLine): Promise<void> {
  if (count === 0) return;
  const sql = `with kept as (delete from incident_minutes where minute < now() - interval '1 hour')
    insert into incident_minutes as m (minute, incidents) values (date_trunc('minute', clock_timestamp()), ?)
      on conflict (minute) do update set incidents = m.incidents + excluded.incidents`;
  await write(trx, sql, [count]);
  // The minute that has begun and the part of the one before that is less than a minute ago.
  const lately = `select coalesce(sum(case when minute = date_trunc('minute', clock_timestamp()) then incidents
      else incidents * (60 - extract(second from clock_timestamp())) / 60 end), 0) as incidents
    from incident_minutes where minute >= date_trunc('minute', clock_timestamp()) - interval '1 minute'`;
  const [found] = await rows(trx, counted, lately);
  const isOver = (found?.incidents ?? 0) >= line.incidentsPerMinute;
  const storm = isOver ? await begun(trx, found?.incidents ?? count, count) : await goneOn(trx, count);
  if (storm !== undefined) await promiseDigest(teller, trx, storm);
}

/** The storm that there is now: the one that holds, counted on, or a new one. */
async function begun(trx: Db, lately: number, count: number): Promise<number | undefined> {
  const sql = `insert into storms as s (incidents, first_remediation)
      select ?, coalesce(min(number) filter (where created_at >= now() - interval '1 minute'), max(number) + 1, 1)
        from (select number, created_at from remediations order by number desc limit 1000) newest
    on conflict ((true)) where ended_at is null
      do update set over_line_at = now(), incidents = s.incidents + ?
    returning number`;
  return (await rows(trx, numbered, sql, [Math.round(lately), count]))[0]?.number;
}

const open = z.object({ open: z.coerce.number() });

/**
 * Takes note of how many workloads are unhealthy, by their `targetKey`s, and begins a storm where those and the ones with an open
 * incident are too large a share, or goes on with the one that there is. What it keeps is the worst look of all, whole: of
 * several clusters the next may be of another. It is kept up until a cluster that was over the line has been seen below it.
 */
export async function noteHealth(
  teller: Teller & { readonly knex: Knex },
  { cluster, workloads, unhealthy }: HealthFound,
  line: StormLine,
): Promise<void> {
  await transact(teller.knex, async (trx) => {
    const others = `select count(distinct owner_key) as open from incidents
      where closed_at is null and joined is null and state = 'triaged' and alert is not null
        and starts_with(owner_key, ?) and not owner_key = any (?)`;
    const [found] = await rows(trx, open, others, [`${cluster}/`, [...unhealthy]]);
    const share = Math.min(unhealthy.length + (found?.open ?? 0), Math.max(workloads, unhealthy.length));
    if (share < line.unhealthyWorkloads || share * 100 < line.unhealthyPercent * workloads)
      return seenBelow(trx, cluster);
    const sql = `insert into storms as s (incidents, first_remediation, unhealthy, workloads, cluster, over_line_in)
        select 0, coalesce(max(number) + 1, 1), ?::int, ?::int, ?::text, array[?::text] from remediations
      on conflict ((true)) where ended_at is null do update set over_line_at = now(),
        over_line_in = array_remove(s.over_line_in, excluded.cluster) || excluded.cluster,
        workloads = case when excluded.unhealthy < s.unhealthy then s.workloads else excluded.workloads end,
        cluster = case when excluded.unhealthy < s.unhealthy then s.cluster else excluded.cluster end,
        unhealthy = greatest(s.unhealthy, excluded.unhealthy)
      returning number`;
    const [storm] = await rows(trx, numbered, sql, [share, workloads, cluster, cluster]);
    if (storm !== undefined) await promiseDigest(teller, trx, storm.number);
  });
}

async function seenBelow(trx: Db, cluster: string): Promise<void> {
  const sql = `update storms set over_line_in = array_remove(over_line_in, ?)
    where ended_at is null and ?::text = any (over_line_in)`;
  await write(trx, sql, [cluster, cluster]);
}

async function goneOn(trx: Db, count: number): Promise<number | undefined> {
  const sql = 'update storms set incidents = incidents + ? where ended_at is null returning number';
  return (await rows(trx, numbered, sql, [count]))[0]?.number;
}

/** Its one message, brought up to date. */
export async function promiseDigest({ newId, channel }: Teller, trx: Db, number: number): Promise<void> {
  const sql = `insert into slack_outbox (id, key, kind, channel, notice, priority) values (?, ?, 'storm', ?, ?::jsonb, ?)
    on conflict (key) do update set desired_revision = slack_outbox.desired_revision + 1, status = 'open',
      next_attempt_at = greatest(least(slack_outbox.next_attempt_at, now()),
        slack_outbox.sent_at + ?::float8 * interval '1 second')`;
  const notice = jsonText({ kind: 'storm', storm: number });
  await write(trx, sql, [newId(), `storm:${number}`, channel, notice, priorities.askedCard, betweenEdits]);
}

/**
 * Hours for which a cluster that was over the line and does not answer keeps a storm up. One that is taken out of the configuration
 * meanwhile would for ever; when one comes back as it was, the next look begins another storm.
 */
const unseenHours = 6;

/**
 * Ends a storm after which it has been quiet for long enough, where no cluster was over the line when it was last seen, and brings
 * the message of one that holds up to date.
 */
export async function watchStorm(teller: Teller & { readonly knex: Knex }, line: StormLine): Promise<void> {
  await transact(teller.knex, async (trx) => {
    const sql = `update storms set ended_at = case when over_line_at < now() - ?::float8 * interval '1 minute'
        and (over_line_in = '{}' or over_line_at < now() - interval '${unseenHours} hours')
        and not exists (select from incidents where state = 'received') then now() end
      where ended_at is null returning number`;
    const [storm] = await rows(trx, numbered, sql, [line.quietMinutes]);
    if (storm !== undefined) await promiseDigest(teller, trx, storm.number);
  });
}

const holding = z.object({
  began_at: timestamp,
  incidents: z.number(),
  unhealthy: z.number().nullable(),
  workloads: z.number().nullable(),
});

/** The storm that holds; undefined where none does. */
export async function findStormNow(
  db: Db,
): Promise<
  { readonly since: string; readonly incidents: number; readonly share?: UnhealthyShare } | undefined
> {
  // Of a database that has not been migrated yet as well: it has no columns of a share.
  const sql = `select began_at, incidents, (to_jsonb(storms) ->> 'unhealthy')::int as unhealthy,
      (to_jsonb(storms) ->> 'workloads')::int as workloads from storms where ended_at is null`;
  const [found] = await rows(db, holding, sql);
  if (found === undefined) return undefined;
  const { began_at: since, incidents, unhealthy, workloads } = found;
  return {
    since,
    incidents,
    ...(unhealthy === null || workloads === null ? {} : { share: { unhealthy, workloads } }),
  };
}

/** A storm as it is stored. */
export const stormRow = z.object({
  number: z.number(),
  began_at: timestamp,
  ended_at: timestamp.nullable(),
  incidents: z.number(),
  first_remediation: z.number(),
  unhealthy: z.number().nullable(),
  workloads: z.number().nullable(),
  cluster: z.string().nullable(),
  over_line_in: z.array(z.string()),
});

const proposalRow = z.object({
  id: z.string(),
  number: z.number(),
  state: z.string(),
  cluster: z.string(),
  tier: tier.nullable(),
  score: z.number().nullable(),
  action: z.unknown(),
  playbook: z.string(),
  ready: z.coerce.number().nullable(),
  desired: z.coerce.number().nullable(),
  alerts: z.coerce.number(),
  severity: z.number().nullable(),
  held: z.boolean(),
  total: z.coerce.number(),
  all_held: z.coerce.number(),
});

/** So many are listed: what a message has room for. */
const listed = 50;

/** The place of an alert's severity, the worst first; null where it says none that is known. */
const severityOf = (labels: string): string =>
  `array_position(array[${severities.map((each) => `'${each}'`).join(', ')}], lower(${labels} ->> 'severity'))`;

/** Everything that the message of a storm shows; with the clusters where there are several. Of what was judged again the newer one is listed. */
export async function findStorm(db: Db, number: number, isOneOfSeveral = false): Promise<Storm | undefined> {
  const [storm] = await rows(db, stormRow, 'select * from storms where number = ?', [number]);
  if (storm === undefined) return undefined;
  const sql = `with of_storm as (
      select r.id, r.number, r.state, r.cluster, r.tier, r.score, r.data -> 'action' as action, r.incident_id,
        r.data #>> '{requestedBy,playbook}' as playbook, r.data ->> 'by' as by, (r.data #> '{spec,lineItems}' @> ?::jsonb or r.data #> '{spec,lineItems}' @> ?::jsonb) as held,
        case when r.data #>> '{facts,subject,kind}' = 'workload' then r.data #>> '{facts,subject,ready}' end as ready,
        case when r.data #>> '{facts,subject,kind}' = 'workload' then r.data #>> '{facts,subject,desired}' end as desired
      from remediations r
      where r.number >= ? and r.data #>> '{requestedBy,kind}' = 'playbook' and r.created_at <= coalesce(?::timestamptz, now())
    ), told as (
      select of_storm.*, alert.count as alerts, alert.severity from of_storm cross join lateral (
        select count(*) as count, min(severity) as severity from (
          select ${severityOf("alert -> 'labels'")} as severity from incidents where id = of_storm.incident_id
          union all
          select ${severityOf("alert -> 'labels'")} from incidents where joined = of_storm.incident_id) each) alert
      where of_storm.by is null or of_storm.by not in (select id::text from of_storm)
    )
    select id, number, state, cluster, tier, score, action, playbook, ready, desired, alerts, severity, coalesce(held, false) as held,
      count(*) over () as total, count(*) filter (where held) over () as all_held
    from told order by severity nulls last, 1 - ready::float8 / nullif(desired::float8, 0) desc nulls last, alerts desc,
      score desc nulls last, number limit ${listed}`;
  const [one, other] = [stormSource, shareSource].map((source) => jsonText([{ source }]));
  const held = [one ?? '', other ?? ''];
  const found = await rows(db, proposalRow, sql, [...held, storm.first_remediation, storm.ended_at]);
  const [first] = found;
  return {
    number,
    beganAt: storm.began_at,
    ...(storm.ended_at === null ? {} : { endedAt: storm.ended_at }),
    incidents: storm.incidents,
    ...shareIn(storm, isOneOfSeveral),
    ...(storm.ended_at === null && storm.over_line_in.length > 0 ? { overLineIn: storm.over_line_in } : {}),
    proposals: found.flatMap(({ id, action, tier: judged, score, ...rest }) => {
      const asked = request.safeParse(action);
      if (!asked.success) return [];
      const { number: own, state, alerts, playbook, cluster } = rest;
      const told = { remediation: id, number: own, state, alerts, playbook };
      const where = isOneOfSeveral ? { cluster } : {};
      const risk = judged === null || score === null ? {} : { tier: judged, score };
      return [{ ...told, ...where, command: printAction(asked.data), ...risk, ...howBad(rest) }];
    }),
    more: Math.max(0, (first?.total ?? 0) - found.length),
    heldBack: first?.all_held ?? 0,
  };
}

/** The share that a storm shows, and of which cluster where there are several. */
export function shareIn(
  { unhealthy, workloads, cluster }: z.infer<typeof stormRow>,
  isOneOfSeveral: boolean,
): Pick<Storm, 'share' | 'cluster'> {
  if (unhealthy === null || workloads === null) return {};
  return { share: { unhealthy, workloads }, ...(isOneOfSeveral && cluster !== null ? { cluster } : {}) };
}

function howBad({
  severity,
  ready,
  desired,
}: Pick<z.infer<typeof proposalRow>, 'severity' | 'ready' | 'desired'>): Pick<
  StormProposal,
  'severity' | 'pods'
> {
  const named = severity === null ? undefined : severities[severity - 1];
  return {
    ...(named === undefined ? {} : { severity: named }),
    ...(ready === null || desired === null ? {} : { pods: { ready, desired } }),
  };
}
