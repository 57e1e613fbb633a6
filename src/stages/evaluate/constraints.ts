import { namespaceOf } from '../../domain/action.ts';
import type { Constraint } from '../../domain/spec.ts';
import type { RuleInput } from './rule.ts';

const order: readonly Constraint['kind'][] = [
  'outside_production',
  'scale_to_zero',
  'minimum_replicas',
  'snapshot_required',
  'previous_revision',
];

/** From this score on the object must be kept before it is changed. */
const snapshotFrom = 40;

/**
 * Conditions attached to the spec, in a fixed order: where it is, what the action itself asks for, what the score asks
 * for.
 *
 * @param own the action kind's own
 */
export function constraintsOf(input: RuleInput, score: number, own: readonly Constraint[]): Constraint[] {
  const place = outsideProduction(input);
  const kept = snapshot(score);
  return [...place, ...own, ...kept].toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function outsideProduction({ action, production }: RuleInput): readonly Constraint[] {
  const namespace = namespaceOf(action.target);
  if (namespace === undefined || production !== undefined) return [];
  return [
    {
      kind: 'outside_production',
      namespace,
      sentence: `${namespace} is not a production namespace.`,
    },
  ];
}

function snapshot(score: number): readonly Constraint[] {
  if (score < snapshotFrom) return [];
  return [
    { kind: 'snapshot_required', sentence: 'A snapshot of the object is stored before it is changed.' },
  ];
}
