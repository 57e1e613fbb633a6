import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts.ts';
import type { RollbackPlan } from '../../../domain/spec.ts';

/** The way back from what is done to single fields. */
export function fieldsBack(
  action: ActionOf<'label' | 'annotate' | 'set env' | 'set resources' | 'autoscale' | 'patch'>,
  _facts: Facts,
): RollbackPlan {
  return { kind: 'none', sentence: `There is no way back for ${describeTarget(action.target)}.` };
}
