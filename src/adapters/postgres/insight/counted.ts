import { z } from 'zod';
import { labels, reasons } from '../../../domain/insight/lived.ts';
import type { Counted } from '../../../domain/insight/statistics.ts';
import type { CountedAsked, CountedFound, NamespaceAt } from '../../../workflow/insight/statistics-port.ts';
import { type Db, rows } from '../sql.ts';
import { standingOf } from './standing-of.ts';

/** Remediations that are counted, the newest of them; some 300 a day for two months. */
const most = 20_000;

const optional = z.number().nullable();

const row = z
  .object({
    number: z.number(),
    verb: z.string(),
    playbook: z.string().nullable(),
    tier: z.string().nullable(),
    state: z.string(),
    standing: z.enum([...labels, ...reasons]),
    is_carried_out: z.boolean(),
    is_verified: z.boolean(),
    card: optional,
    approval: optional,
    verdict: optional,
    waiting: optional,
    approvals: z.number(),
  })
  .transform(
    ({
      playbook,
      tier,
      is_carried_out,
      is_verified,
      card,
      approval,
      verdict,
      waiting,
      ...rest
    }): Counted => ({
      ...rest,
      isCarriedOut: is_carried_out,
      isVerified: is_verified,
      ...(playbook === null ? {} : { playbook }),
      ...(tier === null ? {} : { tier }),
      ...(card === null ? {} : { cardSeconds: card }),
      ...(approval === null ? {} : { approvalSeconds: approval }),
      ...(verdict === null ? {} : { verdictSeconds: verdict }),
      ...(waiting === null ? {} : { waitingSeconds: waiting }),
    }),
  );

/** The namespace of a target by its key, which begins with the cluster's name; `-` where it has none. */
const namespaceIn = `split_part(substr(r.target_key, length(r.cluster) + 2), '/', 1)`;

/** Null where one of the two is: `greatest` would take the null for nothing. */
const seconds = (from: string, to: string) =>
  `case when ${to} < ${from} then 0 else extract(epoch from ${to} - ${from}) end::float8`;

/** The first remediation of an alert's incident was brought about by the alert; what came later has a beginning of its own. */
const begun = `case when r.requested_by like 'playbook %' and not exists (
    select from remediations earlier where earlier.incident_id = r.incident_id and earlier.number < r.number)
  then i.created_at else r.created_at end`;

const sql = `with chosen as materialized (
    select r.id, r.number, r.incident_id, r.verb, r.requested_by, r.tier, r.state, r.verdict, r.started_at, r.created_at,
      r.updated_at
    from remediations r where r.created_at >= ?
      and (?::text is null or r.requested_by = ?) and (?::text is null or ${namespaceIn} = ?)
      and (?::text is null or r.cluster = ?)
      and (?::text[] is null or r.cluster || '/' || ${namespaceIn} = any (?::text[]))
    order by r.created_at desc limit ${most + 1}
  )
  select r.number, r.verb, substring(r.requested_by from '^playbook (.*)$') as playbook, r.tier, r.state,
    ${standingOf('?')} as standing, r.started_at is not null as is_carried_out,
    r.state = 'succeeded' and coalesce(r.verdict = 'verified', false) as is_verified,
    ${seconds(begun, 'card.posted_at')} as card,
    case when r.tier in ('human', 'dual') then ${seconds('coalesce(card.posted_at, moves.waiting)', 'moves.approved')} end as approval,
    case when r.verdict is not null then ${seconds('r.started_at::timestamptz', 'moves.concluded')} end as verdict,
    case when r.state = 'waiting' then ${seconds('coalesce(card.posted_at, moves.waiting, r.updated_at)', 'asked.now')} end as waiting,
    (select count(*) from approvals a where a.remediation_id = r.id and a.decision = 'approve')::integer as approvals
  from chosen r cross join (select ?::timestamptz as now) asked
    cross join lateral (select id, created_at from incidents where id = r.incident_id offset 0) i
    left join lateral (select posted_at from slack_outbox where key = 'card:' || r.id offset 0) card on true
    cross join lateral (
      select min(at) filter (where to_state = 'waiting') as waiting, max(at) filter (where to_state = 'approved') as approved,
        min(at) filter (where to_state = 'learning') as concluded
      from remediation_events e where e.kind = 'move' and e.remediation_id = r.id
    ) moves
  order by r.number`;

/** What is counted of the remediations that were asked for since an instant; the newest, where there are too many. */
export async function findCounted(db: Db, asked: CountedAsked): Promise<CountedFound> {
  const { since, now, playbook, namespace, cluster = null, namespaces } = asked;
  const by = playbook === undefined ? null : `playbook ${playbook}`;
  const where = namespace ?? null;
  const may = namespaces?.map((each) => `${each.cluster}/${each.namespace}`) ?? null;
  const which = [by, by, where, where, cluster, cluster, may, may];
  const found = await rows(db, row, sql, [since, ...which, now, now]);
  return { counted: found.length > most ? found.slice(1) : found, isCut: found.length > most };
}

const newest = z.object({ cluster: z.string(), namespace: z.string(), id: z.string() });

/** Of each namespace of each cluster in which something was asked for since an instant, the newest remediation. */
export async function findNamespaces(
  db: Db,
  since: string,
): Promise<readonly (NamespaceAt & { readonly id: string })[]> {
  const sql = `select distinct on (1, 2) r.cluster, ${namespaceIn} as namespace, r.id from remediations r
    where r.created_at >= ? order by 1, 2, r.number desc`;
  return rows(db, newest, sql, [since]);
}
