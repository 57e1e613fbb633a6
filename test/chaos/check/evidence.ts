import { readFile } from 'node:fs/promises';
import { Client, type QueryResultRow } from 'pg';

/*
 * What the three witnesses say: PostgreSQL, the log of the API server and the log of Slack. Read as they are, with no
 * code of the program that is checked.
 */

export interface Call {
  readonly kind: string;
  readonly ref: {
    readonly apiVersion: string;
    readonly resource: string;
    readonly namespace?: string;
    readonly name: string;
    readonly subresource?: string;
  };
}

export interface Remediation {
  readonly id: string;
  readonly number: number;
  readonly state: string;
  readonly verb: string;
  readonly version: number;
  readonly tier: string | null;
  readonly verdict: string | null;
  readonly failure: string | null;
  readonly incident_id: string;
  /** Of the object that the incident is about; null where nothing was proposed for it by a playbook. */
  readonly owner: string | null;
  readonly requested_by: string;
  readonly request_key: string | null;
  readonly digest: string | null;
  readonly applied: boolean;
  /** When all of it was done, and when the verdict was given. */
  readonly applied_at: string | null;
  readonly decided_at: string | null;
  readonly calls: readonly Call[];
  readonly answered: number;
}

/** A line of the chain: a move, a vote, a policy. */
export interface Line {
  readonly seq: string;
  readonly kind: string;
  readonly remediation_id: string | null;
  readonly version: number | null;
  readonly event: string;
  readonly from_state: string | null;
  readonly to_state: string;
  readonly actor: string | null;
  readonly data_digest: string;
  readonly at: Date;
  readonly prev_hash: string;
  readonly hash: string;
  /** The transaction that wrote it. */
  readonly txid: string;
}

interface Approval {
  readonly remediation_id: string;
  readonly user_id: string;
  readonly decision: string;
  readonly digest: string;
  readonly txid: string;
}

interface Message {
  readonly id: string;
  readonly key: string;
  readonly kind: string;
  readonly status: string;
  readonly sent: boolean;
  readonly ts: string | null;
  /** Of the message whose thread it belongs to, if it belongs to one. */
  readonly root_ts: string | null;
}

interface Verdict {
  readonly remediation_id: string;
  readonly result: string;
  readonly reason: string | null;
}

/** A request that the API server answered. `changed`: it changed what is stored. */
export interface Request {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly fieldManager?: string;
  readonly dryRun: boolean;
  readonly status: number;
  readonly changed: boolean;
}

/** What happened at Slack, in order: a call that took effect; a command, a click and an alert with what came back. */
type SlackLine =
  | {
      readonly kind: 'call';
      readonly method: string;
      readonly params: Readonly<Record<string, string>>;
      readonly answer: { readonly ok: boolean; readonly ts?: string; readonly error?: string };
    }
  | {
      readonly kind: 'command';
      readonly user: string;
      readonly trigger: string;
      readonly status: number;
      readonly said: string;
    }
  | { readonly kind: 'click'; readonly user: string; readonly value: string; readonly status: number }
  | { readonly kind: 'alert'; readonly fingerprint: string; readonly status: number };

/** What triggers in the database noted, in the order of its clock. */
export interface Note {
  readonly what: 'job' | 'move' | 'reply' | 'held' | 'let go';
  readonly txid: string;
  readonly subject: string;
  readonly version: number;
  /** Of a move the state it led to and the event, of a reply what it is about, else what tells it apart. */
  readonly detail: string;
}

export interface Evidence {
  readonly remediations: readonly Remediation[];
  readonly lines: readonly Line[];
  readonly approvals: readonly Approval[];
  readonly operations: readonly { readonly remediation_id: string; readonly open: boolean }[];
  readonly outbox: readonly Message[];
  readonly verdicts: readonly Verdict[];
  readonly playbooks: readonly {
    readonly name: string;
    readonly trust_score: number | null;
    readonly samples: number;
  }[];
  readonly head: { readonly seq: string; readonly hash: string } | undefined;
  readonly leftovers: readonly { readonly what: string; readonly count: number }[];
  /** All that may be read by people, as one text each; the alert as it came, which nothing shows, is not among it. */
  readonly texts: readonly { readonly where: string; readonly text: string }[];
  readonly notes: readonly Note[];
  readonly requests: readonly Request[];
  readonly slack: readonly SlackLine[];
  /** Texts that must be nowhere. */
  readonly secrets: readonly string[];
  /** What must have happened, such as `verb drain`. */
  readonly expected: readonly string[];
  /** By what alerts are told apart. */
  readonly alerts: readonly string[];
}

