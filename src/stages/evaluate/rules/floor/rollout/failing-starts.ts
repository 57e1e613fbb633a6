import { minutesBetween } from '../../../../../domain/text/time.ts';
import { floor, nothing, type Rule, type RuleInput, sourceOf } from '../../../rule.ts';

/** Reasons of the scheduler, the controllers and the kubelet for a pod that does not come to run at all. */
const reasons: ReadonlySet<string> = new Set([
  'FailedCreate',
  'FailedScheduling',
  'FailedMount',
  'FailedAttachVolume',
  'FailedCreatePodSandBox',
]);

/**
 * Floor: pods of this target have just failed to start, so that new ones may fail as well. A container that starts and
 * crashes is no such reason: a restart may be what cures it.
 */
export const failingStarts: Rule = (input) => {
  const { warnings, gatheredAt } = input.facts;
  if (warnings === undefined || warnings.length === 0 || startingPods(input) === 0) return nothing;
  const recent = warnings
    .filter(({ reason }) => reasons.has(reason))
    .map(({ reason, count, last }) => ({ reason, count, minutes: minutesBetween(last, gatheredAt) }))
    .filter(({ minutes }) => minutes < input.policy.weights.windows.failingStartsMinutes);
  if (recent.length === 0) return nothing;
  const told = recent.map(
    ({ reason, count, minutes }) =>
      `${reason} (${count === 1 ? 'once' : `${count} times`}, ${minutes === 0 ? 'just now' : `${minutes} min ago`})`,
  );
  return [floor('human', `New pods may not start: ${told.join(', ')}.`, sourceOf(input, 'events'))];
};

/** Whoever takes a pod away wants another in its place. */
function startingPods({ effect: { pods } }: RuleInput): number {
  return pods.replaced + pods.started + pods.deleted + pods.released;
}
