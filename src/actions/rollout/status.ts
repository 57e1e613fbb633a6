import type { TargetKind } from '../../domain/action.ts';
import type { Observation } from '../../domain/verdict.ts';
import { plural } from '../obstacle.ts';

export type WorkloadObservation = Extract<Observation, { kind: 'workload' }>;

/**
 * What a rollout still lacks, or undefined when it is complete: the predicates of `kubectl rollout status`
 * (kubectl/pkg/polymorphichelpers/rollout_status.go), and that no pod too many is left.
 */
export function missing(kind: TargetKind, seen: WorkloadObservation): string | undefined {
  switch (kind) {
    case 'StatefulSet':
      return (
        lacks(seen.updated, Math.max(0, seen.desired - seen.partition), 'updated') ??
        lacks(seen.ready, seen.desired, 'ready') ??
        surplus(seen)
      );
    case 'DaemonSet':
      return lacks(seen.updated, seen.desired, 'updated') ?? lacks(seen.available, seen.desired, 'available');
    default:
      return (
        lacks(seen.updated, seen.desired, 'updated') ??
        surplus(seen) ??
        lacks(seen.available, seen.desired, 'available') ??
        lacks(seen.ready, seen.desired, 'ready')
      );
  }
}

function lacks(have: number, want: number, word: string): string | undefined {
  return have < want ? `${have} of ${plural(want, 'pod')} ${word}` : undefined;
}

function surplus({ total, desired }: WorkloadObservation): string | undefined {
  return total > desired ? `${plural(total - desired, 'old pod')} still to go` : undefined;
}
