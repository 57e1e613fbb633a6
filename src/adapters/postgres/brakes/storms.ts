import type { Knex } from 'knex';
import { z } from 'zod';
import { printAction } from '../../../actions/print.ts';
import { request } from '../../../domain/action.ts';
import { type Storm, type StormLine, stormSource } from '../../../domain/incidents/storm.ts';
import { tier } from '../../../domain/tier.ts';
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

async function goneOn(trx: Db, count: number): Promise<number | undefined> {
  const sql = 'update storms set incidents = incidents + ? where ended_at is null returning number';
  return (await rows(trx, numbered, sql, [count]))[0]?.number;
}

/** Its one message, brought up to date. */
async function promiseDigest({ newId, channel }: Teller, trx: Db, number: number): Promise<void> {
  const sql = `insert into slack_outbox (id, key, kind, channel, notice, priority) values (?, ?, 'storm', ?, ?::jsonb, ?)
    on conflict (key) do update set desired_revision = slack_outbox.desired_revision + 1, status = 'open',
      next_attempt_at = greatest(least(slack_outbox.next_attempt_at, now()),
        slack_outbox.sent_at + ?::float8 * interval '1 second')`;
  const notice = jsonText({ kind: 'storm', storm: number });
  await write(trx, sql, [newId(), `storm:${number}`, channel, notice, priorities.askedCard, betweenEdits]);
}

/** Ends a storm after which it has been quiet for long enough, and brings the message of one that holds up to date. */
export async function watchStorm(teller: Teller & { readonly knex: Knex }, line: StormLine): Promise<void> {
  await transact(teller.knex, async (trx) => {
    const sql = `update storms set ended_at = case when over_line_at < now() - ?::float8 * interval '1 minute'
        and not exists (select from incidents where state = 'received') then now() end
      where ended_at is null returning number`;
    const [storm] = await rows(trx, numbered, sql, [line.quietMinutes]);
    if (storm !== undefined) await promiseDigest(teller, trx, storm.number);
  });
}

const holding = z.object({ began_at: timestamp, incidents: z.number() });

/** The storm that holds; undefined where none does. */
export async function findStormNow(
  db: Db,
): Promise<{ readonly since: string; readonly incidents: number } | undefined> {
  const sql = 'select began_at, incidents from storms where ended_at is null';
  const [found] = await rows(db, holding, sql);
  return found === undefined ? undefined : { since: found.began_at, incidents: found.incidents };
}

const stormRow = z.object({
  number: z.number(),
  began_at: timestamp,
  ended_at: timestamp.nullable(),
  incidents: z.number(),
  first_remediation: z.number(),
});

const proposalRow = z.object({
  id: z.string(),
  number: z.number(),
  state: z.string(),
  tier: tier.nullable(),
  score: z.number().nullable(),
  action: z.unknown(),
  alerts: z.coerce.number(),
  held: z.boolean(),
  total: z.coerce.number(),
  all_held: z.coerce.number(),
});

/** So many are listed. */
const listed = 20;

/** Everything that the message of a storm shows. */
export async function findStorm(db: Db, number: number): Promise<Storm | undefined> {
  const [storm] = await rows(db, stormRow, 'select * from storms where number = ?', [number]);
  if (storm === undefined) return undefined;
  const sql = `with of_storm as (
      select r.id, r.number, r.state, r.tier, r.score, r.data -> 'action' as action, r.incident_id,
        r.data #> '{spec,lineItems}' @> ?::jsonb as held
      from remediations r
      where r.number >= ? and r.data #>> '{requestedBy,kind}' = 'playbook' and r.created_at <= coalesce(?::timestamptz, now())
    )
    select id, number, state, tier, score, action, coalesce(held, false) as held,
      1 + (select count(*) from incidents i where i.joined = of_storm.incident_id) as alerts,
      count(*) over () as total, count(*) filter (where held) over () as all_held
    from of_storm order by score desc nulls last, alerts desc, number limit ${listed}`;
  const source = jsonText([{ source: stormSource }]);
  const found = await rows(db, proposalRow, sql, [source, storm.first_remediation, storm.ended_at]);
  const [first] = found;
  return {
    number,
    beganAt: storm.began_at,
    ...(storm.ended_at === null ? {} : { endedAt: storm.ended_at }),
    incidents: storm.incidents,
    proposals: found.flatMap(({ id, action, tier: judged, score, ...rest }) => {
      const asked = request.safeParse(action);
      if (!asked.success) return [];
      const told = { remediation: id, number: rest.number, state: rest.state, alerts: rest.alerts };
      const risk = judged === null || score === null ? {} : { tier: judged, score };
      return [{ ...told, command: printAction(asked.data), ...risk }];
    }),
    more: Math.max(0, (first?.total ?? 0) - found.length),
    heldBack: first?.all_held ?? 0,
  };
}
