import type { Incident } from '../../../domain/incidents/incident.ts';
import type { Context } from '../context.ts';
import { clean, jsonText, type Statement } from '../sql.ts';
import { type Joining, joinedSentence } from './engaged.ts';
import { rootOf } from './kin.ts';

/** What is written to one incident. Without a reason it has a remediation; `key`: its owner; `root`: what it joins. */
interface Line {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly reason: string | null;
  readonly key?: string;
  readonly root?: string;
}

/**
 * One statement for all of them: the new state, what was reported as evidence, and for what has no remediation of its own a
 * line that is over at once. Each row is written once, however many there are.
 */
export function marking(context: Context, lines: readonly Line[]): readonly Statement[] {
  if (lines.length === 0) return [];
  const at = context.clock();
  const sql = `with line as (
      select * from jsonb_to_recordset(?::jsonb) as x (id uuid, title text, source text, reason text, key text, root uuid)
    ), marked as (
      update incidents set state = 'triaged', version = version + 1, moved_at = now(), no_action = line.reason,
        owner_key = coalesce(line.key, incidents.owner_key), joined = coalesce(${rootOf('line.root')}, incidents.joined)
      from line where incidents.id = line.id returning incidents.id, incidents.alert
    ), evidence as (
      insert into incident_evidence (incident_id, kind, payload) select id, 'alert', alert from marked
      where alert is not null
        and not exists (select from incident_evidence known where known.incident_id = marked.id and known.kind = 'alert')
    )
    insert into automation_operation_log (request_key, incident_id, command, requested_by, outcome, detail,
      started_at, ended_at, duration_ms)
    select 'triage:' || id, id, title, source, 'no_action', reason, ?, ?, 0 from line where reason is not null
    on conflict (request_key) do nothing`;
  return [{ sql, bindings: [jsonText(lines), at, at] }];
}

export const joinedLine = ({ incident, engaged, owner }: Joining): Line => ({
  ...lineOf(incident, joinedSentence(engaged)),
  ...{ key: owner.key, root: engaged.incident },
});

export const lineOf = ({ id, title, alert }: Incident, reason: string | null): Line => ({
  ...{ id, title, source: alert?.source ?? 'unknown' },
  reason: reason === null ? null : clean(reason),
});
