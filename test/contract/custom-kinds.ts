import { z } from 'zod';
import type { Json, JsonObject } from '../../src/domain/text/json.ts';
import type { Stage } from './cluster-world.ts';
import { until } from './rest.ts';

interface CustomKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** The kinds of others that Firebreak reads where they are installed. */
export const customKinds = {
  TLSRoute: { group: 'gateway.networking.k8s.io', version: 'v1alpha2', kind: 'TLSRoute' },
  VirtualService: { group: 'networking.istio.io', version: 'v1', kind: 'VirtualService' },
  Revision: { group: 'serving.knative.dev', version: 'v1', kind: 'Revision' },
  ScaledObject: { group: 'keda.sh', version: 'v1alpha1', kind: 'ScaledObject' },
  VerticalPodAutoscaler: { group: 'autoscaling.k8s.io', version: 'v1', kind: 'VerticalPodAutoscaler' },
  Application: { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application' },
  Kustomization: { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', kind: 'Kustomization' },
  KnativeRoute: { group: 'serving.knative.dev', version: 'v1', kind: 'Route' },
} as const satisfies Record<string, CustomKind>;

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const answer = z.looseObject({});

/** Installs a kind as its project would, unless it is there, and waits until it is served. Never taken away again. */
export async function install(stage: Pick<Stage, 'rest'>, wanted: CustomKind): Promise<void> {
  const { send } = stage.rest();
  const list = `/apis/${wanted.group}/${wanted.version}/${pluralOf(wanted)}`;
  const served = () =>
    send(answer, 'GET', list).then(
      () => true,
      () => false,
    );
  if (await served()) return;
  // Another test may be quicker: what counts is that it is served in the end.
  await send(answer, 'POST', definitions, definition(wanted)).catch(() => undefined);
  await until(served, (yes) => yes);
}

const pluralOf = ({ kind }: CustomKind) => `${kind.toLowerCase()}s`;

/** A CustomResourceDefinition of one namespaced kind with any fields. */
function definition(
  wanted: CustomKind,
  { versions = [wanted.version], conversion }: { versions?: readonly string[]; conversion?: Json } = {},
): JsonObject {
  const plural = pluralOf(wanted);
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${wanted.group}`,
      // Groups that end in k8s.io ask for it.
      annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' },
    },
    spec: {
      group: wanted.group,
      scope: 'Namespaced',
      names: { kind: wanted.kind, plural, singular: wanted.kind.toLowerCase() },
      versions: versions.map((name, index) => ({
        ...{ name, served: true, storage: index === 0, schema },
        subresources: { status: {} },
      })),
      ...(conversion === undefined ? {} : { conversion }),
    },
  };
}

/** A TLSRoute that leads a host to a Service of its name. */
export function tlsRoute(name: string, host: string): JsonObject {
  return custom(customKinds.TLSRoute, name, {
    spec: { hostnames: [host], rules: [{ backendRefs: [{ name, port: 443 }] }] },
  });
}

/** A VirtualService at a gateway that leads a host to a destination. */
export function virtualService(name: string, host: string, destination: string): JsonObject {
  return custom(customKinds.VirtualService, name, {
    spec: {
      hosts: [host],
      gateways: ['istio-ingress/edge'],
      http: [{ route: [{ destination: { host: destination } }] }],
    },
  });
}

export function knativeRoute(name: string): JsonObject {
  return custom(customKinds.KnativeRoute, name, { spec: {} });
}

/** A Knative Revision; its controller would make a Deployment of it. */
export function revision(name: string): JsonObject {
  return custom(customKinds.Revision, name, { spec: {} });
}

/** All its traffic on one revision, as Knative's controller reports it. */
export function routedTo(revision: string, url: string): JsonObject {
  return { status: { url, traffic: [{ revisionName: revision, percent: 100, latestRevision: true }] } };
}

/** KEDA's ScaledObject of a Deployment of its name. */
export function scaledObject(name: string, annotations: JsonObject = {}): JsonObject {
  const spec = { scaleTargetRef: { name }, triggers: [] };
  return custom(customKinds.ScaledObject, name, { metadata: { name, annotations }, spec });
}

/** A VerticalPodAutoscaler of a Deployment of its name. */
export function verticalAutoscaler(name: string, updateMode: string): JsonObject {
  const targetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name };
  return custom(customKinds.VerticalPodAutoscaler, name, {
    spec: { targetRef, updatePolicy: { updateMode } },
  });
}

function custom({ group, version, kind }: CustomKind, name: string, rest: JsonObject): JsonObject {
  return { apiVersion: `${group}/${version}`, kind, metadata: { name }, ...rest };
}

/** Defines a kind whose objects a webhook behind the Service `web` converts. Nothing of the kind is ever made. */
export async function convertedKind(stage: Stage, namespace: string): Promise<string> {
  const group = `${namespace}.firebreak.example`;
  const webhook = {
    clientConfig: { service: { namespace, name: 'web', path: '/convert' } },
    conversionReviewVersions: ['v1'],
  };
  const kind = { group, version: 'v1', kind: 'Widget' };
  const versions = ['v1', 'v2'];
  const body = definition(kind, { versions, conversion: { strategy: 'Webhook', webhook } });
  await stage.rest().send(answer, 'POST', definitions, body);
  return `widgets.${group}`;
}

export async function removeKind(stage: Stage, name: string): Promise<void> {
  await stage.rest().send(answer, 'DELETE', `${definitions}/${name}`);
}
