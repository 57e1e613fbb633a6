import { endpointsLeft } from '../impact.ts';
import { nothing, plural, points, type Rule } from '../rule.ts';

const named = 3;

/**
 * Breadth: names under which people outside reach what loses endpoints. An update that takes no endpoint away is not
 * seen from outside and adds nothing.
 */
export const userFacing: Rule = (input) => {
  const around = input.facts.neighbourhood;
  if (around === undefined || around.services.length === 0) return nothing;
  const fewer = around.services.filter((service) => endpointsLeft(input, service) < service.ready);
  if (fewer.length === 0) return nothing;
  const losing = new Set(fewer.map(({ name }) => name));
  const hosts = around.hosts.filter(({ service }) => losing.has(service)).map(({ host }) => host);
  const exposed = fewer.filter((each) => each.exposed !== undefined).map(({ name }) => `Service/${name}`);
  const all = [...new Set([...hosts, ...exposed])].toSorted();
  if (all.length === 0) return nothing;
  const { entryPointsPerDoubling } = input.policy.weights.breadth;
  const amount = Math.round(entryPointsPerDoubling * Math.log2(1 + all.length) * 10) / 10;
  const rest = all.length > named ? ` and ${all.length - named} more` : '';
  const sentence = `Users outside see it: ${plural(all.length, 'entry point')} (${all.slice(0, named).join(', ')}${rest}) with fewer endpoints behind.`;
  const sources = around.hosts.filter(({ service }) => losing.has(service)).map(({ source }) => source);
  const source = [...new Set(sources)].toSorted()[0] ?? `Service/${fewer[0]?.name}: spec.type`;
  return [points('breadth', amount, sentence, source)];
};
