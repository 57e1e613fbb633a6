import { describeTarget } from '../../../domain/action.ts';
import { bad, type Grading, gradeSame, type Look } from '../../look.ts';
import { gradeRollout, type RolloutEnd } from '../../rollout/look.ts';
import { missing, type WorkloadObservation } from '../../rollout/status.ts';

/** A scale has worked when as many pods are ready as were asked for, whatever their revision. */
export function grade(look: Look<'scale'>): Grading {
  return gradeSame(
    look,
    (seen) => gradeRollout(look, seen, (workload) => moved(look, workload), scaleEnd(look)),
    { changed: 'own words' },
  );
}

function moved({ action, facts }: Look<'scale'>, { desired }: WorkloadObservation): Grading | undefined {
  const { target, replicas } = action;
  if (desired === replicas) return undefined;
  const who =
    facts.autoscaler === undefined ? 'somebody' : `perhaps HorizontalPodAutoscaler/${facts.autoscaler.name}`;
  return bad(
    `${describeTarget(target)} has ${desired} replicas instead of ${replicas}: ${who} has changed it.`,
  );
}

/** Neither a pause nor OnDelete holds a scale, and at zero that no pod is left is the proof. */
const scaleEnd = ({ action }: Look<'scale'>): RolloutEnd => ({
  unprovable: () => undefined,
  lacking: (seen) => missing(action.target.kind, { ...seen, updated: seen.desired }),
  kept: '',
});
