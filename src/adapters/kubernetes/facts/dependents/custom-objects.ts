import { z } from 'zod';
import { list, metadata } from '../../client/objects.ts';
import { serviceReference } from './objects.ts';

/* The parts that are read of objects whose kinds are installed: a cluster may have none of them. */

const destinations = list(z.object({ destination: z.object({ host: z.string() }).nullish() }));
const reference = z.object({ name: z.string(), namespace: z.string().nullish() });

/** Istio's VirtualService. Its `http` rules may hand on to another VirtualService, which has no hosts then. */
export const virtualService = z.object({
  metadata,
  spec: z
    .object({
      hosts: list(z.string()),
      gateways: list(z.string()),
      http: list(z.object({ route: destinations, delegate: reference.nullish() })),
      tls: list(z.object({ route: destinations })),
      tcp: list(z.object({ route: destinations })),
    })
    .prefault({}),
});
export type VirtualService = z.infer<typeof virtualService>;

/** Knative's Route: its addresses, and the revisions behind each. */
export const knativeRoute = z.object({
  metadata,
  status: z
    .object({
      url: z.string().nullish(),
      traffic: list(
        z.object({
          revisionName: z.string().nullish(),
          percent: z.number().nullish(),
          url: z.string().nullish(),
        }),
      ),
    })
    .prefault({}),
});
export type KnativeRoute = z.infer<typeof knativeRoute>;

/** A CustomResourceDefinition, without the schemas that make it large. */
export const customDefinition = z.object({
  metadata,
  spec: z.object({
    versions: list(z.object({ name: z.string() })),
    conversion: z
      .object({
        strategy: z.string().default('None'),
        webhook: z.object({ clientConfig: z.object({ service: serviceReference }).prefault({}) }).nullish(),
      })
      .nullish(),
  }),
});
export type CustomDefinition = z.infer<typeof customDefinition>;

export const definitionMetadata = z.object({
  metadata: z.object({
    name: z.string(),
    managedFields: list(z.object({ fieldsV1: z.unknown().optional() })),
  }),
});
