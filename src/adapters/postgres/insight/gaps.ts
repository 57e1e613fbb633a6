import { z } from 'zod';
import { type BlindSpotKind, blindSpotKinds, type Gap } from '../../../domain/insight/blind-spot.ts';
import { finalStates, holdingStates } from '../../../domain/remediation.ts';
import { redact } from '../../../domain/text/redact.ts';
import { cut } from '../../../domain/text/text.ts';
import { after } from '../../../domain/text/time.ts';
import { type Binding, type Db, rows } from '../sql.ts';

/** Breaks of one kind that are kept apart; the oldest of them. */
const most = 200;

const hour = 3600;
const day = 24 * hour;

/** Seconds for which what is done by itself is given time. */
const grace = { triage: 900, card: 900, resolution: hour, refuted: 2 * hour, proven: 8 * day };

/** How far is looked back, and for how long an alert may fire. Seconds. */
const month = 30 * day;
const week = 7 * day;

interface Look {
  readonly kind: BlindSpotKind;
  /** Answers `subject` and `name`, the oldest first. */
  readonly sql: string;
  readonly bindings: readonly Binding[];
  readonly sentence: (name: string) => string;
}

const found = z.object({ subject: z.string(), name: z.string() });

const listed = (states: readonly string[]): string => states.map((state) => `'${state}'`).join(', ');

/** All that the database shows, in the order of the chain. */
export async function findGaps(db: Db, asked: When): Promise<readonly Gap[]> {
  const gaps = await Promise.all(
    looksAt(asked).map(async ({ kind, sql, bindings, sentence }) =>
      (await rows(db, found, `${sql} limit ${most}`, bindings)).map(({ subject, name }) => ({
        kind,
        subject,
        sentence: sentence(cut(redact(name), 200)),
      })),
    ),
  );
  return gaps.flat().toSorted((a, b) => blindSpotKinds.indexOf(a.kind) - blindSpotKinds.indexOf(b.kind));
}

interface When {
  readonly now: string;
  readonly since: string;
  readonly patience: number;
}

const looksAt = (asked: When): readonly Look[] => [...looksAtAlerts(asked), ...looksAtChanges(asked)];

function looksAtAlerts(asked: When): readonly Look[] {
  const before = (seconds: number) => after(asked.now, -seconds);
  return [
    {
      kind: 'webhook-without-incident',
      sql: `select id::text as subject, title as name from incidents where state = 'received' and created_at < ?
        order by created_at, id`,
      bindings: [before(grace.triage)],
      sentence: (name) => `The alert ${name} was taken and has not been triaged.`,
    },
    {
      // Of what was fired before anybody watched nothing could be known.
      kind: 'webhook-without-incident',
      sql: `select dedup_key as subject, split_part(dedup_key, ':', 1) as name from early_resolutions early
        where received_at < ? and received_at >= ? and received_at >= ?
          and right(dedup_key, 24) >= ? and dedup_key not like '%:*' and not exists (select from incidents i where i.dedup_key = early.dedup_key)
        order by received_at, dedup_key`,
      bindings: [before(grace.resolution), before(week), asked.since, asked.since],
      sentence: (name) => `${name} has sent that an alert is over which it never sent as firing.`,
    },
    {
      // Of an end that says no start: what it ended may have begun a week before. Its firings are looked up in the one index of
      // keys, between two bounds that hold in any order of texts; "offset 0" keeps it a look-up for each.
      kind: 'webhook-without-incident',
      sql: `select dedup_key as subject, split_part(dedup_key, ':', 1) as name from early_resolutions early
        where received_at < ? and received_at >= ? and received_at >= ? and resolved_at >= ? and dedup_key like '%:*'
          and not exists (select from incidents i where i.dedup_key > left(early.dedup_key, -1) || '0000'
            and i.dedup_key < left(early.dedup_key, -1) || '9999'
            and left(i.dedup_key, -24) = left(early.dedup_key, -1) offset 0)
        order by received_at, dedup_key`,
      bindings: [before(grace.resolution), before(week), asked.since, after(asked.since, week)],
      sentence: (name) => `${name} has sent that an alert is over which it never sent as firing.`,
    },
    {
      kind: 'incident-without-end',
      sql: `select id::text as subject, title || ' since ' || to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as name
        from incidents i where alert is not null and resolved_at is null and created_at < ? and closed_at is null
          and not exists (select from incidents whole where whole.id = i.joined and whole.closed_at is not null)
        order by created_at, id`,
      bindings: [before(week)],
      sentence: (name) => `The alert ${name} is still firing.`,
    },
  ];
}

function looksAtChanges(asked: When): readonly Look[] {
  const before = (seconds: number) => after(asked.now, -seconds);
  return [
    {
      kind: 'card-without-post',
      sql: `select key as subject, coalesce(r.number::text, 'an unknown one') as name from (
          select key, notice, created_at from slack_outbox
            where kind = 'card' and status = 'open' and ts is null and ready and created_at < ?
          union all select key, notice, created_at from slack_outbox
            where kind = 'card' and status = 'failed' and ts is null
        ) m left join remediations r on r.id = (m.notice ->> 'remediationId')::uuid order by m.created_at, key`,
      bindings: [before(grace.card)],
      sentence: (name) => `The card of remediation ${name} is not in Slack.`,
    },
    {
      kind: 'approval-without-answer',
      sql: `select id::text as subject, number || ' (' || command || ')' as name from remediations r
        where created_at >= ? and (state = 'expired' or (state = 'waiting' and expires_at < ?))
          and not exists (select from approvals a where a.remediation_id = r.id)
        order by number`,
      bindings: [before(week), before(hour)],
      sentence: (name) => `Nobody has voted on remediation ${name}.`,
    },
    {
      // A change that was refused or broken off has no verdict: its failure says it all.
      kind: 'execution-without-verdict',
      sql: `select id::text as subject, number || ' (' || command || ')' as name from remediations r
        where created_at >= ? and started_at is not null and (
          (state in (${listed(holdingStates)}, 'learning') and moved_at < ?)
          or (state in (${listed(finalStates)}) and (state <> 'failed' or data ->> 'stage' = 'verification')
            and (select jsonb_typeof(verification_result) from incident_evidence e
              where e.remediation_id = r.id and e.kind = 'verification' limit 1) is distinct from 'object'))
        order by number`,
      bindings: [before(month), before(asked.patience)],
      sentence: (name) => `Remediation ${name} was carried out and has no verdict.`,
    },
    {
      // That it did not help lowers the trust at once; that it did may raise it only once it has lasted.
      kind: 'verdict-without-trust',
      sql: `select r.id::text as subject, r.number || ' of the ' || r.requested_by as name
        from remediations r
          cross join lateral (select created_at from incident_evidence where remediation_id = r.id and kind = 'verification' limit 1) e
        where r.created_at >= ? and r.requested_by like 'playbook %' and ((r.verdict = 'not_verified' and r.updated_at < ?)
            or (r.verdict = 'verified' and r.updated_at < ?)) and not exists (select from playbooks p
            where p.name = substr(r.requested_by, length('playbook ') + 1) and p.updated_at >= e.created_at)
          -- A second look that is still to come, or that says nothing, moves none.
          and not exists (select from second_looks l where l.remediation_id = r.id
            and (l.result in ('replaced', 'unknown') or l.due_at > ?))
        order by r.number`,
      bindings: [before(month), before(grace.refuted), before(grace.proven), before(2 * hour)],
      sentence: (name) => `The verdict on remediation ${name} has not moved its trust.`,
    },
  ];
}
