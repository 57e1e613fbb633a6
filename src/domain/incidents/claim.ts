import { z } from 'zod';

/**
 * What a playbook says is wrong with its target, as a check on facts: it must be so when the action is proposed and again
 * when it is carried out. `unhealthy`, the claim of a playbook that names none, is anything that can be wrong with a target
 * of its kind; `none` believes the alert alone.
 */
export const claimName = z.enum([
  'unhealthy',
  'crash-looping',
  'image-not-pulled',
  'not-enough-ready',
  'rollout-stuck',
  'job-failed',
  'node-not-ready',
  'at-maximum',
  'none',
]);
export type ClaimName = z.infer<typeof claimName>;

/** A claim in a playbook's own words: a CEL expression over the facts of the target, and what it says of it. */
const ownClaim = z.strictObject({
  when: z.string().min(1).max(2000),
  /** Completes "The claim about Deployment/web is that ...". */
  because: z.string().min(1).max(300),
});
type OwnClaim = z.infer<typeof ownClaim>;

export const claim = z.union([claimName, ownClaim], {
  error: `must be one of ${claimName.options.join(', ')}, or an expression of its own with when and because`,
});
export type PlaybookClaim = ClaimName | OwnClaim;

/** How a claim stands on the facts at hand; each with a sentence of what is so. What is not known never holds. */
export type ClaimStanding =
  | { readonly kind: 'holds'; readonly sentence: string }
  | { readonly kind: 'broken'; readonly sentence: string }
  | { readonly kind: 'unknown'; readonly sentence: string };
