import { z } from 'zod';
import type { Approval } from '../../../domain/approval.ts';
import { canonicalJson, json } from '../../../domain/text/json.ts';
import type { Sha256 } from '../../../workflow/ports.ts';
import { type Db, rows, timestamp } from '../sql.ts';
import type { Entry, Verified } from './chain.ts';

/* What is written once and stands beside the chain: votes and policies. Each has a line that vouches for it. */

/** A vote as it is stored: the columns of `approvals`. Those that came later are left out of the digest where they are empty. */
export const voteRow = z.object({
  remediation_id: z.string(),
  user_id: z.string(),
  team_id: z.string(),
  decision: z.string(),
  digest: z.string(),
  at: timestamp,
  reason: z.string().nullable(),
  roles: z.array(z.string()).nullable(),
  checked_at: timestamp.nullable(),
});
type VoteRow = z.infer<typeof voteRow>;

/** A policy that came into force, as it is stored: the columns of `policy_changes`. */
export const policyRow = z.object({
  number: z.number(),
  at: timestamp,
  digest: z.string(),
  previous: z.string().nullable(),
  diff: z.array(z.string()),
});
type PolicyRow = z.infer<typeof policyRow>;

function digestOfVote(vote: VoteRow, sha256: Sha256): string {
  const { remediation_id, user_id, team_id, decision, digest, at, reason, roles, checked_at } = vote;
  const later = checked_at === null ? [] : [checked_at];
  return sha256(
    JSON.stringify([remediation_id, user_id, team_id, decision, digest, at, reason, roles, ...later]),
  );
}

function digestOfPolicy({ number, at, digest, previous, diff }: PolicyRow, sha256: Sha256): string {
  return sha256(JSON.stringify([number, at, digest, previous, diff]));
}

/** The line of a vote. `standing`: the remediation that it was cast on, as it was then. */
export function voteEntry(
  standing: { readonly id: string; readonly version: number; readonly state: string },
  given: Approval,
  sha256: Sha256,
): Entry {
  const { actor, decision, digest, reason = null, roles = null } = given;
  const at = new Date(given.at).toISOString();
  const checked_at = given.checkedAt === undefined ? null : new Date(given.checkedAt).toISOString();
  const { userId: user_id, teamId: team_id } = actor;
  const vote = { user_id, team_id, decision, digest, at, reason, roles, checked_at };
  const stored = { remediation_id: standing.id, ...vote };
  return {
    kind: 'vote',
    remediation: standing.id,
    version: standing.version,
    event: decision,
    from: standing.state,
    to: standing.state,
    actor: user_id,
    dataDigest: digestOfVote(stored, sha256),
    at,
  };
}

/** The line of a policy that comes into force. */
export function policyEntry(stored: PolicyRow, sha256: Sha256): Entry {
  return {
    kind: 'policy',
    remediation: null,
    version: stored.number,
    event: 'policy',
    from: stored.previous,
    to: stored.digest,
    actor: null,
    dataDigest: digestOfPolicy(stored, sha256),
    at: stored.at,
  };
}

/**
 * Checks every vote and every policy against the line that vouches for it, and every such line against what there is: an
 * edited, a deleted and an added one are found. Those without a line must be the ones that the baseline counts.
 */
export async function recordFault(db: Db, sha256: Sha256, start: number): Promise<Verified | undefined> {
  const lines = await readLines(db, start);
  const votes = await votesOf(db, sha256);
  const policies = await policiesOf(db, sha256);
  if ('kind' in policies) return policies;
  const latest = new Map(lines.map((line) => [line.key, line]));
  const found = new Map([...votes, ...policies]);
  const wrong = [...latest.values()].find(({ key, digest }) => key !== baseline && found.get(key) !== digest);
  if (wrong !== undefined) return missing(wrong, found.has(wrong.key));
  const unvouched = [...found].filter(([key]) => !latest.has(key)).map(([, digest]) => digest);
  const base = latest.get(baseline);
  if (sumOf(unvouched, sha256) === (base?.digest ?? '')) return undefined;
  const sentence =
    'votes or policies are not as the chain says: some were added, changed or deleted past the program';
  return { kind: 'broken', seq: base?.seq ?? 0, sentence };
}

