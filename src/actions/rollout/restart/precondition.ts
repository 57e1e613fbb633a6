import type { Case } from '../../../domain/case.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../../obstacle.ts';
import { workloadOf } from '../../subject.ts';

const rule = 'restart-possible';

/** A restart that Kubernetes would accept and that would restart nothing. */
export function precondition(judged: Case<'rollout restart'>): readonly Obstacle[] {
  const workload = workloadOf(judged);
  if (workload === undefined) return noObstacle;
  const { paused, strategy, desired } = workload;
  const name = () => nameOf(judged.action.target);
  if (paused)
    return obstacles(
      rule,
      judged,
      'spec.paused',
      `${name()} is paused: a restart would do nothing. Resume it first.`,
    );
  if (desired === 0)
    return obstacles(
      rule,
      judged,
      'spec.replicas',
      `${name()} has no replicas: there is nothing to restart.`,
    );
  if (strategy.type === 'OnDelete') {
    const sentence = `${name()} replaces pods only when they are deleted (OnDelete): a restart would do nothing.`;
    return obstacles(rule, judged, 'spec.updateStrategy', sentence);
  }
  if (strategy.type === 'RollingUpdate' && strategy.partition >= desired) {
    const sentence = `${name()} updates pods from ordinal ${strategy.partition} on and has ${desired}: a restart would do nothing.`;
    return obstacles(rule, judged, 'spec.updateStrategy', sentence);
  }
  return noObstacle;
}
