import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts.ts';
import type { DeclarativeSpec } from '../../../domain/spec.ts';

/** What a node looks like afterwards. */
export function nodeState(
  action: ActionOf<'drain' | 'taint'>,
  _facts: Facts,
): DeclarativeSpec['targetState'] {
  return { sentence: `${describeTarget(action.target)} is changed.`, fields: {} };
}
