import type { Dependents } from '../../../../domain/facts/dependents.ts';
import { converterOf } from './conversions.ts';
import type { CustomDefinition } from './custom-objects.ts';
import type { ApiService, Webhooks } from './objects.ts';

/** What the API server asks through Services. */
export interface ApiExtensions {
  readonly configurations: readonly { readonly kind: string; readonly configuration: Webhooks }[];
  readonly apiServices: readonly ApiService[];
  readonly conversions: readonly CustomDefinition[];
}

/** What it asks through these Services: admission webhooks, aggregated APIs and the conversion of custom resources. */
export function dependenciesOn(
  { configurations, apiServices, conversions }: ApiExtensions,
  services: Dependents['services'],
  namespace: string,
): Dependents['dependencies'] {
  const serving = (reference: ApiService['spec']['service']) =>
    reference?.namespace === namespace
      ? services.find(({ name }) => name === reference.name)?.name
      : undefined;
  const asked = configurations.flatMap(({ kind, configuration: { metadata, webhooks } }) =>
    webhooks.map(({ clientConfig, failurePolicy }) => ({
      source: `${kind}/${metadata.name}`,
      service: serving(clientConfig.service),
      failurePolicy,
    })),
  );
  const aggregated = apiServices.map(({ metadata, spec }) => ({
    source: `APIService/${metadata.name}`,
    service: serving(spec.service),
    failurePolicy: 'Fail' as const,
  }));
  const converted = conversions.map((definition) => ({
    source: `CustomResourceDefinition/${definition.metadata.name}`,
    service: serving(converterOf(definition)),
    failurePolicy: 'Fail' as const,
  }));
  const found = [...asked, ...aggregated, ...converted].flatMap(({ service, ...each }) =>
    service === undefined ? [] : [{ ...each, service }],
  );
  const unique = new Map(found.map((each) => [`${each.source} ${each.service} ${each.failurePolicy}`, each]));
  return [...unique.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}
