import { anyObject } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { type Kind, resourceOf, versionsOf } from '../../client/resource.ts';
import type { Unknowns } from '../unknowns.ts';
import { readConversions } from './conversions.ts';
import { knativeRoute, virtualService } from './custom-objects.ts';
import type { ApiExtensions } from './dependencies.ts';
import type { Entries } from './hosts.ts';
import {
  apiService,
  budget,
  endpointSlice,
  ingress,
  lease,
  quota,
  route,
  service,
  webhooks,
} from './objects.ts';

/** Everything of a namespace, and of the API server, that may have to do with a target. Not read is empty, and noted. */
export type Lists = Awaited<ReturnType<typeof readLists>>;

/** Names under which people outside reach Services, from every kind of entry that a cluster may have. */
async function readEntries(
  reader: Reader,
  unknowns: Unknowns,
  namespace: string | undefined,
): Promise<Entries> {
  const inside = (kind: Kind) => resourceOf(kind, { namespace });
  const [ingresses, http, grpc, tls, virtualServices, knativeRoutes] = await Promise.all([
    unknowns.orUnknown('ingresses', reader.list(ingress, inside('Ingress'))),
    unknowns.orUnknown('HTTP routes', reader.listIfServed(route, inside('HTTPRoute'))),
    unknowns.orUnknown('gRPC routes', reader.listIfServed(route, inside('GRPCRoute'))),
    unknowns.orUnknown('TLS routes', reader.listFirstServed(route, versionsOf('TLSRoute', { namespace }))),
    unknowns.orUnknown(
      'virtual services',
      reader.listFirstServed(virtualService, versionsOf('VirtualService')),
    ),
    unknowns.orUnknown('Knative routes', reader.listIfServed(knativeRoute, inside('KnativeRoute'))),
  ]);
  const routes = [
    ...(http ?? []).map((each) => ({ kind: 'HTTPRoute', route: each })),
    ...(grpc ?? []).map((each) => ({ kind: 'GRPCRoute', route: each })),
    ...(tls ?? []).map((each) => ({ kind: 'TLSRoute', route: each })),
  ];
  return {
    ingresses: ingresses ?? [],
    routes,
    virtualServices: virtualServices ?? [],
    knativeRoutes: knativeRoutes ?? [],
  };
}

/** What the API server may ask through a Service, from all over the cluster. */
async function readApiExtensions(reader: Reader, unknowns: Unknowns): Promise<ApiExtensions> {
  const [validating, mutating, apiServices, conversions] = await Promise.all([
    unknowns.orUnknown(
      'validating webhooks',
      reader.list(webhooks, resourceOf('ValidatingWebhookConfiguration')),
    ),
    unknowns.orUnknown(
      'mutating webhooks',
      reader.list(webhooks, resourceOf('MutatingWebhookConfiguration')),
    ),
    unknowns.orUnknown('API services', reader.list(apiService, resourceOf('APIService'))),
    unknowns.orUnknown('custom resource definitions', readConversions(reader)),
  ]);
  const configurations = [
    ...(validating ?? []).map((each) => ({ kind: 'ValidatingWebhookConfiguration', configuration: each })),
    ...(mutating ?? []).map((each) => ({ kind: 'MutatingWebhookConfiguration', configuration: each })),
  ];
  return { configurations, apiServices: apiServices ?? [], conversions: conversions ?? [] };
}

/**
 * Reads them side by side; none of it waits for the target itself.
 *
 * @param namespace undefined for all of them
 */
export async function readLists(reader: Reader, unknowns: Unknowns, namespace: string | undefined) {
  const inside = (kind: Kind) => resourceOf(kind, { namespace });
  const [budgets, services, slices, entries, nodes, extensions, quotas, leases] = await Promise.all([
    unknowns.orUnknown('pod disruption budgets', reader.list(budget, inside('PodDisruptionBudget'))),
    unknowns.orUnknown('services', reader.list(service, inside('Service'))),
    unknowns.orUnknown('endpoint slices', reader.list(endpointSlice, inside('EndpointSlice'))),
    readEntries(reader, unknowns, namespace),
    // A node's status names every image it has: the labels are all that is wanted of it.
    unknowns.orUnknown('zones of the nodes', reader.listMetadata(anyObject, resourceOf('Node'))),
    readApiExtensions(reader, unknowns),
    unknowns.orUnknown('resource quotas', reader.list(quota, inside('ResourceQuota'))),
    unknowns.orUnknown('leases', reader.list(lease, inside('Lease'))),
  ]);
  return { budgets, services, slices, entries, nodes, extensions, quotas, leases };
}