/** The digest of a baseline; empty where there is nothing that it vouches for. */
const sumOf = (digests: readonly string[], sha256: Sha256): string =>
  digests.reduce((all, each) => sha256(all + each), '');

function missing({ seq, key }: Line, isThere: boolean): Verified {
  const [what = '', of = '', by = ''] = key.split(' ');
  const name = what === 'vote' ? `the vote of ${by} on remediation ${of}` : `policy ${of}`;
  const sentence = `${name} is not as line ${seq} says: it was ${isThere ? 'changed' : 'deleted'} past the program`;
  return { kind: 'broken', seq, sentence };
}

const baseline = 'baseline';
const line = z.object({ seq: z.coerce.number(), key: z.string(), digest: z.string() });
type Line = z.infer<typeof line>;

/** A second thought of the same person has a line of its own, after the first. What was pruned has no votes any more. */
function readLines(db: Db, start: number): Promise<Line[]> {
  const sql = `select seq, data_digest as digest, case kind when 'vote' then 'vote ' || remediation_id || ' ' || actor
      when 'policy' then 'policy ' || version else kind end as key
    from remediation_events e where kind in ('vote', 'policy', 'baseline') and seq > ? and (kind <> 'vote'
      or not exists (select from remediation_events p where p.kind = 'pruned' and p.remediation_id = e.remediation_id))
    order by seq`;
  return rows(db, line, sql, [start]);
}

async function votesOf(db: Db, sha256: Sha256): Promise<[string, string][]> {
  const found = await rows(db, voteRow, 'select * from approvals order by remediation_id, user_id');
  return found.map((vote) => [`vote ${vote.remediation_id} ${vote.user_id}`, digestOfVote(vote, sha256)]);
}

/** A policy's own text must have the digest that its line vouches for. */
async function policiesOf(db: Db, sha256: Sha256): Promise<[string, string][] | Verified> {
  const row = policyRow.extend({ policy: json });
  const found = await rows(db, row, 'select * from policy_changes order by number');
  const wrong = found.find(({ policy, digest }) => sha256(canonicalJson(policy)) !== digest);
  if (wrong !== undefined) {
    const sentence = `policy ${wrong.number} does not have its digest: it was changed past the program`;
    return { kind: 'broken', seq: 0, sentence };
  }
  return found.map((each) => [`policy ${each.number}`, digestOfPolicy(each, sha256)]);
}

/**
 * The lines that give each vote and policy, which only a baseline vouches for, one of its own, and end with a baseline that
 * vouches for nothing: from then on they can be deleted one by one. None where that is done or was never needed, and
 * none where they are not what the baseline vouches for.
 */
export async function linesOfBaseline(db: Db, sha256: Sha256, at: string): Promise<readonly Entry[]> {
  const newest = `select data_digest as digest from remediation_events where kind = 'baseline' order by seq desc limit 1`;
  const [base] = await rows(db, line.pick({ digest: true }), newest);
  if (base === undefined || base.digest === '' || (await recordFault(db, sha256, 0)) !== undefined) return [];
  const known = new Set((await readLines(db, 0)).map(({ key }) => key));
  const isBare = ({ remediation_id, user_id }: VoteRow) => !known.has(`vote ${remediation_id} ${user_id}`);
  const votes = await rows(
    db,
    voteRow.extend({ version: z.number(), state: z.string() }),
    'select a.*, version, state from approvals a join remediations r on r.id = remediation_id order by remediation_id, user_id',
  );
  const policies = await rows(db, policyRow, 'select * from policy_changes order by number');
  const nobody = { remediation: null, version: null, actor: null, from: null };
  return [
    ...votes.filter(isBare).map((vote) => lineOf(vote, sha256)),
    ...policies.filter(({ number }) => !known.has(`policy ${number}`)).map((one) => policyEntry(one, sha256)),
    { kind: baseline, event: baseline, ...nobody, to: 'vouched', dataDigest: '', at },
  ];
}

function lineOf(vote: VoteRow & { version: number; state: string }, sha256: Sha256): Entry {
  const { remediation_id: remediation, user_id: actor, decision: event, version, state, at } = vote;
  const dataDigest = digestOfVote(vote, sha256);
  return { kind: 'vote', remediation, version, event, from: state, to: state, actor, dataDigest, at };
}
