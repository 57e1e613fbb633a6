import { z } from 'zod';
import { type PolicyProposal, type PolicyVote, policyVote } from '../../../domain/policy/proposal.ts';
import { after, isPast } from '../../../domain/text/time.ts';
import type { Sha256 } from '../../../workflow/ports.ts';
import { type Db, rows, timestamp } from '../sql.ts';
import type { Entry, Verified } from './chain.ts';

/* Votes on changes of the policy: each has a line that vouches for it, and the last one for what it decided. */

type Voted = Pick<PolicyProposal, 'number' | 'playbook' | 'environment'>;

const instantOf = ({ at }: PolicyVote): string => new Date(at).toISOString();

function digestOf({ number, playbook, environment }: Voted, vote: PolicyVote, sha256: Sha256): string {
  const { userId, decision, digest, roles = null } = vote;
  return sha256(
    JSON.stringify([number, playbook, environment, userId, decision, digest, instantOf(vote), roles]),
  );
}

/** The line of a vote. `to`: what the proposal is with it. */
export function proposalEntry(
  proposal: Voted,
  vote: PolicyVote,
  to: PolicyProposal['state'],
  sha256: Sha256,
): Entry {
  return {
    kind: 'proposal',
    remediation: null,
    version: proposal.number,
    event: vote.decision,
    from: 'open',
    to,
    actor: vote.userId,
    dataDigest: digestOf(proposal, vote, sha256),
    at: instantOf(vote),
  };
}

const line = z.object({
  seq: z.coerce.number(),
  number: z.number(),
  event: z.string(),
  actor: z.string(),
  to: z.string(),
  digest: z.string(),
});
type Line = z.infer<typeof line>;

const row = z.object({
  number: z.number(),
  playbook: z.string(),
  environment: z.string(),
  state: z.string(),
  ballots: z.array(policyVote),
});
type Row = z.infer<typeof row>;

const first = z.object({ at: timestamp.nullable() });

/** A vote may be much older than its line, as one from before votes had lines: what others say is from when they were written. */
const oldestSql = `select coalesce(min(at) filter (where kind <> 'proposal'), min(at)) as at
  from remediation_events where seq > ?`;

/** Clocks that wrote votes and lines may differ by so much. Seconds. */
const clockTolerance = 3600;

/**
 * Checks every vote on a proposal against its line and every line against its vote, and that what the votes decided stands. Of
 * what was voted before the oldest line that is left, the lines may be pruned. None of the proposals is deleted by the program.
 */
export async function proposalFault(db: Db, sha256: Sha256, start: number): Promise<Verified | undefined> {
  const sql = `select seq, version as number, event, actor, to_state as "to", data_digest as digest
    from remediation_events where kind = 'proposal' and seq > ? order by seq`;
  const lines = await rows(db, line, sql, [start]);
  const found = await rows(
    db,
    row,
    'select number, playbook, environment, state, ballots from policy_proposals',
  );
  const proposals = new Map(found.map((each) => [each.number, each]));
  const wrong = lines.find((each) => !isAsSaid(each, proposals.get(each.number), sha256));
  if (wrong !== undefined) return notAsSaid(wrong);
  const last = new Map(lines.map((each) => [each.number, each]));
  const undone = [...last.values()].find(
    ({ number, to }) => to !== 'open' && proposals.get(number)?.state !== to,
  );
  if (undone !== undefined) return notAsSaid(undone);
  const [oldest] = await rows(db, first, oldestSql, [start]);
  const since = start === 0 ? undefined : (oldest?.at ?? undefined);
  const said = new Set(lines.map(keyOf));
  const unsaid = found.find((each) => isUnsaid(each, { said, last: last.get(each.number), since }));
  if (unsaid === undefined) return undefined;
  const sentence = `no line says how policy proposal ${unsaid.number} was voted on: it was changed past the program`;
  return { kind: 'broken', seq: 0, sentence };
}

const keyOf = ({ number, event, actor }: Pick<Line, 'number' | 'event' | 'actor'>): string =>
  `${number} ${event} ${actor}`;

const isAsSaid = (said: Line, proposal: Row | undefined, sha256: Sha256): boolean =>
  proposal?.ballots.some(
    (vote) =>
      vote.userId === said.actor &&
      vote.decision === said.event &&
      digestOf(proposal, vote, sha256) === said.digest,
  ) ?? false;

/** Whether a vote, or what was decided, has no line that ought to have one. */
function isUnsaid(
  { number, state, ballots }: Row,
  { said, last, since }: { said: ReadonlySet<string>; last: Line | undefined; since: string | undefined },
): boolean {
  const isOld = (vote: PolicyVote | undefined) =>
    vote !== undefined && since !== undefined && isPast(vote.at, after(since, clockTolerance));
  const keys = ballots.map(({ userId: actor, decision: event }) => keyOf({ number, event, actor }));
  if (new Set(keys).size < keys.length) return true;
  if (ballots.some((vote, index) => !said.has(keys[index] ?? '') && !isOld(vote))) return true;
  const isDecided = state === 'approved' || state === 'rejected';
  return isDecided && last?.to !== state && !isOld(ballots.at(-1));
}

function notAsSaid({ seq, number, actor }: Line): Verified {
  const sentence = `the vote of ${actor} on policy proposal ${number} is not as line ${seq} says: it was changed past the program`;
  return { kind: 'broken', seq, sentence };
}
