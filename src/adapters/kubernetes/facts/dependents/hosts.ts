import type { Dependents } from '../../../../domain/facts/dependents.ts';
import type { KnativeRoute, VirtualService } from './custom-objects.ts';
import { knativeHosts } from './knative.ts';
import { meshHosts } from './mesh.ts';
import type { Ingress, Own, Route } from './objects.ts';

/** Whatever leads requests from outside to Services. */
export interface Entries {
  readonly ingresses: readonly Ingress[];
  readonly routes: readonly { readonly kind: string; readonly route: Route }[];
  /** Of the whole cluster: one may lead to the Services of another namespace. */
  readonly virtualServices: readonly VirtualService[];
  readonly knativeRoutes: readonly KnativeRoute[];
}

/** Hosts whose requests end at one of these Services; `*` for a rule without a host. */
export function hostsOf(
  { ingresses, routes, virtualServices, knativeRoutes }: Entries,
  services: Dependents['services'],
  namespace: string,
  labels: Own['labels'],
): Dependents['hosts'] {
  const known = new Set(services.map(({ name }) => name));
  const found = [
    ...ingresses.flatMap(ingressHosts),
    ...routes.flatMap(routeHosts),
    ...meshHosts(virtualServices, namespace),
    ...knativeHosts(knativeRoutes, services, labels),
  ];
  const unique = new Map(found.map((each) => [`${each.source} ${each.host} ${each.service}`, each]));
  return [...unique.entries()]
    .filter(([, { service }]) => known.has(service))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, each]) => each);
}

function ingressHosts({ metadata, spec }: Ingress): Dependents['hosts'] {
  const source = `Ingress/${metadata.name}`;
  const fallback = spec.defaultBackend?.service?.name;
  const named = spec.rules.flatMap(({ host, http }) =>
    (http?.paths ?? []).flatMap(({ backend }) =>
      backend.service == null ? [] : [{ host: host ?? '*', service: backend.service.name, source }],
    ),
  );
  return fallback === undefined ? named : [...named, { host: '*', service: fallback, source }];
}

function routeHosts({
  kind,
  route: { metadata, spec },
}: {
  kind: string;
  route: Route;
}): Dependents['hosts'] {
  const source = `${kind}/${metadata.name}`;
  const hosts = spec.hostnames.length === 0 ? ['*'] : spec.hostnames;
  const services = spec.rules
    .flatMap(({ backendRefs }) => backendRefs)
    .filter((ref) => ref.kind === 'Service' && (ref.namespace ?? metadata.namespace) === metadata.namespace)
    .map(({ name }) => name);
  return hosts.flatMap((host) => services.map((service) => ({ host, service, source })));
}
