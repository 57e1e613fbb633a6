/** What whoever runs Firebreak may do with a table. */
type Rights = string;

const everything: Rights = 'select, insert, update, delete';

/**
 * The tables of Firebreak and what is done with them by those who run it. The audit chain is appended to and never changed;
 * what is old in it goes by functions that look first (migration 0035). Only the head may move on.
 */
export const rightsOnTables: Readonly<Record<string, Rights>> = {
  remediation_events: 'select, insert',
  audit_anchors: 'select, insert',
  audit_head: 'select, update (seq, hash)',
  policy_changes: 'select, insert',
  firebreak_migrations: 'select',
  firebreak_migrations_lock: 'select',
  aftermaths: everything,
  approvals: everything,
  automation_operation_log: everything,
  blind_spots: everything,
  drift_watches: everything,
  early_resolutions: everything,
  held_targets: everything,
  incident_evidence: everything,
  incidents: everything,
  lost_steps: everything,
  notified_people: everything,
  object_history: everything,
  playbook_outcomes: everything,
  playbooks: everything,
  policy_proposals: everything,
  remediations: everything,
  routines: everything,
  second_looks: everything,
  running: everything,
  slack_doubles: everything,
  slack_lanes: everything,
  slack_outbox: everything,
  silences: everything,
  snapshots: everything,
  storms: everything,
  incident_minutes: everything,
  stops: 'select, insert, update (ended_at, ended_by_user, ended_by_team, ended_reason, ended_request_key)',
  target_waiters: everything,
};

const functions = ['prune_audit_lines(integer)', 'prune_audit_policies()'];

/** Names that need no quoting but for the hyphen: what a role of an installation is called. */
export const isRoleName = (name: string): boolean => /^[a-z_][a-z0-9_-]{0,62}$/.test(name);

/**
 * The statements by which the owner of the schema gives a role what Firebreak needs to run, and takes from it what it had
 * more. To be run again after each migration.
 *
 * @param role see `isRoleName`
 * @param auditDays the least age of the chain's lines that may be deleted; 31 where it is not given
 */
export function grantsFor(role: string, auditDays?: number): readonly string[] {
  const to = `"${role}"`;
  return [
    `revoke all on all tables in schema public from ${to}`,
    `grant usage on schema public, pgboss to ${to}`,
    ...Object.entries(rightsOnTables).map(([table, rights]) => `grant ${rights} on ${table} to ${to}`),
    `grant usage on all sequences in schema public to ${to}`,
    `grant execute on function ${functions.join(', ')} to ${to}`,
    `grant ${everything} on all tables in schema pgboss to ${to}`,
    `grant usage on all sequences in schema pgboss to ${to}`,
    ...(auditDays === undefined
      ? []
      : [`alter function audit_old_enough() set firebreak.audit_days = '${auditDays}'`]),
  ];
}
