import { quantity } from '../../../domain/text/quantity.ts';
import {
  type Finding,
  floor,
  nothing,
  plural,
  type Rule,
  type RuleInput,
  sourceOf,
  workloadOf,
} from '../../../stages/evaluate/rule.ts';
import type { Container } from '../../pod-template/containers.ts';
import { boundsOf, within } from '../bounds.ts';

/** Floor: what an autoscaler will do by itself that nobody is asked about any more. */
export const autoscaleEffect: Rule = (input) => {
  const workload = workloadOf(input);
  const { action, facts } = input;
  if (action.verb !== 'autoscale' || workload === undefined) return nothing;
  const bounds = boundsOf(action, facts.autoscaler);
  const { desired } = workload;
  const source = sourceOf(input, 'spec.replicas');
  const found: Finding[] = [];
  if (desired === 0)
    found.push(floor('human', `${input.name} has no replicas: an autoscaler does nothing there.`, source));
  const moved = within(bounds, desired);
  if (moved !== desired) {
    const sentence = `The autoscaler moves ${input.name} from ${desired} to ${plural(moved, 'replica')} at once.`;
    found.push(floor('human', sentence, source));
  }
  if (bounds.min === 1 && desired > 1) {
    const sentence = `With little load the autoscaler leaves a single replica of ${input.name}: nothing else serves if it fails.`;
    found.push(floor('human', sentence, source));
  }
  return [...found, ...blind(input, bounds.cpu, workload.containers)];
};

/** A percentage of a request that is not there is nothing (kubernetes.io, "Horizontal Pod Autoscaling"). */
function blind(
  input: RuleInput,
  cpu: number | undefined,
  containers: readonly Container[],
): readonly Finding[] {
  if (cpu === undefined) return nothing;
  const without = containers.filter(
    ({ init, resources }) => !init && resources !== undefined && !(quantity(asked(resources)) ?? 0),
  );
  if (without.length === 0) return nothing;
  const names = without.map(({ name }) => name).join(', ');
  const sentence = `${names} of ${input.name} requests no processor time: the autoscaler has nothing to work out ${cpu} % of.`;
  return [floor('human', sentence, sourceOf(input, 'spec.template.spec.containers'))];
}

/** A request that is not given is as large as the limit (defaults.go of core/v1, for pods). */
function asked({ limits, requests }: NonNullable<Container['resources']>): string {
  return requests['cpu'] ?? limits['cpu'] ?? '0';
}
