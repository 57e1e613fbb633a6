import { z } from 'zod';
import { instant } from '../facts/facts.ts';

/** Why it is proposed: what a playbook has earned in one environment, and the incidents in which it did. */
export const trustEvidence = z.strictObject({
  samples: z.number().int().min(0),
  successes: z.number().int().min(0),
  lowerBound: z.number().min(0).max(1),
  /** What the policy asks for. */
  minimum: z.number().min(0).max(1),
  /** Numbers of the latest remediations that lasted, the newest first. */
  lasted: z.array(z.number().int()),
  /** SHA-256 of what the playbook does. */
  playbookDigest: z.string(),
});
export type TrustEvidence = z.infer<typeof trustEvidence>;

/** What the policy would say: that a playbook may run by itself in an environment. */
export interface Trusted {
  readonly playbook: string;
  readonly environment: string;
}

/** A change of the policy that trust speaks for: nothing but people's edit of the file makes it. */
export interface PolicyProposal extends Trusted {
  readonly number: number;
  readonly state: 'open' | 'approved' | 'rejected' | 'withdrawn';
  readonly openedAt: string;
  readonly endedAt?: string;
  /** Why it was withdrawn. */
  readonly why?: string;
  readonly evidence: TrustEvidence;
  /** SHA-256 of what is proposed and why; votes bind to it. */
  readonly digest: string;
  readonly votes: readonly PolicyVote[];
}

export const policyVote = z.strictObject({
  userId: z.string(),
  decision: z.enum(['approve', 'reject']),
  digest: z.string(),
  roles: z.array(z.string()).optional(),
  at: instant,
});
export type PolicyVote = z.infer<typeof policyVote>;

/** So many distinct people must agree before the diff is posted. */
export const policyApprovals = 2;

/** Days in which the same change is proposed once, whatever becomes of it. */
export const proposedEveryDays = 30;

/** What is proposed, in a few words. */
export const trustedText = ({ playbook, environment }: Trusted): string =>
  `let the playbook ${playbook} run by itself in ${environment}`;
