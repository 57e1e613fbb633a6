import { describeTarget, namespaceOf } from '../../domain/action.ts';
import { undoRevision } from '../../domain/revision.ts';
import type { Constraint } from '../../domain/spec.ts';
import { productionNamespace, type RuleInput, workloadOf } from './rule.ts';

/** From this score on the object must be kept before it is changed. */
const snapshotFrom = 40;

/** Conditions attached to the spec, in a fixed order. */
export function constraintsOf(input: RuleInput, score: number): Constraint[] {
  return [...outsideProduction(input), ...replicas(input), ...snapshot(score), ...revision(input)];
}

function outsideProduction(input: RuleInput): Constraint[] {
  const namespace = namespaceOf(input.action.target);
  if (namespace === undefined || productionNamespace(input) !== undefined) return [];
  const sentence = `${namespace} must not be a production namespace.`;
  return [{ kind: 'outside_production', namespace, sentence }];
}

function replicas({ action }: RuleInput): Constraint[] {
  if (action.verb !== 'scale') return [];
  const name = describeTarget(action.target);
  if (action.replicas === 0) {
    return [{ kind: 'scale_to_zero', sentence: `${name} is scaled to zero: nothing of it will run.` }];
  }
  const least = Math.max(1, action.replicas - 1);
  const sentence = `${name} must keep at least ${least} ${least === 1 ? 'replica' : 'replicas'}.`;
  return [{ kind: 'minimum_replicas', replicas: least, sentence }];
}

function snapshot(score: number): Constraint[] {
  if (score < snapshotFrom) return [];
  return [{ kind: 'snapshot_required', sentence: 'The object must be kept before it is changed.' }];
}

function revision(input: RuleInput): Constraint[] {
  const workload = workloadOf(input);
  if (input.action.verb !== 'rollout undo') return [];
  const sentence = 'A previous revision must exist.';
  if (workload === undefined) return [{ kind: 'previous_revision', sentence }];
  const found = undoRevision(input.action, workload);
  if (found.kind === 'none') return [{ kind: 'previous_revision', sentence }];
  const number = found.revision.revision;
  return [{ kind: 'previous_revision', revision: number, sentence: `Revision ${number} must exist.` }];
}
