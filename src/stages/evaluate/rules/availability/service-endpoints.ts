import { endpointsLeft } from '../../disturbance.ts';
import { type Finding, nothing, plural, points, type Rule } from '../../rule.ts';

/** Availability: Services that would have no ready endpoint left. One that has none now has nothing to lose. */
export const serviceEndpoints: Rule = (input) => {
  const services = input.facts.neighbourhood?.services;
  if (services === undefined) return nothing;
  const found: Finding[] = [];
  for (const service of services) {
    if (service.ready === 0 || endpointsLeft(input, service) > 0) continue;
    const sentence = `Service/${service.name} would have 0 of ${plural(service.ready, 'ready endpoint')} left: its callers get errors.`;
    const amount = input.policy.weights.availability.serviceOutage;
    found.push(points('availability', amount, sentence, `Service/${service.name}: EndpointSlices`));
  }
  return found;
};
