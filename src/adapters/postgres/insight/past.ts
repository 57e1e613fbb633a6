import type { Knex } from 'knex';
import { z } from 'zod';
import {
  type ExamplesOfDay,
  type Label,
  type LeftOut,
  type Lesson,
  type Lived,
  labels,
  reasons,
} from '../../../domain/insight/lived.ts';
import { json } from '../../../domain/text/json.ts';
import type { Asked, Past } from '../../../workflow/insight/insight-port.ts';
import { OtherVersion } from '../../../workflow/other-version.ts';
import { findIncident } from '../incidents/incidents.ts';
import { findById } from '../remediations/remediations.ts';
import { findApprovals } from '../remediations/votes.ts';
import { type Db, rows, timestamp } from '../sql.ts';
import { lastingHours, standingOf } from './standing-of.ts';

/** Rows that are read at a time; of each only what says whether it is an example. */
const page = 500;

/** Pieces of evidence of one incident. */
const mostEvidence = 20;

/** What was done and what became of it, as the database has it. */
export function createPast(knex: Knex): Past {
  return {
    lastingHours,
    examplesByDay: (asked) => examplesByDay(knex, asked),
    lessons: (asked) => lessons(knex, asked),
    executions: ({ since, until }) => executions(knex, since, until),
  };
}

const ofDay = z.object({ day: z.string(), count: z.coerce.number() });

/**
 * The incident that this one is a part of, where it is; what belongs together stays so. Looked up one by one (`offset 0`): to
 * join them whole would read all incidents that there are.
 */
const incidentsOf = `cross join lateral (select id, joined, created_at from incidents where id = r.incident_id offset 0) i
  left join lateral (select id, created_at from incidents where id = i.joined offset 0) whole on true`;
const began = 'coalesce(whole.created_at, i.created_at)';

function examplesByDay(db: Db, { since, now }: Asked): Promise<readonly ExamplesOfDay[]> {
  const sql = `select to_char(${began} at time zone 'UTC', 'YYYY-MM-DD') as day, count(*)
    from remediations r ${incidentsOf}
    where r.created_at >= ?::timestamptz and r.verdict in ('verified', 'not_verified') and (${standingOf('?')}) = any (?)
    group by 1 order by 1`;
  return rows(db, ofDay, sql, [since ?? '-infinity', now, [...labels]]);
}

const line = z.object({
  id: z.string(),
  number: z.number(),
  standing: z.enum([...labels, ...reasons]),
  incident: z.string(),
  own: z.string(),
  began: timestamp,
});
type Line = z.infer<typeof line>;

async function* lessons(db: Db, { since, now }: Asked): AsyncGenerator<Lesson> {
  const sql = `select r.id, r.number, ${standingOf('?')} as standing, coalesce(whole.id, i.id) as incident, i.id as own,
      ${began} as began
    from remediations r ${incidentsOf}
    where r.number > ? and r.created_at >= ?::timestamptz order by r.number limit ${page}`;
  for (let last = 0; ; ) {
    const found = await rows(db, line, sql, [now, last, since ?? '-infinity']);
    for (const each of found) yield await lessonOf(db, each);
    const end = found.at(-1);
    if (end === undefined || found.length < page) return;
    last = end.number;
  }
}

const isLabel = (standing: Label | LeftOut): standing is Label => labels.some((label) => label === standing);

async function lessonOf(db: Db, found: Line): Promise<Lesson> {
  const { number, standing } = found;
  if (!isLabel(standing)) return { kind: 'left out', number, reason: standing };
  try {
    const lived = await livedOf(db, found);
    if (lived !== undefined) return { kind: 'example', number, label: standing, lived };
  } catch (fault) {
    if (!(fault instanceof OtherVersion)) throw fault;
  }
  return { kind: 'left out', number, reason: 'other version' };
}

const operation = z.object({ detail: z.string().nullable(), stderr: z.string().nullable() });
const evidence = z.object({ kind: z.string(), payload: json });

/** Undefined where it was pruned meanwhile. What was found out once the change had begun is no evidence for it. */
async function livedOf(db: Db, { id, incident, own, began: incidentAt }: Line): Promise<Lived | undefined> {
  const known = `select kind, payload from incident_evidence where incident_id = any (?)
      and kind not in ('alert', 'verification') and created_at <= coalesce(
        (select started_at::timestamptz from remediations where id = ?), 'infinity')
    order by created_at, id limit ${mostEvidence}`;
  const logged = 'select detail, stderr from automation_operation_log where remediation_id = ?';
  const [remediation, incidentRow, votes, found, [log]] = await Promise.all([
    findById(db, id),
    findIncident(db, own),
    findApprovals(db, id),
    rows(db, evidence, known, [[...new Set([incident, own])], id]),
    rows(db, operation, logged, [id]),
  ]);
  if (remediation === undefined) return undefined;
  const alert = incidentRow?.alert;
  return {
    ...{ remediation, incident, incidentAt, evidence: found, votes },
    ...(alert === undefined ? {} : { alert }),
    ...(log?.detail == null ? {} : { detail: log.detail }),
    ...(log?.stderr == null ? {} : { stderr: log.stderr }),
  };
}

async function executions(db: Db, since: string, until: string): Promise<number> {
  const sql =
    'select count(*) from remediations where created_at >= ? and created_at < ? and started_at is not null';
  const [found] = await rows(db, z.object({ count: z.coerce.number() }), sql, [since, until]);
  return found?.count ?? 0;
}
