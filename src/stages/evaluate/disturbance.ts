import { noPods } from '../../actions/no-effect.ts';
import type { Effect, PodsChanged } from '../../domain/effect.ts';
import type { WorkloadSubject } from '../../domain/facts/facts.ts';
import type { RuleInput } from './rule.ts';

type Judged = Pick<RuleInput, 'effect' | 'facts' | 'touched'>;

/** Pods that the effect speaks of, however it counts them: the larger of their sum and its own number for all. */
export function touchedPods(pods: PodsChanged): number {
  if (pods === noPods) return 0;
  const { replaced, started, stopped, deleted, released } = pods;
  const sum = replaced + started + stopped + deleted + released + pods.moved.length;
  return Math.max(sum, pods.affected.pods);
}

/** Whether anything of the effect has to do with pods, their number, or whoever is behind them. */
export function isFelt({ touched, effect }: Pick<RuleInput, 'effect' | 'touched'>): boolean {
  const { size, readiness, endpoints, claims, run } = effect;
  return (
    touched > 0 ||
    size !== undefined ||
    readiness !== undefined ||
    endpoints.length > 0 ||
    claims !== undefined ||
    run?.work !== undefined
  );
}

/**
 * Whether parts of an effect contradict each other or the kind of object: pods are taken away and nobody says how many stay
 * ready, or something is said that an object of this kind does not have. No kind of ours says such a thing; one that does is
 * judged as the worst.
 */
export function contradicts(judged: Judged): boolean {
  return losesUntold(judged) || isOfAnotherKind(judged) || isHalf(judged.effect);
}

/** Pods are taken away, and nobody says how many of them stay ready. */
function losesUntold({ effect: { pods, readiness, size, unknown }, facts: { subject } }: Judged): boolean {
  const loses = pods.replaced + pods.stopped > 0 || (subject.kind === 'workload' && isSmaller(size));
  return loses && readiness === undefined && !unknown.includes('readiness');
}

/** Something is said that an object of this kind does not have. */
function isOfAnotherKind({ effect, facts: { subject } }: Judged): boolean {
  const { pods, readiness, size, run } = effect;
  const ofRollouts = pods.replaced + pods.stopped > 0;
  const ofPods = pods.deleted + pods.released > 0;
  const ofNodes = pods.moved.length > 0;
  const ofRuns = run?.work !== undefined;
  switch (subject.kind) {
    case 'workload':
      return pods.released > 0 || (pods.deleted > 0 && !holdsUp(subject, readiness)) || ofNodes || ofRuns;
    case 'pod':
      return ofRollouts || ofNodes || ofRuns || size !== undefined;
    case 'job':
      return ofPods || ofNodes || size !== undefined;
    case 'autoscaler':
      return ofRollouts || ofPods || ofNodes || ofRuns || readiness !== undefined;
    case 'cronJob':
      return ofRollouts || ofPods || ofNodes || ofRuns || readiness !== undefined || size !== undefined;
    default:
      return ofRollouts || ofPods || ofRuns || readiness !== undefined || size !== undefined;
  }
}

/** Pods of a set whose rollout waits for them may be deleted on the way of it. */
function holdsUp({ heldUpBy }: WorkloadSubject, readiness: Effect['readiness']): boolean {
  return heldUpBy !== undefined && readiness !== undefined;
}

/** One part is given without the other that it makes sense with. */
function isHalf({ pods, claims, size, run, unknown }: Effect): boolean {
  if (unknown.includes('readiness') && pods.deleted + pods.released === 0) return true;
  return (claims !== undefined && size === undefined) || (run?.work !== undefined && pods.stopped === 0);
}

const isSmaller = (size: Effect['size']): boolean => size !== undefined && size.to < size.from;

/** Pods that something is done to. Those that a Job starts are new: nobody depends on them yet. */
export function disturbedPods({ effect: { pods }, touched, facts: { subject } }: Judged): number {
  const isRun = subject.kind === 'job' || subject.kind === 'cronJob';
  return touched - (isRun ? pods.started : 0);
}

/** The same without those that run on, although nothing selects them any more. */
export function endingPods(judged: Judged): number {
  const { pods } = judged.effect;
  return pods.deleted === 0 && judged.facts.subject.kind === 'pod' ? 0 : disturbedPods(judged);
}

/** Ready endpoints of a Service that are left at the worst moment; all of them where the action takes none away. */
export function endpointsLeft(
  { effect: { endpoints } }: Pick<RuleInput, 'effect'>,
  { name, ready }: { readonly name: string; readonly ready: number },
): number {
  for (const { service, left } of endpoints) if (service === name) return left;
  return ready;
}
