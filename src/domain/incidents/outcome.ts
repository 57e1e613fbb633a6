import { z } from 'zod';
import { instant } from '../facts/facts.ts';

/** What a second look, hours after a verified change, came to. */
export type LookResult = 'lasted' | 'undone' | 'came_back' | 'replaced' | 'unknown';

/**
 * What a playbook is trusted by, one for each incident. `lasted`: verified, and still so hours later. The others lower it at
 * once: `not_verified`; `undone`, when somebody has put back what was there before; `came_back`, when it is again as it was
 * claimed to be. What is inconclusive, was replaced by something else or could not be seen is none.
 */
export const outcome = z.strictObject({
  result: z.enum(['lasted', 'not_verified', 'undone', 'came_back']),
  at: instant,
  /** Of what the playbook did then; absent of what earlier releases counted. */
  digest: z.string().optional(),
});
export type Outcome = z.infer<typeof outcome>;

/** Whose trust: what a playbook has earned in one environment. */
export interface Earned {
  readonly playbook: string;
  readonly environment: string;
  /** Of what the playbook does now. */
  readonly digest?: string | undefined;
}
