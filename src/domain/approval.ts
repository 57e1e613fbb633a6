import { z } from 'zod';
import { actor } from './actor.ts';
import { instant } from './facts/facts.ts';

/** One person's decision on one card. It binds to the digest that the card showed. */
export const approval = z.strictObject({
  actor,
  decision: z.enum(['approve', 'reject']),
  digest: z.string(),
  at: instant,
  /** When the chat was asked whether this person may approve; absent in older rows: it is asked again. */
  checkedAt: instant.optional(),
  /** The groups that the person approves for, where the policy wants two different ones. */
  roles: z.array(z.string()).optional(),
  /** Why it was rejected, in the person's own words; or with which others it was approved together. Untrusted text. */
  reason: z.string().optional(),
});
export type Approval = z.infer<typeof approval>;
