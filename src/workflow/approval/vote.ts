import type { Actor } from '../../domain/actor.ts';
import type { Approval } from '../../domain/approval.ts';
import type { Stop } from '../../domain/incidents/stop.ts';
import { wordFor } from '../../domain/manifest/request-name.ts';
import type { Remediation, RemediationIn, State } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { shortened, storable } from '../../domain/text/text.ts';
import { isRequester } from '../../domain/votes.ts';
import { decide } from '../../stages/decide/decide.ts';
import { rolesFor, type WorkflowContext } from '../context.ts';
import * as advance from '../lifecycle/advance.ts';
import { wasShown } from '../lifecycle/showing.ts';
import type { Moment } from '../lifecycle/transitions.ts';
import type { Answer, Store, VoteOutcome } from '../ports.ts';
import { clickOn, type RoleApprovalRight, rightToApprove } from '../rights/approve.ts';
import { denied } from '../rights/denied.ts';
import { rightToSee, rightToSeeAnything } from '../rights/see.ts';
import { checkedAt } from '../rights/standing.ts';
import { lookAhead, type Passed } from './ahead.ts';

/** One click: which card, which digest it showed, who clicked what. */
export interface Ballot {
  readonly remediationId: string;
  readonly digest: string;
  readonly actor: Actor;
  readonly decision: 'approve' | 'reject';
  readonly reason?: string;
}

/**
 * Decides one click. The right to approve is looked up before the row is locked, because Slack may be slow; the
 * decision itself is made on the locked row, so that clicks at the same moment are decided one after the other. Where it is
 * the last approval, the gate looks meanwhile, and what it lets through is committed with the vote.
 */
export async function castVote(context: WorkflowContext, ballot: Ballot): Promise<Answer> {
  const asked = context.clock();
  // Asked for at once, which is one wait.
  const [row, approvals] = await Promise.all([
    context.store.load(ballot.remediationId),
    context.store.approvals(ballot.remediationId),
  ]);
  const ahead = row?.state === 'waiting' ? lookAhead(context, row, approvals, ballot) : undefined;
  try {
    const right: RoleApprovalRight =
      row === undefined
        ? await rightToSeeAnything(context, ballot.actor)
        : await rightToDecide(context, row, ballot);
    if (right.kind !== 'allowed') {
      const command = `${ballot.decision} remediation ${row?.number ?? 'unknown'}`;
      const sentence = await denied(context, { actor: ballot.actor, command, right });
      return { kind: 'refused', sentence };
    }
    if (row === undefined)
      return { kind: 'refused', sentence: 'This card belongs to no remediation that Firebreak knows.' };
    if (row.state !== 'waiting') return settled(row);
    const checked = { ...ballot, checkedAt: checkedAt(right, asked), roles: right.roles };
    const passed = await ahead?.through((moment) => judgeVote(checked, row, approvals, moment));
    await context.probe('before-vote');
    const seen = { row, approvals };
    const answer = (passed && (await atOnce(context, seen, passed))) ?? (await alone(context, seen, checked));
    await context.probe('after-vote');
    context.log.info(
      { remediation: row.number, user: ballot.actor.userId, decision: ballot.decision, answer: answer.kind },
      `Vote on remediation ${row.number}: ${answer.sentence}`,
    );
    return answer;
  } finally {
    ahead?.end();
  }
}

/** A ballot with what the right to cast it rests on. */
type Checked = Ballot & { readonly roles: readonly string[] | undefined; readonly checkedAt: string };

type Seen = NonNullable<Parameters<Store['vote']>[2]> & { readonly row: RemediationIn<'waiting'> };

/** The last vote together with what the gate has let through; undefined where nothing was written. */
async function atOnce(context: WorkflowContext, seen: Seen, passed: Passed): Promise<Answer | undefined> {
  const { number } = seen.row;
  try {
    if (await context.store.approveAndExecute(seen, passed)) return passed.answer;
  } catch (fault) {
    context.log.warn({ err: fault, remediation: number }, 'A vote and its gate could not be one commit');
  }
  return undefined;
}

