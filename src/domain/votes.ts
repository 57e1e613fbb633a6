import type { Requester } from './actor.ts';
import type { Approval } from './approval.ts';

/**
 * True when this person asked for the change. Compared by user id alone: the same id in another workspace of an
 * organisation is the same person, and a doubt must not become a second pair of eyes.
 */
export function isRequester(requestedBy: Requester, userId: string): boolean {
  return requestedBy.kind === 'person' && requestedBy.actor.userId === userId;
}

/** What votes are counted on: who asked, and the digest of what is shown now. */
export interface VotedOn {
  readonly requestedBy: Requester;
  readonly digest: string;
}

/**
 * The approvals that count, one for each person and in their order: of this digest, and not the requester's own. The one
 * counting of votes: cards, decisions and the gate all use it.
 */
export function countedApprovals(
  { requestedBy, digest }: VotedOn,
  approvals: readonly Approval[],
): readonly Approval[] {
  const valid = approvals.filter(
    ({ actor, decision, digest: seen }) =>
      decision === 'approve' && seen === digest && !isRequester(requestedBy, actor.userId),
  );
  return valid.filter(
    ({ actor }, index) => valid.findIndex((other) => other.actor.userId === actor.userId) === index,
  );
}
