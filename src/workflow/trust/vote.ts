import type { Actor } from '../../domain/actor.ts';
import {
  type PolicyProposal,
  type PolicyVote,
  policyApprovals,
  trustedText,
} from '../../domain/policy/proposal.ts';
import { environmentApprovers } from '../../domain/policy/proposal-approvers.ts';
import { fills } from '../../stages/decide/roles.ts';
import type { WorkflowContext } from '../context.ts';
import type { Answer } from '../ports.ts';
import { rightAmong } from '../rights/approve.ts';
import { denied } from '../rights/denied.ts';
import type { PolicyDiff, PolicyVoteOutcome } from './proposals-port.ts';
import { whyNot } from './propose.ts';

/** One click on the message of a proposal. */
export interface PolicyBallot {
  readonly proposal: number;
  readonly digest: string;
  readonly actor: Actor;
  readonly decision: 'approve' | 'reject';
}

/**
 * Decides one click. Two distinct people of those who approve in the dual tier must agree, of two groups where the policy wants
 * that; then the change is posted as a diff of the policy's file. Firebreak itself changes nothing.
 */
export async function votePolicy(context: WorkflowContext, ballot: PolicyBallot): Promise<Answer> {
  const { actor, decision } = ballot;
  const { proposals, diff } = context.proposing ?? {};
  const asked = await proposals?.find(ballot.proposal);
  if (proposals === undefined || diff === undefined || asked === undefined)
    return { kind: 'refused', sentence: 'This proposal is not known here.' };
  const among = environmentApprovers(context.policy(), asked.environment);
  const right = await rightAmong(context, among, actor, 'approve in two');
  if (right.kind !== 'allowed') {
    const command = `${decision} policy proposal ${asked.number}`;
    return { kind: 'refused', sentence: await denied(context, { actor, command, right }) };
  }
  const fallen = asked.state === 'open' ? await whyNot(context, asked) : undefined;
  const change = diff(asked);
  const needed = among.separate?.map(({ name }) => name);
  const answer = await proposals.vote(ballot.proposal, (current) => {
    const roles = right.roles === undefined ? {} : { roles: [...right.roles] };
    const { digest } = ballot;
    const vote: PolicyVote = { userId: actor.userId, decision, digest, at: context.clock(), ...roles };
    return judgePolicyVote(current, vote, needed, { ...change, fallen });
  });
  context.log.info({ proposal: asked.number, user: actor.userId, decision }, answer.sentence);
  return answer;
}

/** Pure: what a vote does to a proposal as it is now. `fallen`: why nothing speaks for it any more. */
export function judgePolicyVote(
  current: PolicyProposal,
  vote: PolicyVote,
  roles: readonly string[] | undefined,
  change: ReturnType<PolicyDiff> & { readonly fallen?: string | undefined },
): PolicyVoteOutcome {
  const refuse = (sentence: string): PolicyVoteOutcome => ({ answer: { kind: 'refused', sentence } });
  if (current.state !== 'open')
    return { answer: { kind: 'already', sentence: `This proposal is ${current.state} already.` } };
  const { fallen } = change;
  if (fallen !== undefined) return { ...refuse(fallen), becomes: 'withdrawn', why: fallen };
  if (vote.digest !== current.digest)
    return refuse('This message shows another proposal; look at the newest one.');
  const by = vote.userId;
  if (vote.decision === 'reject') {
    const told = { headline: 'Rejected by', by };
    return {
      answer: { kind: 'recorded', sentence: 'You have rejected it.' },
      vote,
      becomes: 'rejected',
      told,
    };
  }
  if (current.votes.some(({ userId }) => userId === by))
    return refuse('You have approved already; a second person must approve too.');
  const votes = [...current.votes, vote];
  if (votes.length < policyApprovals) {
    const sentence = `Approved, ${votes.length} of ${policyApprovals}. One more person must approve.`;
    return {
      answer: { kind: 'recorded', sentence },
      vote,
      told: { headline: `Approved, 1 of ${policyApprovals}, by`, by },
    };
  }
  if (roles !== undefined && !fills(roles, votes.map(asApproval)))
    return refuse(
      `The two approvals must come from two groups, ${roles.join(' and ')}; somebody of the other group must approve.`,
    );
  const body =
    change.kind === 'diff'
      ? 'The change of the policy file. It holds once whoever keeps the file has made it; Firebreak changes nothing by itself.'
      : `${change.reason} Add to trust.alone of the policy: playbook ${current.playbook}, environment ${current.environment}.`;
  return {
    answer: {
      kind: 'recorded',
      sentence: `Approved, 2 of 2: ${trustedText(current)}. The change of the policy is in the thread.`,
    },
    vote,
    becomes: 'approved',
    told: {
      headline: 'Approved by',
      by,
      body,
      ...(change.kind === 'diff' ? { preformatted: change.text } : {}),
    },
  };
}

const asApproval = ({ userId, decision, digest, at, roles }: PolicyVote) => ({
  actor: { userId, teamId: '' },
  decision,
  digest,
  at,
  ...(roles === undefined ? {} : { roles }),
});
