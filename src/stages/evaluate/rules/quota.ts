import { replacedPods, startedPods } from '../impact.ts';
import { type Finding, floor, nothing, plural, type Rule, type RuleInput, workloadOf } from '../rule.ts';

/** Floor: pods that a ResourceQuota would refuse. The change is accepted and then never finishes (FailedCreate). */
export const quota: Rule = (input) => {
  const quotas = input.facts.neighbourhood?.quotas;
  if (quotas === undefined || quotas.length === 0) return nothing;
  const more = morePods(input);
  const found: Finding[] = [];
  for (const { name, resource, used, hard, podsLeft } of quotas) {
    if (podsLeft >= more) continue;
    const source = `ResourceQuota/${name}`;
    const room = `${source} has room for ${plural(podsLeft, 'more pod')} (${resource}: ${used} of ${hard})`;
    found.push(floor('human', `${room}, ${more} ${more === 1 ? 'is' : 'are'} needed.`, source));
  }
  return found;
};

/** Pods above today's number: those of a larger one or of a Job, and those that a rolling update starts first. */
function morePods(input: RuleInput): number {
  const workload = workloadOf(input);
  if (workload === undefined) return startedPods(input);
  if (input.action.verb === 'scale') return Math.max(0, input.action.replicas - workload.desired);
  const surge = workload.strategy.type === 'RollingUpdate' ? workload.strategy.maxSurge : 0;
  return Math.min(surge, replacedPods(input));
}
