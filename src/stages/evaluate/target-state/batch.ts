import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts.ts';
import type { DeclarativeSpec } from '../../../domain/spec.ts';

/** What a Job or CronJob looks like afterwards. */
export function batchState(
  action: ActionOf<'suspend' | 'resume' | 'create job' | 'delete job'>,
  _facts: Facts,
): DeclarativeSpec['targetState'] {
  return { sentence: `${describeTarget(action.target)} is changed.`, fields: {} };
}
