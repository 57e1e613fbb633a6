import { finalizersText } from '../../../../../actions/being-deleted.ts';
import { minutesSince } from '../../../../../actions/sentence.ts';
import type { PodFact } from '../../../../../domain/facts/facts.ts';
import { isOverdue } from '../../../../../domain/facts/termination.ts';
import { floor, nothing, type Rule, sourceOf, workloadOf } from '../../../rule.ts';

/**
 * Floor: pods that should be gone and are not. A StatefulSet or DaemonSet, and whatever is recreated, starts no other in
 * their place while they are there.
 */
export const stuckPods: Rule = (input) => {
  const workload = workloadOf(input);
  if (workload === undefined) return nothing;
  const { gatheredAt } = input.facts;
  const stuck = workload.pods.filter(
    ({ termination }) => termination !== undefined && isOverdue(termination, gatheredAt),
  );
  if (stuck.length === 0) return nothing;
  const told = stuck.slice(0, 3).map((pod) => stateOf(pod, gatheredAt));
  const rest = stuck.length > 3 ? ` and ${stuck.length - 3} more` : '';
  const sentence = `${told.join(', ')}${rest}: what comes after waits for that, or runs beside it.`;
  return [floor('human', sentence, sourceOf(input, 'pods: metadata.deletionTimestamp'))];
};

function stateOf({ name, termination }: PodFact, at: string): string {
  const { since = at, finalizers = [] } = termination ?? {};
  const held = finalizers.length === 0 ? '' : `, held by ${finalizersText(finalizers)}`;
  return `Pod/${name} has been Terminating for ${minutesSince(since, at)}${held}`;
}
