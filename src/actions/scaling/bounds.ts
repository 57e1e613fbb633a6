import type { ActionOf } from '../../domain/action.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import { plural } from '../obstacle.ts';

/** What a HorizontalPodAutoscaler keeps to. Without `cpu` it goes by other metrics than the processor's. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  /** Percent of the requested processor time. */
  readonly cpu: number | undefined;
}

/** `1 to 6 replicas`, or `2 replicas` where there is nothing between. */
export function rangeText({ min, max }: Pick<Bounds, 'min' | 'max'>): string {
  return min === max ? plural(max, 'replica') : `${min} to ${plural(max, 'replica')}`;
}

/** What the API server fills in where `kubectl autoscale` says nothing (autoscaling/v2 defaults.go). */
const leastByDefault = 1;
const percentByDefault = 80;

/** What will hold: what is asked for and, where nothing is, what holds now or the API server's defaults. */
export function boundsOf({ min, max, cpu }: ActionOf<'autoscale'>, live: Facts['autoscaler']): Bounds {
  return live === undefined
    ? { min: min ?? leastByDefault, max, cpu: cpu ?? percentByDefault }
    : { min: min ?? live.min, max, cpu: cpu ?? live.cpu?.percent };
}

/**
 * Replicas after the autoscaler's next look, seconds later: within its bounds whatever its metrics say; at zero it is
 * switched off (kubernetes.io, "Horizontal Pod Autoscaling").
 */
export function within({ min, max }: Pick<Bounds, 'min' | 'max'>, replicas: number): number {
  return replicas === 0 ? 0 : Math.min(max, Math.max(min, replicas));
}
