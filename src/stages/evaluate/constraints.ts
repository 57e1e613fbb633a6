import { namespaceOf } from '../../domain/action.ts';
import type { Constraint } from '../../domain/spec.ts';
import type { RuleInput } from './rule.ts';

/** From this score on the object must be kept before it is changed. */
const snapshotFrom = 40;

/**
 * Conditions attached to the spec, in a fixed order: where it is, what the action itself asks for, what the score asks
 * for.
 *
 * @param own the action kind's own
 */
export function constraintsOf(input: RuleInput, score: number, own: readonly Constraint[]): Constraint[] {
  const found: Constraint[] = [];
  outsideProduction(input, found);
  for (const each of own) if (each.kind !== 'previous_revision') found.push(each);
  if (score >= snapshotFrom) found.push(snapshot);
  for (const each of own) if (each.kind === 'previous_revision') found.push(each);
  return found;
}

const snapshot: Constraint = {
  kind: 'snapshot_required',
  sentence: 'A snapshot of the object is stored before it is changed.',
};

function outsideProduction({ action, production }: RuleInput, found: Constraint[]): void {
  const namespace = namespaceOf(action.target);
  if (namespace === undefined || production !== undefined) return;
  found.push({
    kind: 'outside_production',
    namespace,
    sentence: `${namespace} is not a production namespace.`,
  });
}
