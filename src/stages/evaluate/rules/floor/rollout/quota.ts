import type { ActionOf } from '../../../../../domain/action.ts';
import { amountsAfter } from '../../../../../actions/pod-template/set-resources/amounts.ts';
import { type Container, chosen } from '../../../../../actions/pod-template/containers.ts';
import type { WorkloadSubject } from '../../../../../domain/facts/facts.ts';
import { quantity } from '../../../../../domain/text/quantity.ts';
import { replacedPods, startedPods, wantedReplicas } from '../../../impact.ts';
import { takesPod } from '../../../../../actions/metadata/label/picking.ts';
import {
  type Finding,
  floor,
  nothing,
  plural,
  type Rule,
  type RuleInput,
  workloadOf,
} from '../../../rule.ts';

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
function morePods(input: RuleInput, resource: string): number {
  const { action } = input;
  const workload = workloadOf(input);
  if (workload === undefined) return action.verb === 'label' && takesPod(input) ? 1 : startedPods(input);
  const wanted = wantedReplicas(input);
  if (wanted !== undefined) return Math.max(0, wanted - workload.desired);
  const replaced = replacedPods(input);
  const surge = workload.strategy.type === 'RollingUpdate' ? workload.strategy.maxSurge : 0;
  const grown = action.verb === 'set resources' ? growthOf(action, workload, resource) * replaced : 0;
  return Math.min(surge, replaced) + Math.ceil(grown - 1e-6);
}

/** By how much of a new pod each one is larger than an old one; the room in a quota is counted in new pods. */
function growthOf(
  action: ActionOf<'set resources'>,
  { containers, ...workload }: WorkloadSubject,
  resource: string,
): number {
  const [, kind = 'requests', name = ''] =
    /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.exec(resource) ?? [];
  const side = kind === 'limits' ? 'limits' : 'requests';
  const written = chosen(action, { containers, ...workload });
  const running = containers.filter(({ init }) => !init);
  const sum = (amounts: (container: Container) => string | undefined) =>
    running.reduce((total, container) => total + (quantity(amounts(container) ?? '0') ?? 0), 0);
  const before = sum(({ resources }) => resources?.[side][name]);
  const after = sum((container) =>
    written.includes(container)
      ? amountsAfter(action, container)[side][name]
      : container.resources?.[side][name],
  );
  return after <= before ? 0 : (after - before) / after;
}
