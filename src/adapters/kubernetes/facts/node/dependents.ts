import { awayAtOnce } from '../../../../actions/nodes/displaced.ts';
import type { Departure } from '../../../../domain/departure.ts';
import type { Dependents } from '../../../../domain/facts/dependents.ts';
import type { NodeBudget, NodePod } from '../../../../domain/facts/node.ts';
import { dependenciesOn } from '../dependents/dependencies.ts';
import { leasesOf } from '../dependents/holding.ts';
import { hostsOf } from '../dependents/hosts.ts';
import type { Lists } from '../dependents/lists.ts';
import type { EndpointSlice, Service } from '../dependents/objects.ts';
import { byName, exposureOf, readyEndpoints } from '../dependents/selecting.ts';

type PodDependents = Pick<Dependents, 'services' | 'hosts' | 'dependencies' | 'leases'>;

/** Who notices when pods leave their node, namespace by namespace; `web in shop` is how a Service is named here. */
export function dependentsOfPods(
  departure: Departure,
  leaving: readonly NodePod[],
  budgets: readonly NodeBudget[],
  lists: Lists,
): PodDependents {
  const namespaces = [...new Set(leaving.map(({ namespace }) => namespace))].toSorted();
  const found = namespaces.map((namespace): PodDependents => {
    const inside = <T extends { readonly metadata: { readonly namespace?: string | undefined } }>(
      all: readonly T[] | undefined,
    ) => (all ?? []).filter(({ metadata }) => metadata.namespace === namespace);
    const pods = leaving.filter((each) => each.namespace === namespace);
    const services = servicesWith(inside(lists.services), inside(lists.slices), (uids) =>
      awayAtOnce(
        departure.by === 'eviction',
        pods.filter(({ uid }) => uids.has(uid)),
        budgets,
      ),
    );
    const { ingresses, routes, virtualServices, knativeRoutes } = lists.entries;
    const entries = {
      ingresses: inside(ingresses),
      routes: routes.filter(({ route }) => route.metadata.namespace === namespace),
      // One of another namespace may lead here; and no template stands for pods of several owners.
      virtualServices,
      knativeRoutes: inside(knativeRoutes),
    };
    return {
      services,
      hosts: hostsOf(entries, services, namespace, {}),
      dependencies: dependenciesOn(lists.extensions, services, namespace),
      leases: leasesOf(inside(lists.leases), pods),
    };
  });
  return named(namespaces, found);
}

/** Services of which at least one endpoint goes. @param away how many of these pods are away at one moment */
function servicesWith(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
  away: (uids: ReadonlySet<string>) => number,
): Dependents['services'] {
  return services
    .map((service) => {
      const { name } = service.metadata;
      const ready = readyEndpoints(slices, name);
      return { name, ...exposureOf(service), ready: ready.size, own: Math.min(ready.size, away(ready)) };
    })
    .filter(({ own }) => own > 0)
    .toSorted(byName);
}

function named(namespaces: readonly string[], found: readonly PodDependents[]): PodDependents {
  const full = (name: string, index: number) => `${name} in ${namespaces[index]}`;
  return {
    services: found.flatMap(({ services }, index) =>
      services.map((each) => ({ ...each, name: full(each.name, index) })),
    ),
    hosts: found.flatMap(({ hosts }, index) =>
      hosts.map((each) => ({
        ...each,
        service: full(each.service, index),
        source: full(each.source, index),
      })),
    ),
    dependencies: found.flatMap(({ dependencies }, index) =>
      dependencies.map((each) => ({ ...each, service: full(each.service, index) })),
    ),
    leases: found.flatMap(({ leases }, index) =>
      leases.map((each) => ({ ...each, name: full(each.name, index) })),
    ),
  };
}
