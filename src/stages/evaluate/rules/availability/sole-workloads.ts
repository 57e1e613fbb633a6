import { awayAtOnce, readyBefore } from '../../../../actions/nodes/displaced.ts';
import { listed } from '../../../../actions/sentence.ts';
import { type Finding, nodeOf, nothing, plural, points, type Rule, type RuleInput } from '../../rule.ts';

/**
 * Breadth: workloads that run on a cordoned node alone; it keeps them, and nothing can replace them there. Availability:
 * the same when their pods have to leave, and those that lose a part.
 */
export const soleWorkloads: Rule = (input) => {
  const { node, pods } = input.effect;
  if (pods.moved.length > 0) return losses(input);
  return node?.closes === true && !node.evicts ? closed(input) : nothing;
};

function closed(input: RuleInput): readonly Finding[] {
  const all = input.facts.neighbourhood?.soleWorkloads;
  if (all === undefined || all.length === 0) return nothing;
  const { soleWorkloadsPerDoubling } = input.policy.weights.breadth;
  const amount = Math.round(soleWorkloadsPerDoubling * Math.log2(1 + all.length) * 10) / 10;
  const names = all.map(({ kind, namespace, name }) => `${kind}/${name} in ${namespace}`);
  const have = all.length === 1 ? 'has all its' : 'have all their';
  const sentence = `${plural(all.length, 'workload')} ${have} ready pods on this node: ${listed(names)}.`;
  return [points('breadth', amount, sentence, 'Pods: spec.nodeName')];
}

interface Loss {
  readonly name: string;
  readonly before: number;
  readonly away: number;
}

function losses(input: RuleInput): readonly Finding[] {
  const all = lossesOf(input).filter(({ away }) => away > 0);
  const gone = all.filter(({ before, away }) => away >= before);
  const [worst] = all
    .filter(({ before, away }) => away < before)
    .toSorted((a, b) => b.away / b.before - a.away / a.before || (a.name < b.name ? -1 : 1));
  const { outage, allButOutage, serviceOutage: unasked } = input.policy.weights.availability;
  const source = 'Pods: spec.nodeName';
  const found: Finding[] = [];
  if (gone.length > 0) {
    // What is deleted asks no budget, which could have prevented it.
    const amount = input.effect.node?.evicts === true ? outage : Math.max(outage, unasked);
    const have = gone.length === 1 ? 'has no ready pod' : 'have no ready pod';
    const sentence = `${plural(gone.length, 'workload')} ${have} left until another is ready elsewhere: ${listed(gone.map(({ name }) => name))}.`;
    found.push(points('availability', amount, sentence, source));
  }
  if (worst !== undefined) {
    const { name, before, away } = worst;
    const amount = Math.round((away / before) * allButOutage * 10) / 10;
    const sentence = `${name} has ${before - away} of ${plural(before, 'ready pod')} left at the worst moment.`;
    found.push(points('availability', amount, sentence, source));
  }
  return found;
}

/** Ready pods of each owner on all nodes, and how many of them are away at once. */
function lossesOf(input: RuleInput): readonly Loss[] {
  const { owners = [], budgets = [] } = nodeOf(input) ?? {};
  const { pods, node } = input.effect;
  const evicts = node?.evicts === true;
  return owners.map(({ namespace, owner, ready }) => {
    const own = pods.moved.filter((pod) => pod.namespace === namespace && pod.owner === owner);
    const away = awayAtOnce(evicts, own, budgets);
    return { name: `${owner} in ${namespace}`, before: readyBefore(ready, own), away };
  });
}