const statements = {
  remediations: `select id, number, state, verb, version, tier, verdict, data->>'failure' as failure, incident_id, requested_by, request_key,
      (select owner_key from incidents where incidents.id = incident_id) as owner, data->>'digest' as digest, data->'appliedAt' is not null as applied,
      data->>'appliedAt' as applied_at, data->'verdict'->>'decidedAt' as decided_at,
      coalesce(data->'plan'->'calls', '[]') as calls, coalesce(jsonb_array_length(data->'results'), 0) as answered
    from remediations order by number`,
  lines: 'select *, xmin::text as txid from remediation_events order by seq',
  approvals: 'select remediation_id, user_id, decision, digest, xmin::text as txid from approvals',
  operations: `select remediation_id, outcome is null or ended_at is null as open from automation_operation_log
    where remediation_id is not null`,
  outbox: `select o.id, o.key, o.kind, o.status, o.sent_revision = o.desired_revision as sent, o.ts, root.ts as root_ts
    from slack_outbox o left join slack_outbox root on root.key = o.root_key order by o.seq`,
  verdicts: `select remediation_id, verification_result->>'result' as result,
      coalesce(verification_result->>'reason', verification_result->>'sentence') as reason
    from incident_evidence where kind = 'verification' order by id`,
  playbooks: 'select name, trust_score, samples from playbooks',
  head: 'select seq, hash from audit_head',
  // Whether an incident has ended, and whether a change still stands, is looked at for hours after all is done.
  leftovers: `select * from (
      select 'notes of running jobs' as what, count(*)::int as count from running where wake->>'kind' not in ('end', 'drift')
      union all select 'jobs that wait or run', count(*)::int from pgboss.job
        where name = 'wake' and state < 'completed' and data->>'kind' not in ('expire', 'end', 'drift')
      union all select 'jobs given up', count(*)::int from pgboss.job where name = 'wake-dead'
      union all select 'incidents never triaged', count(*)::int from incidents where state = 'received'
      union all select 'second copies still to be deleted', count(*)::int from slack_doubles where ts is not null
    ) found where count > 0`,
  texts: `select 'automation_operation_log' as where, concat_ws(' ', command, detail, stderr) as text
      from automation_operation_log
    union all select 'slack_outbox', notice::text from slack_outbox
    union all select 'remediation_events', line::text from remediation_events as line
    union all select 'incidents', concat_ws(' ', title, no_action) from incidents
    union all select 'incident_evidence', evidence::text from incident_evidence as evidence where kind = 'verification'
    union all select 'object_history', line::text from object_history as line`,
  alerts: 'select dedup_key from incidents where alert is not null',
  notes: 'select what, txid::text, subject, version, detail from witness.notes order by id',
};

/**
 * Reads all of it. Sizes are those of a run, some thousand rows.
 *
 * @param at `requests` and `slack`: files of JSON lines; `replicas`: files of text that the replicas logged
 */
export async function readEvidence(at: {
  readonly database: string;
  readonly requests: string;
  readonly slack: string;
  readonly replicas: readonly string[];
  readonly secrets: readonly string[];
  readonly expected: readonly string[];
}): Promise<Evidence> {
  const client = new Client({ connectionString: at.database });
  await client.connect();
  try {
    const ask = async <R extends QueryResultRow>(sql: string): Promise<R[]> =>
      (await client.query<R>(sql)).rows;
    await client.query('begin isolation level repeatable read read only');
    const [head] = await ask<{ seq: string; hash: string }>(statements.head);
    const logged = at.replicas.map(async (file) => ({ where: file, text: await readFile(file, 'utf8') }));
    return {
      remediations: await ask<Remediation>(statements.remediations),
      lines: await ask<Line>(statements.lines),
      approvals: await ask<Approval>(statements.approvals),
      operations: await ask<Evidence['operations'][number]>(statements.operations),
      outbox: await ask<Message>(statements.outbox),
      verdicts: await ask<Verdict>(statements.verdicts),
      playbooks: await ask<Evidence['playbooks'][number]>(statements.playbooks),
      head,
      leftovers: await ask<Evidence['leftovers'][number]>(statements.leftovers),
      texts: [...(await ask<Evidence['texts'][number]>(statements.texts)), ...(await Promise.all(logged))],
      notes: await ask<Note>(statements.notes),
      requests: await linesOf<Request>(at.requests),
      slack: await linesOf<SlackLine>(at.slack),
      secrets: at.secrets,
      expected: at.expected,
      alerts: (await ask<{ dedup_key: string }>(statements.alerts)).map(({ dedup_key }) => dedup_key),
    };
  } finally {
    await client.end();
  }
}

/** A last line that was cut off was never written. */
async function linesOf<T>(file: string): Promise<T[]> {
  const text = await readFile(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line): T => JSON.parse(line));
}
