import type { Dependents } from '../../../../domain/facts/dependents.ts';
import { matches } from '../../../../domain/selector.ts';
import type { Budget, EndpointSlice, Own, Service } from './objects.ts';

type Labels = Own['labels'];

/**
 * PodDisruptionBudgets over the pods, with our own arithmetic: the status lags behind and is 0 while the controller
 * has not looked. Percentages of both fields are rounded up (getExpectedPodCount in
 * pkg/controller/disruption/disruption.go).
 */
export function budgetsOver(budgets: readonly Budget[], labels: Labels): Dependents['budgets'] {
  return budgets
    .filter(({ spec: { selector } }) => selector != null && matches(selector, labels))
    .map(({ metadata: { name }, spec, status }) => {
      const { currentHealthy: healthy, expectedPods: expected } = status;
      const desired = mustStay(spec, expected);
      return { name, healthy, desired, allowed: Math.max(0, healthy - desired) };
    })
    .toSorted(byName);
}

/** How many of the pods a budget wants healthy. */
export function mustStay({ minAvailable, maxUnavailable }: Budget['spec'], expected: number): number {
  if (maxUnavailable == null) return upTo(minAvailable ?? 0, expected);
  return Math.max(0, expected - upTo(maxUnavailable, expected));
}

function upTo(value: number | string, of: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * of) / 100);
}

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
    .filter(({ conditions }) => conditions?.ready !== false);
  return new Set(endpoints.map(({ targetRef, addresses }) => targetRef?.uid || (addresses[0] ?? '')));
}

const isSubset = (selector: Labels, labels: Labels) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
