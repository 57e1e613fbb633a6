import { allowanceOf, covers, spends } from '../../../actions/nodes/displaced.ts';
import type { NodeSubject } from '../../../domain/facts/facts.ts';
import type { NodeBudget } from '../../../domain/facts/node.ts';
import { effectOf, type Family, ladder, onSubject, replicas, type WhatIf } from './situation.ts';

export const moreNodes: Family = (situation) => {
  const { subject } = situation.facts;
  if (subject.kind !== 'node' || effectOf(situation).node?.closes !== true) return [];
  const live = subject.otherSchedulableNodes;
  return ladder
    .filter((count) => count > live)
    .map((count) => ({
      say: `${count} other ${count === 1 ? 'node that takes' : 'nodes that take'} pods instead of ${live}`,
      change: onSubject((now) => (now.kind === 'node' ? { ...now, otherSchedulableNodes: count } : now)),
    }));
};

const onNode = (edit: (node: NodeSubject) => NodeSubject): WhatIf['change'] =>
  onSubject((subject) => (subject.kind === 'node' ? edit(subject) : subject));

/** Workloads that have pods here have so many elsewhere as well. */
export const moreElsewhere: Family = (situation) => {
  const { subject } = situation.facts;
  const going = effectOf(situation).pods.moved;
  if (subject.kind !== 'node' || going.length === 0) return [];
  const sole = (subject.owners ?? []).filter(({ namespace, owner, ready }) => {
    const here = going.filter((pod) => pod.ready && pod.namespace === namespace && pod.owner === owner);
    return here.length > 0 && here.length >= ready;
  });
  const [first] = sole;
  if (first === undefined) return [];
  const who = sole.length === 1 ? `${first.owner} in ${first.namespace}` : `each of ${sole.length} workloads`;
  return ladder.map((count) => ({
    say: `${replicas(count)} of ${who} on other nodes`,
    change: onNode((node) => ({
      ...node,
      owners: (node.owners ?? []).map((each) =>
        sole.includes(each) ? { ...each, ready: each.ready + count } : each,
      ),
    })),
  }));
};

export const placeForAll: Family = (situation) => {
  const { subject } = situation.facts;
  const going = effectOf(situation).pods.moved;
  if (subject.kind !== 'node' || going.length === 0) return [];
  const count = going.filter((pod) => pod.noPlace !== undefined).length;
  if (count === 0) return [];
  const change = onNode((node) => ({
    ...node,
    tenants: (node.tenants ?? []).map(({ noPlace: _, ...pod }) => pod),
  }));
  return [{ say: `a place for ${count === 1 ? 'the pod' : `the ${count} pods`} on another node`, change }];
};

export const roomInNodeBudget: Family = (situation) => {
  const { subject } = situation.facts;
  const going = effectOf(situation).pods.moved;
  if (subject.kind !== 'node' || going.length === 0) return [];
  const short = (subject.budgets ?? []).filter((budget) => {
    const asking = going.filter((pod) => covers(budget, pod) && spends(pod, budget));
    return asking.length > allowanceOf(budget);
  });
  const [only] = short;
  if (only === undefined || short.length > 1) return [];
  const { namespace, name } = only;
  return ladder
    .filter((count) => count > allowanceOf(only))
    .map((count) => ({
      say: `PodDisruptionBudget/${name} in ${namespace} allowing ${count} instead of ${allowanceOf(only)}`,
      change: onNode((node) => ({
        ...node,
        budgets: (node.budgets ?? []).map((each) =>
          each.namespace === namespace && each.name === name ? roomier(each, count) : each,
        ),
      })),
    }));
};

function roomier({ allowed: _allowed, stuck: _stuck, ...budget }: NodeBudget, count: number): NodeBudget {
  const healthy = budget.desired + count;
  return { ...budget, healthy, expected: Math.max(budget.expected, healthy) };
}
