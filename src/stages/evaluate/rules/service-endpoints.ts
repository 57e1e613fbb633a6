import { endpointsLeft } from '../impact.ts';
import { nothing, plural, points, type Rule } from '../rule.ts';

/** Availability: Services that would have no ready endpoint left. One that has none now has nothing to lose. */
export const serviceEndpoints: Rule = (input) => {
  const services = input.facts.neighbourhood?.services;
  if (services === undefined || services.length === 0) return nothing;
  return services
    .filter((service) => service.ready > 0 && endpointsLeft(input, service) === 0)
    .map(({ name, ready }) =>
      points(
        'availability',
        input.policy.weights.availability.serviceOutage,
        `Service/${name} would have 0 of ${plural(ready, 'ready endpoint')} left: its callers get errors.`,
        `Service/${name}: EndpointSlices`,
      ),
    );
};
