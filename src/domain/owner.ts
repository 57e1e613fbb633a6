import { namespaceOf, type Target } from './action.ts';
import type { Case } from './case.ts';
import type { Facts } from './facts/facts.ts';

/** An owner of a kind that nothing is done to. `keeps`: the kind with its group, such as `Rollout.argoproj.io`. */
export interface Keeper {
  readonly keeps: string;
  readonly namespace: string;
  readonly name: string;
}

/** What a pod that is gone was of, by its name alone: whose incident it is, and nothing to act on. */
export interface Former {
  readonly was: Target | Keeper;
}

/** The workload behind a pod or an autoscaler, the CronJob behind a Job; whatever has nothing above it is its own owner. */
export function ownerOf({ action: { target }, facts: { subject } }: Case): {
  readonly kind: string;
  readonly name: string;
} {
  switch (subject.kind) {
    case 'pod':
      return subject.controller ?? target;
    case 'autoscaler':
      return subject.scales;
    case 'job':
      return subject.cronJob === undefined ? target : { kind: 'CronJob', name: subject.cronJob };
    default:
      return target;
  }
}

/** The owner as `targetKey` writes an object, so that all that was done to it is found by one key. */
export function ownerKey(cluster: string, judged: Case): string {
  const { kind, name } = ownerOf(judged);
  return [cluster, namespaceOf(judged.action.target) ?? '-', kind, name].join('/');
}

/** How many pods there are asked to be now, and how many there may become without anybody being asked. */
export function sizesOf({ subject, autoscaler }: Facts): {
  readonly replicas: number | undefined;
  readonly mostReplicas: number | undefined;
} {
  switch (subject.kind) {
    case 'workload':
      return { replicas: subject.desired, mostReplicas: autoscaler?.max };
    case 'autoscaler':
      return { replicas: subject.current, mostReplicas: subject.max };
    case 'pod':
      return { replicas: subject.controller?.desired, mostReplicas: undefined };
    case 'job':
      return { replicas: undefined, mostReplicas: subject.parallelism };
    default:
      return { replicas: undefined, mostReplicas: undefined };
  }
}
