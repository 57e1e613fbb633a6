import { z } from 'zod';
import { endReason } from '../../../domain/incidents/ending.ts';
import type { Overview } from '../../../domain/incidents/overview.ts';
import { finalStates } from '../../../domain/remediation.ts';
import { type Db, rows, timestamp } from '../sql.ts';
import { actingKinOf, kinOf, rootOf } from './kin.ts';

/** Names of alerts and remediations of one incident that are looked at; nobody reads more on a card. */
const mostNames = 100;
const mostSteps = 20;

const named = z
  .object({
    name: z.string(),
    alerts: z.number(),
    firing: z.number(),
    most_firings: z.number(),
    severities: z.array(z.string()).nullable(),
    since: z.string(),
    resolved_at: timestamp.nullable(),
  })
  .transform(({ most_firings: mostFirings, severities, resolved_at: resolvedAt, ...rest }) => ({
    ...rest,
    mostFirings,
    severities: severities ?? [],
    ...(resolvedAt === null ? {} : { resolvedAt }),
  }));

const signals = `with one as (
    select title, alert->>'source' as source, alert->>'fingerprint' as fingerprint, count(*)::int as alerts,
      count(*) filter (where resolved_at is null)::int as firing, min(alert->>'startsAt') as since,
      max(resolved_at) as resolved_at, max(left(alert->'labels'->>'severity', 20)) as severity
    from incidents where id in (select id from ${kinOf(rootOf('?'))} kin) and alert is not null group by 1, 2, 3
  )
  select title as name, sum(alerts)::int as alerts, sum(firing)::int as firing, max(alerts) as most_firings,
    array_agg(distinct severity) filter (where severity is not null) as severities, min(since) as since,
    max(resolved_at) as resolved_at
  from one group by title order by title limit ${mostNames}`;

const step = z.object({
  id: z.string(),
  number: z.number(),
  // Also one that only a newer version knows: it must not keep others from being told.
  state: z.string(),
  is_over: z.boolean(),
});

/** The predicate of the index remediations_unfinished, the other way round. */
const over = `state in (${finalStates.map((each) => `'${each}'`).join(', ')})`;

const steps = `select id, number, state, ${over} as is_over from remediations
  where incident_id in (select id from ${actingKinOf(rootOf('?'))} kin) order by number desc limit ${mostSteps}`;

const heading = z.object({
  head: z.string().nullable(),
  closed_at: timestamp.nullable(),
  closed_why: endReason.nullable().catch(null),
  reopened: z.number(),
  healthy_since: timestamp.nullable(),
  number: z.number().nullable(),
});

const head = `select closed_at, closed_why, reopened, healthy_since, number, (
    select notice->>'remediationId' from slack_outbox
    where incident_id in (select id from ${actingKinOf('root.id')} kin) and kind in ('card', 'incident') and root_key is null
    order by seq limit 1) as head
  from incidents root where root.id = ${rootOf('?')}`;

/** What is known of an incident and of all that joined it; undefined for one that is not there. */
export async function findOverview(db: Db, incidentId: string): Promise<Overview | undefined> {
  const [alerts, taken, [root]] = await Promise.all([
    rows(db, named, signals, [incidentId, incidentId]),
    rows(db, step, steps, [incidentId, incidentId]),
    rows(db, heading, head, [incidentId]),
  ]);
  if (root === undefined) return undefined;
  return {
    signals: alerts,
    steps: taken.toReversed().map(({ is_over: isOver, ...rest }) => ({ ...rest, isOver })),
    ...(root.head === null ? {} : { head: root.head }),
    reopened: root.reopened,
    ...(root.closed_at === null ? {} : { closedAt: root.closed_at }),
    ...(root.closed_why === null ? {} : { closedWhy: root.closed_why }),
    ...(root.healthy_since === null ? {} : { healthySince: root.healthy_since }),
    ...(root.number === null ? {} : { number: root.number }),
  };
}
