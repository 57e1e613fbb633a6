import { z } from 'zod';
import { instant } from './facts/facts.ts';

/** A request that ended before anything was done, and that somebody asked for once more. */
export const earlierRequest = z.strictObject({
  remediation: z.uuid(),
  number: z.number().int().positive(),
  ended: z.enum(['expired', 'withdrawn', 'rejected']),
  at: instant,
  /** User ids; absent where it was no person. */
  askedBy: z.string().optional(),
  rejectedBy: z.string().optional(),
  /** Why it was withdrawn, or the words of whoever rejected it. */
  because: z.string().optional(),
});
export type EarlierRequest = z.infer<typeof earlierRequest>;

/** So many are kept of what was asked for again and again. */
export const mostEarlier = 10;
