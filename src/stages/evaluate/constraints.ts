import { movingWithin } from '../../actions/scaling/kept-replicas.ts';
import { namespaceOf } from '../../domain/action.ts';
import type { Constraint } from '../../domain/constraints/constraint.ts';
import { sentenceOf } from '../../domain/constraints/kinds.ts';
import { tierOf } from '../../domain/tier.ts';
import { type RuleInput, workloadOf } from './rule.ts';
import { type WorstMoment, worstMomentOf } from './worst-moment.ts';

/** From this score on the object must be kept before it is changed. */
const snapshotFrom = 40;

/**
 * Conditions attached to the spec, in a fixed order: where it is, what the action itself asks for, what must stay at its
 * worst moment, what the score asks for.
 *
 * @param own the action kind's own
 */
export function constraintsOf(input: RuleInput, score: number, own: readonly Constraint[]): Constraint[] {
  const found: Constraint[] = [];
  outsideProduction(input, found);
  for (const each of own) if (each.kind !== 'previous_revision') found.push(each);
  // What never runs takes nothing away.
  if (tierOf(score) !== 'blocked') {
    keptReplicas(input, own, found);
    keptAtWorst(worstMomentOf(input), found);
  }
  if (score >= snapshotFrom) found.push(snapshot);
  for (const each of own) if (each.kind === 'previous_revision') found.push(each);
  return found;
}

const snapshot: Constraint = {
  kind: 'snapshot_required',
  sentence: sentenceOf({ kind: 'snapshot_required' }),
};

function outsideProduction({ action, production }: RuleInput, found: Constraint[]): void {
  const namespace = namespaceOf(action.target);
  if (namespace === undefined || production !== undefined) return;
  const fields = { kind: 'outside_production', namespace } as const;
  found.push({ ...fields, sentence: sentenceOf(fields) });
}

/** Where pods are replaced nobody may take the replicas below what stays ready; an autoscaler may to its own minimum. */
function keptReplicas(input: RuleInput, own: readonly Constraint[], found: Constraint[]): void {
  const { action, facts, effect } = input;
  const workload = workloadOf(input);
  const namespace = facts.namespace?.name;
  if (workload === undefined || namespace === undefined || effect.readiness === undefined) return;
  const { kind, name } = action.target;
  // A DaemonSet has as many as there are nodes for it.
  if (kind === 'DaemonSet' || own.some((each) => each.kind === 'minimum_replicas')) return;
  if (effect.size !== undefined) return;
  const least = Math.min(effect.readiness.left, movingWithin(facts)?.min ?? workload.desired);
  if (least === 0) return;
  const owner = `${kind}/${name}`;
  const fields = {
    kind: 'minimum_replicas',
    replicas: least,
    from: workload.desired,
    owner,
    namespace,
  } as const;
  found.push({ ...fields, sentence: sentenceOf(fields) });
}

/** Those of several objects are worked out for all of them together. */
export const keptAtWorstKinds: ReadonlySet<Constraint['kind']> = new Set([
  'ready_pods',
  'ready_endpoints',
  'disruption_budget',
]);

/** What has nothing to keep is no condition. */
export function keptAtWorst({ pods, services, budgets }: WorstMoment, found: Constraint[]): void {
  for (const { namespace, owner, left, of, shaky } of pods) {
    const fields = { kind: 'ready_pods', namespace, owner, pods: Math.max(0, left - shaky), of } as const;
    if (fields.pods > 0) found.push({ ...fields, sentence: sentenceOf(fields) });
  }
  for (const { namespace, service, left, behind, shaky } of services) {
    const endpoints = Math.max(0, left - shaky);
    const fields = { kind: 'ready_endpoints', namespace, service, endpoints, behind } as const;
    if (endpoints > 0) found.push({ ...fields, sentence: sentenceOf(fields) });
  }
  for (const { namespace, budget, healthy, desired, allowed, lost, evicts, shaky } of budgets) {
    const spare = Math.min(allowed, evicts ? 1 : lost);
    const stays = Math.max(0, Math.min(desired, healthy - lost) - shaky);
    const fields = { kind: 'disruption_budget', namespace, budget, spare, healthy: stays } as const;
    if (spare + stays > 0) found.push({ ...fields, sentence: sentenceOf(fields) });
  }
}
