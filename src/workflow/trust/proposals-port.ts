import type { PolicyProposal, PolicyVote, TrustEvidence, Trusted } from '../../domain/policy/proposal.ts';

/** The answer to a click, shown to the clicker alone. */
interface Answer {
  readonly kind: 'recorded' | 'refused' | 'already';
  readonly sentence: string;
}

/** What a vote on a proposal comes to. */
export interface PolicyVoteOutcome {
  readonly answer: Answer;
  readonly vote?: PolicyVote;
  /** What the proposal becomes; absent: it stays open. */
  readonly becomes?: 'approved' | 'rejected' | 'withdrawn';
  readonly why?: string;
  /** Said in its thread. */
  readonly told?: {
    readonly headline: string;
    readonly by?: string;
    readonly body?: string;
    readonly preformatted?: string;
  };
}

/** Storage of the changes of the policy that trust speaks for. */
export interface PolicyProposals {
  /** The environments in which a playbook has come to something. */
  environmentsOf(playbook: string): Promise<readonly string[]>;
  /** Numbers of the latest remediations of a playbook in an environment that lasted, the newest first. */
  lastedIn(place: Trusted): Promise<readonly number[]>;
  open(): Promise<readonly PolicyProposal[]>;
  find(number: number): Promise<PolicyProposal | undefined>;
  /** Opens one and promises its message, unless there was one for the same in the last days; false then. */
  propose(place: Trusted, evidence: TrustEvidence, digest: string): Promise<boolean>;
  /** Ends an open one that nothing speaks for any more, and brings its message up to date. */
  withdraw(number: number, why: string): Promise<void>;
  /** Locks it, asks `judge` (pure), writes what it says. */
  vote(number: number, judge: (proposal: PolicyProposal) => PolicyVoteOutcome): Promise<Answer>;
}

/** The policy's file with one more entry, as a unified diff; or why there is none. */
export type PolicyDiff = (
  place: Trusted,
) => { readonly kind: 'diff'; readonly text: string } | { readonly kind: 'none'; readonly reason: string };

/** What proposals are decided with. */
export interface Proposing {
  readonly proposals: PolicyProposals;
  readonly diff: PolicyDiff;
}
