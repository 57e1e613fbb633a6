import type { Case } from '../../domain/case.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import type { Json } from '../../domain/text/json.ts';
import { workloadOf } from '../subject.ts';

/** The limits within which an autoscaler moves the replicas by itself, and whose they are. */
export type ReplicaRange = { readonly by: string; readonly min: number; readonly max: number };

/**
 * The limits within which an autoscaler moves the number that is live; undefined where nobody moves it: there is no
 * autoscaler, KEDA's ScaledObject is paused, the number stands outside the limits or at zero, which switches it off.
 */
export function movingWithin(facts: Facts): ReplicaRange | undefined {
  const { autoscaler, scaledObject, unknown } = facts;
  const replicas = workloadOf({ facts })?.desired ?? 0;
  if (autoscaler === undefined || scaledObject?.paused === true) return undefined;
  if (unknown.some(({ fact }) => fact === 'autoscaler')) return undefined;
  const { name, min, max } = autoscaler;
  return replicas === 0 || replicas < min || replicas > max
    ? undefined
    : { by: `HorizontalPodAutoscaler/${name}`, min, max };
}

/**
 * What an approval binds to of the replicas, where the action does not write them: the number or, where an autoscaler
 * moves it, the autoscaler and its limits. Nothing of a DaemonSet, which has as many pods as there are nodes for it.
 */
export function keptReplicas({ action, facts }: Case): { readonly replicas?: Json } {
  const workload = workloadOf({ facts });
  if (workload === undefined || action.target.kind === 'DaemonSet') return {};
  const range = movingWithin(facts);
  return { replicas: range === undefined ? workload.desired : { ...range } };
}
