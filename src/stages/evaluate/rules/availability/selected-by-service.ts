import { nothing, points, type Rule } from '../../rule.ts';

/** Availability: pods of a Job whose labels a Service selects get its requests as soon as they are ready. */
export const selectedByService: Rule = (input) => {
  const services = input.facts.neighbourhood?.services;
  if (services === undefined || services.length === 0 || input.effect.pods.started === 0) return nothing;
  const { misrouted } = input.policy.weights.availability;
  return services.map(({ name }) =>
    points(
      'availability',
      misrouted,
      `Service/${name} selects the pods that are started: while they are ready it sends them requests.`,
      `Service/${name}: spec.selector`,
    ),
  );
};
