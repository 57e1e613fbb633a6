import { namespaceOf } from '../../domain/action.ts';
import { undoRevision } from '../../actions/rollout/undo/revision.ts';
import type { Constraint } from '../../domain/spec.ts';
import { type RuleInput, workloadOf } from './rule.ts';

/** From this score on the object must be kept before it is changed. */
const snapshotFrom = 40;

/** Conditions attached to the spec, in a fixed order. */
export function constraintsOf(input: RuleInput, score: number): Constraint[] {
  const place = outsideProduction(input);
  const attached = place === undefined ? [] : [place];
  for (const constraint of [replicas(input), snapshot(score), revision(input)]) {
    if (constraint !== undefined) attached.push(constraint);
  }
  return attached;
}

function outsideProduction({ action, production }: RuleInput): Constraint | undefined {
  const namespace = namespaceOf(action.target);
  if (namespace === undefined || production !== undefined) return undefined;
  return {
    kind: 'outside_production',
    namespace,
    sentence: `${namespace} is not a production namespace.`,
  };
}

function replicas({ action, fullName }: RuleInput): Constraint | undefined {
  if (action.verb !== 'scale') return undefined;
  if (action.replicas === 0) {
    return { kind: 'scale_to_zero', sentence: `${fullName} is scaled to zero: nothing of it will run.` };
  }
  const least = Math.max(1, action.replicas - 1);
  const sentence = `${fullName} must keep at least ${least} ${least === 1 ? 'replica' : 'replicas'}.`;
  return { kind: 'minimum_replicas', replicas: least, sentence };
}

function snapshot(score: number): Constraint | undefined {
  if (score < snapshotFrom) return undefined;
  return { kind: 'snapshot_required', sentence: 'A snapshot of the object is stored before it is changed.' };
}

function revision(input: RuleInput): Constraint | undefined {
  if (input.action.verb !== 'rollout undo') return undefined;
  const workload = workloadOf(input);
  const sentence = 'A previous revision must exist.';
  if (workload === undefined) return { kind: 'previous_revision', sentence };
  const found = undoRevision(input.action, workload);
  if (found.kind === 'none') return { kind: 'previous_revision', sentence };
  const number = found.revision.revision;
  return { kind: 'previous_revision', revision: number, sentence: `Revision ${number} must exist.` };
}
