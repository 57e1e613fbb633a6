import { type Finding, floor, nothing, plural, type Rule, type RuleInput } from '../../../rule.ts';

/** Floor: pods that a ResourceQuota would refuse. The change is accepted and then never finishes (FailedCreate). */
export const quota: Rule = (input) => {
  const quotas = input.facts.neighbourhood?.quotas;
  if (quotas === undefined || quotas.length === 0) return nothing;
  const found: Finding[] = [];
  for (const { name, resource, used, hard, podsLeft } of quotas) {
    const more = morePods(input, resource);
    if (podsLeft >= more) continue;
    const source = `ResourceQuota/${name}`;
    const room = `${source} has room for ${plural(podsLeft, 'more pod')} (${resource}: ${used} of ${hard})`;
    found.push(floor('human', `${room}, ${more} ${more === 1 ? 'is' : 'are'} needed.`, source));
  }
  return found;
};

/** Pods above today's number: those of a larger one or of a Job, those that a rolling update starts first, and what larger ones take. */
function morePods({ effect: { pods, needs } }: RuleInput, resource: string): number {
  const grown = (needs.growth[resource] ?? 0) * pods.replaced;
  return pods.started + pods.released + needs.surge + Math.ceil(grown - 1e-6);
}
