import type { Requester } from '../../domain/actor.ts';
import type { Approval } from '../../domain/approval.ts';
import { neededApprovals } from '../../domain/spec.ts';
import { clockTime } from '../../domain/text/clock-time.ts';
import { isPast, secondsBetween } from '../../domain/text/time.ts';
import type { Tier } from '../../domain/tier.ts';
import { countedApprovals, isRequester } from '../../domain/votes.ts';
import { fills, lackingRole } from './roles.ts';

type RefusalCode =
  | 'blocked'
  | 'expired'
  | 'own_request'
  | 'digest_differs'
  | 'not_shown'
  | 'same_person'
  | 'same_role';

/** What one vote comes to. `sentence` answers the person who voted. */
export type Decision =
  | { readonly kind: 'go'; readonly sentence: string }
  | { readonly kind: 'wait'; readonly have: number; readonly need: number; readonly sentence: string }
  | { readonly kind: 'rejected'; readonly sentence: string }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly sentence: string }
  | { readonly kind: 'already'; readonly sentence: string };

/** One vote on a remediation that waits, with everything that it is decided by. */
interface CastVote {
  readonly tier: Tier;
  readonly requestedBy: Requester;
  /** What the remediation is now; a vote carries the digest of the card it was cast on. */
  readonly digest: string;
  readonly expiresAt: string;
  /** Whether all that this digest stands for was put before people. */
  readonly shown: boolean;
  /** Votes that were counted before. */
  readonly approvals: readonly Approval[];
  readonly vote: Approval;
  /** The two groups that must agree, one person each; absent when any two people may. */
  readonly roles?: readonly string[] | undefined;
  /** A repository gets it before the cluster does. */
  readonly inRepository?: boolean;
  readonly now: string;
}

const refused = (code: RefusalCode, sentence: string): Decision => ({ kind: 'refused', code, sentence });

/**
 * Decides one vote on a waiting remediation. Stopping is always possible: anybody with the right may reject,
 * whatever they voted before, and a requester may withdraw. Going on needs distinct people who are not the
 * requester and who saw what is true now.
 */
export function decide(cast: CastVote): Decision {
  const stopped = cast.approvals.find(({ decision }) => decision === 'reject');
  if (stopped !== undefined) return { kind: 'already', sentence: 'It has been rejected already.' };
  if (cast.tier === 'blocked') {
    return refused('blocked', 'It is blocked by a hard rule; nobody can approve it.');
  }
  if (isPast(cast.expiresAt, cast.now)) {
    return refused('expired', `It expired at ${clockTime(cast.expiresAt, cast.now)}; ask for it again.`);
  }
  return cast.vote.decision === 'reject' ? rejection(cast) : approval(cast, neededApprovals(cast));
}

function rejection({ requestedBy, vote }: CastVote): Decision {
  const own = isRequester(requestedBy, vote.actor.userId);
  return { kind: 'rejected', sentence: own ? 'You have withdrawn your request.' : 'You have rejected it.' };
}

function approval(cast: CastVote, need: number): Decision {
  const { requestedBy, digest, shown, approvals, vote, roles } = cast;
  const before = countedApprovals({ requestedBy, digest }, approvals);
  if (before.length >= need) {
    const sentence = need === 0 ? 'It needs no approval.' : 'It has all its approvals already.';
    return { kind: 'already', sentence };
  }
  if (isRequester(requestedBy, vote.actor.userId)) {
    return refused('own_request', 'You asked for this; somebody else must approve it.');
  }
  if (vote.digest !== digest) {
    return refused(
      'digest_differs',
      'This card shows an older plan; look at the newest card and decide there.',
    );
  }
  if (!shown) {
    return refused(
      'not_shown',
      'What this would change is not shown whole yet: it can be approved once all of it is in the thread.',
    );
  }
  if (before.some(({ actor }) => actor.userId === vote.actor.userId)) {
    return refused('same_person', 'You have approved already; a second person must approve too.');
  }
  const lacking = roles === undefined ? undefined : lackingRole(roles, [...before, vote]);
  if (lacking === 'no assignment') return refused('same_role', sameRole(roles ?? []));
  const have = before.length + 1;
  const next = cast.inRepository === true ? 'It goes into the repository now' : 'It runs now';
  // The gate looks once more, and may let nothing through.
  const sentence = `Approved, ${have} of ${need}. ${next}, unless something has changed since.`;
  if (have >= need) return { kind: 'go', sentence };
  const who = lacking === undefined ? 'One more person' : `One more person, of ${lacking},`;
  return { kind: 'wait', have, need, sentence: `Approved, ${have} of ${need}. ${who} must approve.` };
}

const sameRole = (roles: readonly string[]): string =>
  `The two approvals must come from two groups, ${roles.join(' and ')}; somebody of the other group must approve.`;

/** Seconds that clocks of two machines may differ before a vote counts as one from the future. */
const clockSkew = 300;

/**
 * The gate at the executor: counts the approvals again, from what is stored, in the moment before the write.
 * A vote dated in the future was not cast by a person at a card and does not count.
 */
export function regate(input: {
  tier: Tier;
  requestedBy: Requester;
  digest: string;
  shown: boolean;
  approvals: readonly Approval[];
  now: string;
  roles?: readonly string[] | undefined;
}): { kind: 'go' } | { kind: 'refused'; sentence: string } {
  const { tier, requestedBy, digest, shown, approvals, now, roles } = input;
  if (tier === 'blocked') return { kind: 'refused', sentence: 'It is blocked by a hard rule.' };
  if (approvals.some(({ decision }) => decision === 'reject')) {
    return { kind: 'refused', sentence: 'It was rejected.' };
  }
  const cast = approvals.filter(({ at }) => secondsBetween(now, at) <= clockSkew);
  const counted = countedApprovals({ requestedBy, digest }, cast);
  const have = counted.length;
  const need = neededApprovals({ tier });
  if (need > 0 && !shown) {
    const sentence = 'What was approved was not shown whole to those who approved it; ask for it again.';
    return { kind: 'refused', sentence };
  }
  if (have >= need) {
    const apart = roles === undefined || need < roles.length || fills(roles, counted);
    return apart ? { kind: 'go' } : { kind: 'refused', sentence: sameRole(roles) };
  }
  const sentence = `It needs ${need} ${need === 1 ? 'approval' : 'approvals'} of what is shown now and has ${have}.`;
  return { kind: 'refused', sentence };
}
