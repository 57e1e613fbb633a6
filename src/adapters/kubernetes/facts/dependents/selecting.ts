import type { Dependents } from '../../../../domain/facts/dependents.ts';
import type { EndpointSlice, Own, Service } from './objects.ts';

type Labels = Own['labels'];

/** Services whose selector picks the pods. One without a selector has endpoints that somebody else writes. */
export function servicesOver(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
  { labels, pods }: Own,
): Dependents['services'] {
  const uids = new Set(pods.map(({ uid }) => uid));
  return services
    .filter(({ spec: { selector } }) => Object.keys(selector).length > 0 && isSubset(selector, labels))
    .map((service) => {
      const { name } = service.metadata;
      const ready = readyEndpoints(slices, name);
      const own = [...ready].filter((uid) => uids.has(uid)).length;
      return { name, ...exposureOf(service), ready: ready.size, own };
    })
    .toSorted(byName);
}

/** How a Service is reached from outside the cluster by itself. */
export function exposureOf({ spec: { type } }: Service): Pick<Dependents['services'][number], 'exposed'> {
  return type === 'LoadBalancer' || type === 'NodePort' ? exposure[type] : {};
}

const exposure = { LoadBalancer: { exposed: 'LoadBalancer' }, NodePort: { exposed: 'NodePort' } } as const;

/** Each endpoint once, though an IPv6 slice names the same pods again; without `ready` it is ready (discovery/v1). */
export function readyEndpoints(slices: readonly EndpointSlice[], service: string): Set<string> {
  const endpoints = slices
    .filter(({ metadata: { labels } }) => labels['kubernetes.io/service-name'] === service)
    .flatMap((slice) => slice.endpoints)
    // One that is told to end may still be called ready where a Service asks for it (publishNotReadyAddresses).
    .filter(({ conditions }) => conditions?.ready !== false && conditions?.terminating !== true);
  return new Set(endpoints.map(({ targetRef, addresses }) => targetRef?.uid || (addresses[0] ?? '')));
}

const isSubset = (selector: Labels, labels: Labels) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
