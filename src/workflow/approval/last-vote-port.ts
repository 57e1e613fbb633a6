import type { Approval } from '../../domain/approval.ts';
import type { Remediation, RemediationIn } from '../../domain/remediation.ts';

/** The last approval with the two moves that it brings about: the row is approved, and the gate has let it through. */
export interface PassedVote<Transition> {
  readonly approval: Approval;
  readonly approved: Transition & { readonly next: RemediationIn<'approved'> };
  readonly executing: Transition;
}

/** The last approval as storage has it, where the gate was looked at with the click. */
export interface LastVotes<Transition> {
  /**
   * Commits the last approval together with both moves. False where the row has moved, if only by this, in a commit of which
   * nobody heard; and where nothing was written: its votes are not as they were seen, the target is held, the proviso does not
   * hold any more, or Firebreak is stopped.
   */
  approveAndExecute(
    seen: { readonly row: Remediation; readonly approvals: readonly Approval[] },
    passed: PassedVote<Transition>,
  ): Promise<boolean>;
}
