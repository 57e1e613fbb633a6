import type { Approval } from '../../domain/approval.ts';
import type { SpentBy } from '../../domain/incidents/together.ts';
import type { Remediation } from '../../domain/remediation.ts';

/** One of several remediations as it stands, with its votes. */
export interface Standing {
  readonly row: Remediation;
  readonly approvals: readonly Approval[];
}

/** Which remediations somebody would approve at once, from which storm's message, and since when the budget counts. */
export interface TogetherPlace {
  readonly storm: number;
  readonly ids: readonly string[];
  readonly cluster: string;
  readonly since: string;
}

/** What is found of them, with all of them locked. */
export interface FoundTogether {
  readonly standings: readonly Standing[];
  readonly spent: SpentBy;
}

/** A vote that counts, with the row that it is on and how that moves. */
export interface CountedVote<Transition> {
  readonly row: Remediation;
  readonly approval: Approval;
  readonly transition: Transition;
}

/** What is written: all of it or nothing. `told`: a line in the thread of the storm's message, once for each `key`. */
export interface TogetherOutcome<Answer, Transition> {
  readonly answer: Answer;
  readonly votes: readonly CountedVote<Transition>[];
  readonly told?: {
    readonly key: string;
    readonly headline: string;
    readonly by: string;
    readonly body: string;
  };
}

/** Of the Store port, which says what an answer and a transition are. */
export interface TogetherVotes<Answer, Transition> {
  /**
   * Locks all of these remediations, asks `judge` (pure), and commits all the votes that it answers, or none. Those of a cluster
   * are decided one after the other, so that no two spend the same rest of a budget.
   */
  voteTogether(
    place: TogetherPlace,
    judge: (found: FoundTogether) => TogetherOutcome<Answer, Transition>,
  ): Promise<Answer>;
}
