import type { Dependents } from '../../../../domain/facts/dependents.ts';
import { endpointsLeft } from '../../disturbance.ts';
import { nothing, plural, points, type Rule, type RuleInput } from '../../rule.ts';

type Services = Dependents['services'];

const named = 3;

/**
 * Breadth: names under which people outside reach what loses endpoints. An update that takes no endpoint away is not
 * seen from outside and adds nothing.
 */
export const userFacing: Rule = (input) => {
  const dependents = input.facts.neighbourhood;
  if (dependents === undefined) return nothing;
  const fewer = losing(input, dependents.services);
  if (fewer.length === 0) return nothing;
  const { entries: all, source } = entriesTo(fewer, dependents.hosts);
  if (all.length === 0) return nothing;
  const { entryPointsPerDoubling } = input.policy.weights.breadth;
  const amount = Math.round(entryPointsPerDoubling * Math.log2(1 + all.length) * 10) / 10;
  const rest = all.length > named ? ` and ${all.length - named} more` : '';
  const sentence = `Users outside see it: ${plural(all.length, 'entry point')} (${all.slice(0, named).join(', ')}${rest}) with fewer endpoints behind.`;
  return [points('breadth', amount, sentence, source)];
};

/** The Services that have fewer ready endpoints at the worst moment; most actions take none away. */
function losing(input: RuleInput, services: Services): Services {
  const found: Services[number][] = [];
  for (const service of services) {
    if (endpointsLeft(input, service) < service.ready) found.push(service);
  }
  return found;
}

/** Names that end at one of the Services, each once and sorted, and the first place that says so. */
function entriesTo(services: Services, hosts: Dependents['hosts']): { entries: string[]; source: string } {
  const entries = new Set<string>();
  let first: string | undefined;
  for (const { host, service, source } of hosts) {
    if (!services.some(({ name }) => name === service)) continue;
    entries.add(host);
    if (first === undefined || source < first) first = source;
  }
  for (const { name, exposed } of services) if (exposed !== undefined) entries.add(`Service/${name}`);
  return { entries: [...entries].sort(), source: first ?? `Service/${services[0]?.name}: spec.type` };
}
