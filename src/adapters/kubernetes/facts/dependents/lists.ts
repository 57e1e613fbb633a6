import { anyObject } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { type Kind, resourceOf, versionsOf } from '../../client/resource.ts';
import type { Gaps } from '../unknowns.ts';
import { readConversions } from './conversions.ts';
import { knativeRoute, virtualService } from './custom-objects.ts';
import type { Askers } from './dependencies.ts';
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
async function readEntries(reader: Reader, gaps: Gaps, namespace: string | undefined): Promise<Entries> {
  const inside = (kind: Kind) => resourceOf(kind, { namespace });
  const [ingresses, http, grpc, tls, virtualServices, knativeRoutes] = await Promise.all([
    gaps.fill('ingresses', reader.list(ingress, inside('Ingress'))),
    gaps.fill('HTTP routes', reader.listIfServed(route, inside('HTTPRoute'))),
    gaps.fill('gRPC routes', reader.listIfServed(route, inside('GRPCRoute'))),
    gaps.fill('TLS routes', reader.listFirstServed(route, versionsOf('TLSRoute', { namespace }))),
    gaps.fill('virtual services', reader.listFirstServed(virtualService, versionsOf('VirtualService'))),
    gaps.fill('Knative routes', reader.listIfServed(knativeRoute, inside('KnativeRoute'))),
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

/**
 * Reads them side by side; none of it waits for the target itself.
 *
 * @param namespace undefined for all of them
 */
export async function readLists(reader: Reader, gaps: Gaps, namespace: string | undefined) {
  const inside = (kind: Kind) => resourceOf(kind, { namespace });
  const [budgets, services, slices, entries, nodes] = await Promise.all([
    gaps.fill('pod disruption budgets', reader.list(budget, inside('PodDisruptionBudget'))),
    gaps.fill('services', reader.list(service, inside('Service'))),
    gaps.fill('endpoint slices', reader.list(endpointSlice, inside('EndpointSlice'))),
    readEntries(reader, gaps, namespace),
    // A node's status names every image it has: the labels are all that is wanted of it.
    gaps.fill('zones of the nodes', reader.listMetadata(anyObject, resourceOf('Node'))),
  ]);
  return { budgets, services, slices, entries, nodes };
}

export type Claimants = Awaited<ReturnType<typeof readClaimants>>;

/** What the API server may ask through a Service, from all over the cluster. */
async function readAskers(reader: Reader, gaps: Gaps): Promise<Askers> {
  const [validating, mutating, apiServices, conversions] = await Promise.all([
    gaps.fill('validating webhooks', reader.list(webhooks, resourceOf('ValidatingWebhookConfiguration'))),
    gaps.fill('mutating webhooks', reader.list(webhooks, resourceOf('MutatingWebhookConfiguration'))),
    gaps.fill('API services', reader.list(apiService, resourceOf('APIService'))),
    gaps.fill('custom resource definitions', readConversions(reader)),
  ]);
  const configurations = [
    ...(validating ?? []).map((each) => ({ kind: 'ValidatingWebhookConfiguration', configuration: each })),
    ...(mutating ?? []).map((each) => ({ kind: 'MutatingWebhookConfiguration', configuration: each })),
  ];
  return { configurations, apiServices: apiServices ?? [], conversions: conversions ?? [] };
}

/** What makes the API server, the scheduler or a group of replicas depend on pods of a namespace, or of any. */
export async function readClaimants(reader: Reader, gaps: Gaps, namespace: string | undefined) {
  const inside = (kind: Kind) => resourceOf(kind, { namespace });
  const [askers, quotas, leases] = await Promise.all([
    readAskers(reader, gaps),
    gaps.fill('resource quotas', reader.list(quota, inside('ResourceQuota'))),
    gaps.fill('leases', reader.list(lease, inside('Lease'))),
  ]);
  return { askers, quotas, leases };
}
