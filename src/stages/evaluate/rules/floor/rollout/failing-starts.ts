import { minutesBetween } from '../../../../../domain/text/time.ts';
import { replacedPods, startedPods, wantedReplicas } from '../../../impact.ts';
import { takesPod } from '../../../../../actions/metadata/label/picking.ts';
import { floor, nothing, type Rule, type RuleInput, sourceOf, workloadOf } from '../../../rule.ts';

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
  if (warnings === undefined || warnings.length === 0 || !startsPods(input)) return nothing;
  const recent = warnings
    .filter(({ reason }) => reasons.has(reason))
    .map(({ reason, count, last }) => ({ reason, count, minutes: minutesBetween(last, gatheredAt) }))
    .filter(({ minutes }) => minutes < input.policy.weights.windows.failingStartsMinutes);
  if (recent.length === 0) return nothing;
  const told = recent.map(
    ({ reason, count, minutes }) =>
      `${reason} (${count === 1 ? 'once' : `${count} times`}, ${minutes} min ago)`,
  );
  return [floor('human', `New pods may not start: ${told.join(', ')}.`, sourceOf(input, 'events'))];
};

/** Whoever takes a pod away wants another in its place. */
function startsPods(input: RuleInput): boolean {
  const { action } = input;
  if (action.target.kind === 'Pod') return takesPod(input);
  const wanted = wantedReplicas(input);
  if (wanted !== undefined) return wanted > (workloadOf(input)?.desired ?? 0);
  return replacedPods(input) + startedPods(input) > 0;
}
