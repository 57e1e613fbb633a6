import type { Knex } from 'knex';
import { z } from 'zod';
import { alert as storedAlert } from '../../../domain/incidents/incident.ts';
import { cardKey } from '../../../domain/incidents/notice.ts';
import { labelSet, mostSilenced, type SilenceShown } from '../../../domain/incidents/silence.ts';
import { finalStates, isFinal, type Remediation } from '../../../domain/remediation.ts';
import { clockTime } from '../../../domain/text/clock-time.ts';
import type { Leased, Settled, Silences } from '../../../workflow/silences/silences-port.ts';
import type { Context } from '../context.ts';
import { kinOf, rootOf } from '../incidents/kin.ts';
import { promisedCard, promisedReply } from '../outbox/messages.ts';
import { lockedThread } from '../outbox/threads.ts';
import { clean, type Db, jsonText, rows, send, timestamp, write } from '../sql.ts';
import { transact } from '../transact.ts';

type Told = Pick<Context, 'newId' | 'channel'> & { readonly knex: Knex };

/** Seconds for which a silence belongs to who looks at it. */
const leaseSeconds = 30;

/** Looked at together. */
const most = 10;

/** The Silences port on PostgreSQL. */
export function createSilences(context: Told): Silences {
  const { knex } = context;
  return {
    ask: (remediation, asked) => ask(context, remediation, asked),
    shown: (remediation) => shown(knex, remediation),
    take: () => take(context),
    holds: async ({ id, lease }) => {
      const sql = `select from silences where id = ? and lease = ? and leased_until > clock_timestamp()`;
      return (await rows(knex, z.object({}), sql, [id, lease])).length > 0;
    },
    settle: (silence, done) => settle(context, silence, done),
    firing: (silence) => firingOf(knex, silence),
    putOff: async ({ id, lease }, seconds) => {
      const sql = `update silences set lease = null, attempts = attempts + 1, leased_until = clock_timestamp() + ?::float8 * interval '1 second'
        where id = ? and lease = ?`;
      await write(knex, sql, [seconds, id, lease]);
    },
  };
}

const labelled = z.object({ labels: labelSet });

/** The alerts of Alertmanager's own that fire, of an incident and what joined it, each label set once. */
const firing = `select distinct alert->'labels' as labels
  from incidents where id in (select id from ${kinOf(rootOf('?'))} kin) and resolved_at is null
    and alert->>'source' = 'alertmanager'`;

async function ask(
  context: Told,
  remediation: Remediation,
  { by, endsAt }: { readonly by: string; readonly endsAt: string },
): ReturnType<Silences['ask']> {
  const { id, incidentId } = remediation;
  return transact(context.knex, async (trx) => {
    const found = await rows(trx, labelled, `${firing} order by 1`, [incidentId, incidentId]);
    if (found.length === 0) return { kind: 'none' };
    const labels = found.slice(0, mostSilenced).map((each) => each.labels);
    const sql = `insert into silences (id, remediation_id, by_user, labels, asked_at, ends_at)
      values (?, ?, ?, ?::jsonb, clock_timestamp(), ?)
      on conflict (remediation_id) do update set id = excluded.id, by_user = excluded.by_user, labels = excluded.labels,
        asked_at = excluded.asked_at, ends_at = excluded.ends_at, state = 'wanted', refused = null, heard = null,
        attempts = 0, lease = null, leased_until = null
      where silences.state = 'ended' and silences.refused is not null`;
    const put = await write(trx, sql, [context.newId(), id, by, jsonText(labels), endsAt]);
    if (put === 0) return { kind: 'already' };
    for (const each of promisedCard(context, remediation)) await send(trx, each);
    return { kind: 'asked', alerts: labels.length, leftOut: found.length - labels.length };
  });
}

/** A state of a newer version says nothing, and offers nothing: the card says all the rest. */
const shownStates = ['wanted', 'made', 'ended'] as const;

const standing = z
  .object({
    by: z.string(),
    alerts: z.number(),
    ends_at: timestamp,
    state: z.string(),
    refused: z.boolean(),
  })
  .transform(
    ({
      ends_at: endsAt,
      refused,
      state,
      ...rest
    }): { readonly shown?: SilenceShown; readonly refused: boolean } => {
      const known = shownStates.find((each) => each === state);
      return known === undefined ? { refused } : { shown: { ...rest, state: known, endsAt }, refused };
    },
  );

async function shown(db: Db, remediation: Remediation): ReturnType<Silences['shown']> {
  const sql = `select by_user as by, jsonb_array_length(labels) as alerts, ends_at, state,
      refused is not null as refused from silences where remediation_id = ?`;
  const [known] = await rows(db, standing, sql, [remediation.id]);
  // What was refused may be asked for again.
  if (known !== undefined && (known.shown === undefined || !known.refused)) return known.shown;
  if (isFinal(remediation.state)) return undefined;
  const { incidentId } = remediation;
  const any = await rows(db, z.object({}), `${firing} limit 1`, [incidentId, incidentId]);
  return any.length > 0 ? 'possible' : undefined;
}

