import type { Case } from '../../../domain/case.ts';
import { nameOf, noObstacle, type Obstacle, obstacles, plural } from '../../obstacle.ts';
import { workloadOf } from '../../subject.ts';

/** A number that is live already, or a `--current-replicas` that is not. */
export function precondition(judged: Case<'scale'>): readonly Obstacle[] {
  const workload = workloadOf(judged);
  if (workload === undefined) return noObstacle;
  const { desired } = workload;
  const { target, replicas, currentReplicas } = judged.action;
  const because = (sentence: string) => obstacles('scale-possible', judged, 'spec.replicas', sentence);
  if (currentReplicas !== undefined && currentReplicas !== desired)
    return because(
      `Expected ${nameOf(target)} to have ${plural(currentReplicas, 'replica')}, it has ${desired}.`,
    );
  if (replicas === desired) return because(`${nameOf(target)} already has ${plural(replicas, 'replica')}.`);
  return noObstacle;
}
