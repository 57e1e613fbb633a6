import { boundsOf, within } from '../../domain/autoscaling.ts';
import { displaced } from '../../domain/displaced.ts';
import type { WorkloadSubject } from '../../domain/facts/facts.ts';
import type { Neighbourhood } from '../../domain/facts/neighbourhood.ts';
import type { NodePod } from '../../domain/facts/node.ts';
import { pickingOf, takesPod } from './picking.ts';
import {
  cronJobOf,
  jobOf,
  nodeOf,
  type Readiness,
  type RuleInput,
  type Undertaking,
  workloadOf,
} from './rule.ts';

/** Replicas that the action leads to at once, by itself or by the autoscaler's next look; undefined for other verbs. */
export function wantedReplicas(input: Undertaking): number | undefined {
  const { action, facts } = input;
  if (action.verb === 'scale') return action.replicas;
  const workload = workloadOf(input);
  if (action.verb !== 'autoscale' || workload === undefined) return undefined;
  return within(boundsOf(action, facts.autoscaler), workload.desired);
}

/**
 * How many pods the action replaces one after the other: all from the partition on, none where the controller
 * waits (paused, OnDelete). Resuming replaces those that a paused change has left behind, and a lower partition those
 * that it has held back.
 */
export function replacedPods(input: Undertaking): number {
  const workload = workloadOf(input);
  if (workload === undefined) return 0;
  switch (input.action.verb) {
    case 'rollout resume':
      return Math.max(0, workload.desired - workload.updated);
    case 'rollout restart':
    case 'rollout undo':
    case 'set image':
    case 'set env':
    case 'set resources':
      return workload.paused ? 0 : rolled(workload);
    case 'patch': {
      const partition = input.action.fields.find(({ path }) => path === partitionPath)?.value;
      return typeof partition === 'number' ? released(workload, partition) : 0;
    }
    default:
      return 0;
  }
}

const partitionPath = 'spec.updateStrategy.rollingUpdate.partition';

/** Pods that wait for a revision which the partition has kept from them. */
function released({ strategy, desired, updated }: WorkloadSubject, partition: number): number {
  if (strategy.type !== 'RollingUpdate') return 0;
  const freed = Math.min(strategy.partition, desired) - partition;
  return Math.max(0, Math.min(freed, desired - updated));
}

function rolled({ strategy, desired }: WorkloadSubject): number {
  if (strategy.type === 'OnDelete') return 0;
  return strategy.type === 'Recreate' ? desired : Math.max(0, desired - strategy.partition);
}

/**
 * Ready pods that a rollout leaves at its worst moment.
 * A Deployment or DaemonSet keeps `desired - maxUnavailable` available and takes pods that are not ready first
 * (deployment/rolling.go, daemon/update.go); a StatefulSet takes them by ordinal, ready or not (stateful_set_control.go).
 */
function readinessInRollout({ action }: Undertaking, workload: WorkloadSubject): Readiness {
  const { strategy, desired, ready: before } = workload;
  if (strategy.type === 'Recreate') return { before, left: 0 };
  if (strategy.type === 'OnDelete') return { before, left: before };
  const left =
    action.target.kind === 'StatefulSet'
      ? before - Math.max(1, strategy.maxUnavailable)
      : Math.min(before, desired - strategy.maxUnavailable);
  return { before, left: Math.max(0, left) };
}

const nobody: readonly NodePod[] = [];

/** The running pods that leave a node because of the action; none for any other action. */
export function displacedPods(input: Undertaking): readonly NodePod[] {
  const tenants = nodeOf(input)?.tenants;
  return tenants === undefined ? nobody : displaced(input.action, tenants);
}

/** The same for any action on pods; undefined where it takes none away, or where it is not known. */
export function readinessOf(input: Undertaking): Readiness | undefined {
  const { facts } = input;
  if (facts.subject.kind === 'pod') {
    const { pod, controller } = facts.subject;
    const before = controller?.ready;
    if (!takesPod(input) || before === undefined) return undefined;
    return { before, left: Math.max(0, before - (pod.ready ? 1 : 0)) };
  }
  const job = jobOf(input);
  if (job !== undefined) {
    const before = job.pods.filter(({ ready }) => ready).length;
    return stoppedPods(input) === 0 ? undefined : { before, left: 0 };
  }
  const workload = workloadOf(input);
  if (workload === undefined) return undefined;
  const wanted = wantedReplicas(input);
  if (wanted !== undefined) {
    const { desired, ready: before } = workload;
    return wanted < desired ? { before, left: Math.min(before, wanted) } : undefined;
  }
  return replacedPods(input) === 0 ? undefined : readinessInRollout(input, workload);
}

/**
 * Ready endpoints of a Service at the worst moment. For a pod its own endpoint is the one that goes, for a node those that
 * are away at once; a workload loses as many as ready pods, and all of its own where none of them stays ready.
 */
export function endpointsLeft(
  input: RuleInput,
  { name, ready, own }: Pick<Neighbourhood['services'][number], 'name' | 'ready' | 'own'>,
): number {
  const { verb, target } = input.action;
  if (verb === 'delete pod' || verb === 'drain' || verb === 'taint') return Math.max(0, ready - own);
  if (target.kind === 'Pod') {
    const isLeft = pickingOf(input).leaves.some((each) => each.kind === 'Service' && each.name === name);
    return isLeft ? Math.max(0, ready - own) : ready;
  }
  if (input.readiness === undefined) return ready;
  const { before, left } = input.readiness;
  return Math.max(0, ready - (left <= 0 ? own : Math.min(own, Math.max(0, before - left))));
}

/** Pods of a Job that run and are stopped with it; those that have ended are stopped by nothing. */
export function stoppedPods(input: Undertaking): number {
  const { verb } = input.action;
  return verb === 'suspend' || verb === 'delete job' ? (jobOf(input)?.active ?? 0) : 0;
}

/** Pods that run at once in a run that the action starts: as many as are wanted, at most as many as are missing. */
export function startedPods(input: Undertaking): number {
  const { verb } = input.action;
  const job = jobOf(input);
  if (verb === 'resume' && job !== undefined) return atOnce(job, job.succeeded);
  const source = job ?? cronJobOf(input);
  return verb === 'create job' && source !== undefined ? atOnce(source, 0) : 0;
}

function atOnce(run: { parallelism?: number | undefined; completions?: number | undefined }, done: number) {
  const { parallelism = 1, completions = Number.POSITIVE_INFINITY } = run;
  return Math.max(0, Math.min(parallelism, completions - done));
}

/** How many pods the action starts, stops or replaces. */
export function affectedPods(input: Undertaking): number {
  const { verb, target } = input.action;
  if (target.kind === 'Pod') return takesPod(input) || isUnpicked(input) ? 1 : 0;
  if (verb === 'drain' || verb === 'taint') return displacedPods(input).length;
  if (jobOf(input) !== undefined || cronJobOf(input) !== undefined)
    return stoppedPods(input) + startedPods(input);
  const workload = workloadOf(input);
  if (workload === undefined) return 0;
  const wanted = wantedReplicas(input);
  return wanted === undefined ? replacedPods(input) : Math.abs(wanted - workload.desired);
}

const isUnpicked = (input: Undertaking): boolean => pickingOf(input).leaves.length > 0;