const heard = z.object({ alert: storedAlert });

async function firingOf(db: Db, { id, remediation }: Leased): ReturnType<Silences['firing']> {
  const sql = `select alert from incidents where resolved_at is null and alert->>'source' = 'alertmanager'
    and id in (select id from ${kinOf(rootOf('(select incident_id from remediations where id = ?)'))} kin)
    and alert->'labels' in (select jsonb_array_elements(heard) from silences where id = ?)`;
  const found = await rows(db, heard, sql, [remediation.id, remediation.id, id]);
  return found.map(({ alert }) => alert);
}

const over = finalStates.map((state) => `'${state}'`).join(', ');

const taken = z.object({
  id: z.string(),
  remediation_id: z.string(),
  number: z.number(),
  by_user: z.string(),
  labels: z.array(labelSet),
  ends_at: timestamp,
  over: z.string().nullable(),
  made: z.boolean(),
  attempts: z.number(),
});

async function take({ knex, newId }: Told): Promise<readonly Leased[]> {
  const lease = newId();
  const sql = `with due as (
      select s.id, r.number, case when r.state in (${over}) then r.state
        when s.ends_at <= clock_timestamp() then 'late' end as over
      from silences s join remediations r on r.id = s.remediation_id
      where s.state <> 'ended' and (s.leased_until is null or s.leased_until < clock_timestamp())
        and (s.state = 'wanted' or r.state in (${over}) or s.ends_at <= clock_timestamp())
      order by s.asked_at limit ${most} for update of s skip locked
    )
    update silences set lease = ?, leased_until = clock_timestamp() + interval '${leaseSeconds} seconds'
    from due where silences.id = due.id
    returning silences.id, remediation_id, number, by_user, labels, ends_at, over, silences.state = 'made' as made, attempts`;
  const found = await rows(knex, taken, sql, [lease]);
  return found.map(({ remediation_id, number, by_user, ends_at, over: why, made: isMade, ...rest }) => ({
    ...rest,
    ...{ lease, isMade, by: by_user, endsAt: ends_at, remediation: { id: remediation_id, number } },
    ...(why === null ? {} : { over: why }),
  }));
}

const about = z.object({ incident_id: z.string(), requested_by: z.unknown(), at: timestamp });

async function settle(context: Told, silence: Leased, done: Settled): Promise<boolean> {
  const { id, lease, remediation } = silence;
  const { state } = done;
  const heard = done.state === 'made' ? jsonText(done.heard) : null;
  const refused = done.state === 'ended' && done.refused !== undefined ? clean(done.refused) : null;
  return transact(context.knex, async (trx) => {
    const sql = `update silences set state = ?, heard = coalesce(?::jsonb, heard), refused = ?, attempts = 0, lease = null,
        leased_until = null
      where id = ? and lease = ?`;
    if ((await write(trx, sql, [state, heard, refused, id, lease])) === 0) return false;
    const asked = `select incident_id, data->'requestedBy' as requested_by, clock_timestamp() as at from remediations where id = ?`;
    const [row] = await rows(trx, about, asked, [remediation.id]);
    if (row === undefined) return true;
    const reply = promisedReply(context, {
      key: `silence:${id}:${state}`,
      rootKey: cardKey(remediation.id),
      incidentId: row.incident_id,
      notice: { kind: 'reply', broadcast: false, ...saidOf(silence, done, row.at) },
    });
    await send(trx, lockedThread('?', row.incident_id), reply);
    const again = `update slack_outbox set desired_revision = desired_revision + 1, next_attempt_at = least(next_attempt_at, now())
      where status = 'open' and (key = ? or key = (select root_key from slack_outbox where key = ?))`;
    await write(trx, again, [cardKey(remediation.id), cardKey(remediation.id)]);
    return true;
  });
}

/** What the thread says of it. Who asked for it is named where it begins, and where it could not. */
function saidOf(
  { by, labels, endsAt, over: why, remediation, isMade }: Leased,
  done: Settled,
  at: string,
): { readonly headline: string; readonly by?: string; readonly body?: string } {
  const alerts = labels.length === 1 ? '1 alert' : `${labels.length} alerts`;
  const latest = clockTime(endsAt, at);
  if (done.state === 'made')
    return {
      headline: `${alerts} silenced in Alertmanager until the verdict, ${latest} at the latest, asked for by`,
      by,
    };
  const { refused: body } = done;
  if (body !== undefined)
    return isMade
      ? {
          headline: `The silence of ${alerts} could not be ended early: it ends by itself at ${latest}.`,
          body,
        }
      : { headline: `${alerts} could not be silenced, as asked for by`, by, body };
  const reason =
    why === 'late'
      ? 'its time is over'
      : `remediation ${remediation.number} has ended: ${(why ?? '').replace('_', ' ')}`;
  return {
    headline: isMade
      ? `The silence of ${alerts} has ended: ${reason}.`
      : `${alerts} not silenced: ${reason}.`,
  };
}
