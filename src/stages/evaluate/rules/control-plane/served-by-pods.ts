import type { Dependents } from '../../../../domain/facts/dependents.ts';
import { disturbedPods, endpointsLeft } from '../../disturbance.ts';
import { block, type Finding, nothing, plural, points, type Rule, type RuleInput } from '../../rule.ts';

type Dependency = Dependents['dependencies'][number];

/**
 * Block and control plane: pods that the API server itself asks. Without an endpoint behind a webhook of policy Fail it
 * refuses every write that the webhook checks, perhaps those of the repair as well (kubernetes.io, "Dynamic Admission
 * Control"). A conversion webhook is of that class: without it nothing of the kind can be had in another version.
 */
export const servedByPods: Rule = (input) => {
  const dependencies = input.facts.neighbourhood?.dependencies;
  if (dependencies === undefined || dependencies.length === 0 || disturbedPods(input) === 0) return nothing;
  return dependencies.map((dependency) => judge(input, dependency));
};

function judge(input: RuleInput, { source, service: name, failurePolicy }: Dependency): Finding {
  const { apiGone, askedByApiServer, skippableWebhook } = input.policy.weights.controlPlane;
  const found = input.facts.neighbourhood?.services.find((each) => each.name === name);
  const ready = found?.ready ?? 0;
  const left = found === undefined ? 0 : endpointsLeft(input, found);
  const isApi = source.startsWith('APIService/');
  if (!isApi && failurePolicy === 'Ignore') {
    const sentence = `The pods serve ${source} (failurePolicy Ignore): what it checks may go unchecked meanwhile.`;
    return points('controlPlane', skippableWebhook, sentence, source);
  }
  if (ready > 0 && left === 0) {
    if (isApi) return points('controlPlane', apiGone, `${source} would not be served by any pod.`, source);
    return block(
      `${lost(source)} with 0 of ${plural(ready, 'ready endpoint')} left, ${refused(source)}`,
      source,
    );
  }
  const now =
    ready === 0
      ? 'no endpoint is ready now'
      : `${left} of ${plural(ready, 'ready endpoint')} ${left === 1 ? 'is' : 'are'} left`;
  return points(
    'controlPlane',
    askedByApiServer,
    `The API server depends on these pods (${source}): ${now}.`,
    source,
  );
}

const converts = (source: string): boolean => source.startsWith('CustomResourceDefinition/');

const lost = (source: string): string =>
  converts(source) ? `The pods convert ${source}:` : `The pods serve ${source} (failurePolicy Fail):`;

const refused = (source: string): string =>
  converts(source)
    ? 'its objects cannot be read or written but in the version that is stored.'
    : 'the API server refuses what it checks.';
