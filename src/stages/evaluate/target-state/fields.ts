import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts.ts';
import type { DeclarativeSpec } from '../../../domain/spec.ts';

/** What an object looks like afterwards. */
export function fieldsState(
  action: ActionOf<'label' | 'annotate' | 'set env' | 'set resources' | 'autoscale' | 'patch'>,
  _facts: Facts,
): DeclarativeSpec['targetState'] {
  return { sentence: `${describeTarget(action.target)} is changed.`, fields: {} };
}