/** The vote; what follows from it is a step of its own. */
async function alone(context: WorkflowContext, seen: Seen, ballot: Checked): Promise<Answer> {
  let goes = false;
  const answer = await context.store.vote(
    ballot.remediationId,
    (current, votes) => {
      const outcome = judgeVote(ballot, current, votes, { now: context.clock(), policy: context.policy() });
      goes = outcome.transition?.next.state === 'approved';
      return outcome;
    },
    seen,
  );
  const stop = goes ? await context.store.stopped() : undefined;
  return stop === undefined ? answer : { ...answer, sentence: heldSentence(stop) };
}

const heldSentence = ({ reason }: Stop): string =>
  `Approved. It does not run yet: Firebreak is stopped (${reason}). It runs when somebody starts it again, while the approval counts.`;

/**
 * Whoever may approve may decide; a card that is decided already tells its end to whoever may see it. One's own request
 * may be withdrawn by any full member, and while it cannot be looked up who is one: stopping does no harm.
 */
async function rightToDecide(
  context: WorkflowContext,
  row: Remediation,
  { actor, decision }: Ballot,
): Promise<RoleApprovalRight> {
  if (row.state !== 'waiting') return rightToSee(context, row, actor);
  if (decision === 'approve' || !isRequester(row.requestedBy, actor.userId))
    return rightToApprove(context, row, actor, clickOn(row));
  const member = await (await context.people()).mayAsk(actor, undefined);
  return member.kind === 'unknown' ? { kind: 'allowed' } : member;
}

/** Pure: what a vote does to the row as it is now. */
export function judgeVote(
  ballot: Checked,
  row: Remediation,
  approvals: readonly Approval[],
  moment: Moment,
): VoteOutcome {
  if (row.state !== 'waiting') return { answer: settled(row) };
  const vote: Approval = {
    actor: ballot.actor,
    decision: ballot.decision,
    digest: ballot.digest,
    at: moment.now,
    checkedAt: ballot.checkedAt,
    ...(ballot.roles === undefined ? {} : { roles: [...ballot.roles] }),
    ...(ballot.reason === undefined ? {} : { reason: shortened(redact(storable(ballot.reason)), 500) }),
  };
  const { spec, requestedBy, digest, expiresAt, git, emergency } = row;
  const decision = decide({
    tier: spec.tier,
    requestedBy,
    digest,
    shown: wasShown(row),
    expiresAt,
    approvals,
    vote,
    now: moment.now,
    roles: rolesFor(moment.policy, row)?.map(({ name }) => name),
    inRepository: git?.kind === 'request' && emergency === undefined,
  });
  switch (decision.kind) {
    case 'refused':
    case 'already':
      return { answer: { kind: decision.kind, sentence: decision.sentence } };
    case 'wait':
      return recorded(vote, decision.sentence, advance.partlyApproved(row, vote, decision, moment));
    case 'go':
      return recorded(vote, decision.sentence, advance.approved(row, vote, moment));
    case 'rejected':
      return recorded(vote, decision.sentence, advance.rejected(row, vote, moment));
  }
}

function recorded(
  approval: Approval,
  sentence: string,
  transition: VoteOutcome['transition'] & object,
): VoteOutcome {
  return { answer: { kind: 'recorded', sentence }, approval, transition };
}

/** The answer to a click on a card whose time has passed. */
function settled(row: Exclude<Remediation, RemediationIn<'waiting'>>): Answer {
  return { kind: 'already', sentence: settledText(row) };
}

/** How one stands that nobody is asked about any more. */
export function settledText(row: Exclude<Remediation, RemediationIn<'waiting'>>): string {
  const followed = row.state === 'pr_open' ? `; its ${wordFor(row.request, row.git)} is followed` : '';
  return `Remediation ${row.number} ${settledWords[row.state]}${followed}.`;
}

const settledWords = {
  requested: 'is still being judged; its card follows',
  evaluated: 'is still in its dry run; its card follows',
  approved: 'has been approved already',
  pr_open: 'has been approved already',
  executing: 'is being carried out already',
  verifying: 'has been carried out already and is being verified',
  learning: 'has been carried out already and has a verdict',
  succeeded: 'has been carried out and verified',
  failed: 'has failed',
  inconclusive: 'has been carried out; whether it worked could not be seen',
  no_action: 'came to nothing: there was nothing that could be done',
  blocked: 'is blocked by a rule; nobody can approve it',
  rejected: 'was rejected',
  expired: 'has expired',
  superseded: 'was replaced by a new card, because what it shows has changed',
} as const satisfies Record<Exclude<State, 'waiting'>, string>;
