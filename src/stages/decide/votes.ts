import type { Requester } from '../../domain/actor.ts';
import type { Approval } from '../../domain/approval.ts';

/**
 * True when this person asked for the change. Compared by user id alone: the same id in another workspace of an
 * organisation is the same person, and a doubt must not become a second pair of eyes.
 */
export function isRequester(requestedBy: Requester, userId: string): boolean {
  return requestedBy.kind === 'person' && requestedBy.actor.userId === userId;
}

/** The distinct people whose approvals count: of this digest, and not the requester's own. */
export function counted(requestedBy: Requester, digest: string, approvals: readonly Approval[]): Set<string> {
  const valid = approvals.filter(
    (vote) =>
      vote.decision === 'approve' && vote.digest === digest && !isRequester(requestedBy, vote.actor.userId),
  );
  return new Set(valid.map(({ actor }) => actor.userId));
}
