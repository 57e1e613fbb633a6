import type { WorkloadSubject } from '../../domain/facts.ts';
import { type RuleInput, workloadOf } from './rule.ts';

/** Ready pods before the action and the fewest there will be while it runs. */
export interface Readiness {
  readonly before: number;
  readonly left: number;
}

/**
 * How many pods the action replaces one after the other: all from the partition on, none where the controller
 * waits (paused, OnDelete). Resuming replaces those that a paused change has left behind.
 */
export function replacedPods(input: RuleInput): number {
  const workload = workloadOf(input);
  if (workload === undefined) return 0;
  switch (input.action.verb) {
    case 'rollout resume':
      return Math.max(0, workload.desired - workload.updated);
    case 'rollout restart':
    case 'rollout undo':
    case 'set image':
      return workload.paused ? 0 : rolled(workload);
    default:
      return 0;
  }
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
export function readinessInRollout({ action }: RuleInput, workload: WorkloadSubject): Readiness {
  const { strategy, desired, ready: before } = workload;
  if (strategy.type === 'Recreate') return { before, left: 0 };
  if (strategy.type === 'OnDelete') return { before, left: before };
  const left =
    action.target.kind === 'StatefulSet'
      ? before - Math.max(1, strategy.maxUnavailable)
      : Math.min(before, desired - strategy.maxUnavailable);
  return { before, left: Math.max(0, left) };
}

/** How many pods the action starts, stops or replaces. */
export function affectedPods(input: RuleInput): number {
  if (input.action.verb === 'delete pod') return 1;
  const workload = workloadOf(input);
  if (workload === undefined) return 0;
  return input.action.verb === 'scale'
    ? Math.abs(input.action.replicas - workload.desired)
    : replacedPods(input);
}
