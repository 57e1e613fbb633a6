import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import type { WorkloadSubject } from '../../../domain/facts/facts.ts';
import { quantity } from '../../../domain/text/quantity.ts';
import { nothingFollows } from '../../no-effect.ts';
import { nameOf, plural } from '../../obstacle.ts';
import type { Container } from '../../pod-template/containers.ts';
import { workloadOf } from '../../subject.ts';
import { type Bounds, boundsOf, within } from '../bounds.ts';

/** What an autoscaler will do by itself that nobody is asked about any more. */
export function consequences(judged: Case<'autoscale'>): readonly Consequence[] {
  const workload = workloadOf(judged);
  if (workload === undefined) return nothingFollows;
  const name = nameOf(judged.action.target);
  const bounds = boundsOf(judged.action, judged.facts.autoscaler);
  return [
    ...replicas(name, workload, bounds).map((sentence) => asking(sentence, 'spec.replicas')),
    ...blind(name, workload, bounds).map((sentence) => asking(sentence, 'spec.template.spec.containers')),
  ];
}

const asking = (sentence: string, field: string): Consequence => ({
  rule: 'autoscale-effect',
  asks: 'human',
  sentence,
  field,
});

function replicas(name: string, { desired }: WorkloadSubject, bounds: Bounds): readonly string[] {
  const found: string[] = [];
  if (desired === 0) found.push(`${name} has no replicas: an autoscaler does nothing there.`);
  const moved = within(bounds, desired);
  if (moved !== desired)
    found.push(`The autoscaler moves ${name} from ${desired} to ${plural(moved, 'replica')} at once.`);
  if (bounds.min === 1 && desired > 1)
    found.push(
      `With little load the autoscaler leaves a single replica of ${name}: nothing else serves if it fails.`,
    );
  return found;
}

/** A percentage of a request that is not there is nothing (kubernetes.io, "Horizontal Pod Autoscaling"). */
function blind(name: string, { containers }: WorkloadSubject, { cpu }: Bounds): readonly string[] {
  if (cpu === undefined) return [];
  const without = containers.filter(
    ({ init, resources }) => !init && resources !== undefined && !(quantity(asked(resources)) ?? 0),
  );
  if (without.length === 0) return [];
  const names = without.map((container) => container.name).join(', ');
  return [
    `${names} of ${name} requests no processor time: the autoscaler has nothing to work out ${cpu} % of.`,
  ];
}

/** A request that is not given is as large as the limit (defaults.go of core/v1, for pods). */
function asked({ limits, requests }: NonNullable<Container['resources']>): string {
  return requests['cpu'] ?? limits['cpu'] ?? '0';
}
