import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts.ts';
import type { RollbackPlan } from '../../../domain/spec.ts';

/** The way back from what is done to Jobs and CronJobs. */
export function batchBack(
  action: ActionOf<'suspend' | 'resume' | 'create job' | 'delete job'>,
  _facts: Facts,
): RollbackPlan {
  return { kind: 'none', sentence: `There is no way back for ${describeTarget(action.target)}.` };
}
