import { describeTarget } from '../../../domain/action.ts';
import { bad, type Grading, gradeSame, type Measurement } from '../../measurement.ts';
import { plural } from '../../obstacle.ts';
import { gradeRollout, type RolloutEnd } from '../../rollout/grade.ts';
import { missing, type WorkloadObservation } from '../../rollout/status.ts';

/** A scale has worked when as many pods are ready as were asked for, whatever their revision. */
export function grade(measurement: Measurement<'scale'>): Grading {
  return gradeSame(
    measurement,
    (seen) =>
      gradeRollout(measurement, seen, (workload) => moved(measurement, workload), scaleEnd(measurement)),
    { changed: 'own words' },
  );
}

function moved(
  { action, facts }: Measurement<'scale'>,
  { desired }: WorkloadObservation,
): Grading | undefined {
  const { target, replicas } = action;
  if (desired === replicas) return undefined;
  const who =
    facts.autoscaler === undefined ? 'somebody' : `perhaps HorizontalPodAutoscaler/${facts.autoscaler.name}`;
  return bad(
    `${describeTarget(target)} has ${plural(desired, 'replica')} instead of ${replicas}: ${who} has changed it.`,
  );
}

/** Neither a pause nor OnDelete holds a scale, and at zero that no pod is left is the success. */
const scaleEnd = ({ action }: Measurement<'scale'>): RolloutEnd => ({
  unprovable: () => undefined,
  lacking: (seen) => missing(action.target.kind, { ...seen, updated: seen.desired }),
  kept: '',
});
