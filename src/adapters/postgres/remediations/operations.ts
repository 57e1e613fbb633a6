import type { LogEntry } from '../../../workflow/ports.ts';
import { clean, type Db, type Statement, write } from '../sql.ts';

/** Whose line it is in automation_operation_log. */
export interface Operation {
  readonly remediationId: string;
  readonly incidentId: string;
  readonly requestedBy: string;
  readonly at: string;
}

/** Starts or ends the one line of a remediation. Ending an ended line changes nothing. */
export function loggedOperation(operation: Operation, entry: LogEntry): Statement {
  const { remediationId, incidentId, requestedBy, at } = operation;
  const who = [remediationId, incidentId, clean(entry.command), requestedBy];
  if (entry.kind === 'started') {
    const sql = `insert into automation_operation_log (remediation_id, incident_id, command, requested_by, started_at)
      values (?, ?, ?, ?, ?) on conflict (remediation_id) do nothing`;
    return { sql, bindings: [...who, at] };
  }
  const sql = `insert into automation_operation_log as line (remediation_id, incident_id, command, requested_by, started_at,
      ended_at, duration_ms, outcome, detail, stderr)
    values (?, ?, ?, ?, ?, ?, 0, ?, ?, ?)
    on conflict (remediation_id) do update set outcome = excluded.outcome, detail = excluded.detail,
      stderr = excluded.stderr, ended_at = greatest(excluded.ended_at, line.started_at),
      duration_ms = greatest(0, round(extract(epoch from excluded.ended_at - line.started_at) * 1000))
    where line.ended_at is null`;
  const stderr = entry.stderr === undefined ? null : clean(entry.stderr);
  return { sql, bindings: [...who, at, at, entry.outcome, clean(entry.detail), stderr] };
}

/** A line that is over as soon as it begins: nothing was run. Once for each `requestKey`. */
export interface Instant {
  readonly requestKey: string;
  readonly incidentId?: string;
  readonly command: string;
  readonly requestedBy: string;
  readonly outcome: 'no_action' | 'unparsable' | 'failed';
  readonly detail: string;
  readonly at: string;
}

export async function logInstant(trx: Db, line: Instant): Promise<void> {
  const sql = `insert into automation_operation_log (request_key, incident_id, command, requested_by, outcome, detail,
      started_at, ended_at, duration_ms)
    values (?, ?, ?, ?, ?, ?, ?, ?, 0) on conflict (request_key) do nothing`;
  await write(trx, sql, [
    clean(line.requestKey),
    line.incidentId ?? null,
    clean(line.command),
    line.requestedBy,
    line.outcome,
    clean(line.detail),
    line.at,
    line.at,
  ]);
}
