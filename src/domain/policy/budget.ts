import { z } from 'zod';
import { raisedTier } from './freeze.ts';

const limit = z.number().int().positive();
const limits = z.strictObject({ cluster: limit.optional(), namespace: limit.optional() });

/** How much may be changed before more people must look. */
export const budgets = z.strictObject({
  /** Scores added up over what was started in the last hour. */
  scorePerHour: limits.prefault({}),
  /** Remediations that run at the same time. */
  concurrent: limits.prefault({}),
  tier: raisedTier.default('human'),
});
export type Budgets = z.infer<typeof budgets>;

/** A playbook whose lower bound of verified outcomes is below `minimum` is not trusted to run by itself. */
export const trustDemand = z.strictObject({
  minimum: z.number().min(0).max(1),
  tier: raisedTier.default('human'),
});
