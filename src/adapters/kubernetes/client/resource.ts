import type { TargetKind } from '../../../domain/action.ts';
import type { ObjectRef } from '../../../domain/plan.ts';

/** An address in the Kubernetes API: one object, or without `name` a list of them. */
export interface Resource {
  /** `v1`, `apps/v1` ... */
  readonly apiVersion: string;
  /** The plural of the URL, such as `deployments`. */
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** Where each kind lives. */
const homes = {
  Deployment: { apiVersion: 'apps/v1', resource: 'deployments' },
  StatefulSet: { apiVersion: 'apps/v1', resource: 'statefulsets' },
  DaemonSet: { apiVersion: 'apps/v1', resource: 'daemonsets' },
  ReplicaSet: { apiVersion: 'apps/v1', resource: 'replicasets' },
  ControllerRevision: { apiVersion: 'apps/v1', resource: 'controllerrevisions' },
  HorizontalPodAutoscaler: { apiVersion: 'autoscaling/v2', resource: 'horizontalpodautoscalers' },
  Job: { apiVersion: 'batch/v1', resource: 'jobs' },
  CronJob: { apiVersion: 'batch/v1', resource: 'cronjobs' },
  ScaledObject: { apiVersion: 'keda.sh/v1alpha1', resource: 'scaledobjects' },
  VerticalPodAutoscaler: { apiVersion: 'autoscaling.k8s.io/v1', resource: 'verticalpodautoscalers' },
  Pod: { apiVersion: 'v1', resource: 'pods' },
  Node: { apiVersion: 'v1', resource: 'nodes' },
  Namespace: { apiVersion: 'v1', resource: 'namespaces' },
  PodDisruptionBudget: { apiVersion: 'policy/v1', resource: 'poddisruptionbudgets' },
  Service: { apiVersion: 'v1', resource: 'services' },
  EndpointSlice: { apiVersion: 'discovery.k8s.io/v1', resource: 'endpointslices' },
  Ingress: { apiVersion: 'networking.k8s.io/v1', resource: 'ingresses' },
  HTTPRoute: { apiVersion: 'gateway.networking.k8s.io/v1', resource: 'httproutes' },
  GRPCRoute: { apiVersion: 'gateway.networking.k8s.io/v1', resource: 'grpcroutes' },
  TLSRoute: { apiVersion: 'gateway.networking.k8s.io/v1', resource: 'tlsroutes' },
  VirtualService: { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices' },
  KnativeRoute: { apiVersion: 'serving.knative.dev/v1', resource: 'routes' },
  ValidatingWebhookConfiguration: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    resource: 'validatingwebhookconfigurations',
  },
  MutatingWebhookConfiguration: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    resource: 'mutatingwebhookconfigurations',
  },
  APIService: { apiVersion: 'apiregistration.k8s.io/v1', resource: 'apiservices' },
  CustomResourceDefinition: {
    apiVersion: 'apiextensions.k8s.io/v1',
    resource: 'customresourcedefinitions',
  },
  NetworkPolicy: { apiVersion: 'networking.k8s.io/v1', resource: 'networkpolicies' },
  AdminNetworkPolicy: { apiVersion: 'policy.networking.k8s.io/v1alpha1', resource: 'adminnetworkpolicies' },
  AuthorizationPolicy: { apiVersion: 'security.istio.io/v1', resource: 'authorizationpolicies' },
  PeerAuthentication: { apiVersion: 'security.istio.io/v1', resource: 'peerauthentications' },
  RequestAuthentication: { apiVersion: 'security.istio.io/v1', resource: 'requestauthentications' },
  DestinationRule: { apiVersion: 'networking.istio.io/v1', resource: 'destinationrules' },
  Sidecar: { apiVersion: 'networking.istio.io/v1', resource: 'sidecars' },
  Gateway: { apiVersion: 'networking.istio.io/v1', resource: 'gateways' },
  ServiceEntry: { apiVersion: 'networking.istio.io/v1', resource: 'serviceentries' },
  EnvoyFilter: { apiVersion: 'networking.istio.io/v1alpha3', resource: 'envoyfilters' },
  CiliumNetworkPolicy: { apiVersion: 'cilium.io/v2', resource: 'ciliumnetworkpolicies' },
  CiliumClusterwideNetworkPolicy: {
    apiVersion: 'cilium.io/v2',
    resource: 'ciliumclusterwidenetworkpolicies',
  },
  CalicoNetworkPolicy: { apiVersion: 'crd.projectcalico.org/v1', resource: 'networkpolicies' },
  GlobalNetworkPolicy: { apiVersion: 'crd.projectcalico.org/v1', resource: 'globalnetworkpolicies' },
  Server: { apiVersion: 'policy.linkerd.io/v1beta3', resource: 'servers' },
  PodMonitor: { apiVersion: 'monitoring.coreos.com/v1', resource: 'podmonitors' },
  ResourceQuota: { apiVersion: 'v1', resource: 'resourcequotas' },
  Lease: { apiVersion: 'coordination.k8s.io/v1', resource: 'leases' },
  Event: { apiVersion: 'v1', resource: 'events' },
  PersistentVolumeClaim: { apiVersion: 'v1', resource: 'persistentvolumeclaims' },
  PersistentVolume: { apiVersion: 'v1', resource: 'persistentvolumes' },
  Application: { apiVersion: 'argoproj.io/v1alpha1', resource: 'applications' },
  Kustomization: { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', resource: 'kustomizations' },
  HelmRelease: { apiVersion: 'helm.toolkit.fluxcd.io/v2', resource: 'helmreleases' },
  GitRepository: { apiVersion: 'source.toolkit.fluxcd.io/v1', resource: 'gitrepositories' },
  StorageClass: { apiVersion: 'storage.k8s.io/v1', resource: 'storageclasses' },
} as const;

export type Kind = keyof typeof homes;

/** Older versions under which clusters still serve a kind; its home is asked first. */
const olderVersions = {
  TLSRoute: ['gateway.networking.k8s.io/v1alpha3', 'gateway.networking.k8s.io/v1alpha2'],
  VirtualService: ['networking.istio.io/v1beta1'],
  AuthorizationPolicy: ['security.istio.io/v1beta1'],
  PeerAuthentication: ['security.istio.io/v1beta1'],
  RequestAuthentication: ['security.istio.io/v1beta1'],
  DestinationRule: ['networking.istio.io/v1beta1'],
  Sidecar: ['networking.istio.io/v1beta1'],
  Gateway: ['networking.istio.io/v1beta1'],
  ServiceEntry: ['networking.istio.io/v1beta1'],
  Server: ['policy.linkerd.io/v1beta2', 'policy.linkerd.io/v1beta1'],
} as const satisfies Partial<Record<Kind, readonly string[]>>;

export function resourceOf(
  kind: Kind,
  place: { namespace?: string | undefined; name?: string } = {},
): Resource {
  return { ...homes[kind], ...place };
}

/** The API group of a kind, empty for the core; undefined for one that is not known. */
export function groupOf(kind: string): string | undefined {
  const home = Object.entries(homes).find(([name]) => name === kind)?.[1];
  return home && (home.apiVersion.includes('/') ? home.apiVersion.split('/')[0] : '');
}

/** Every kind that is read, once for each group and plural: what a role must let it list. */
export function everythingRead(): readonly Resource[] {
  return Object.values(homes);
}

/** The same list under each version that a cluster may serve, the newest first. */
export function versionsOf(
  kind: keyof typeof olderVersions,
  place: { namespace?: string | undefined } = {},
): readonly Resource[] {
  const newest = resourceOf(kind, place);
  return [newest, ...olderVersions[kind].map((apiVersion) => ({ ...newest, apiVersion }))];
}

/** The object that a target names. */
export function targetResource(target: { kind: TargetKind; namespace?: string; name: string }): Resource {
  return resourceOf(target.kind, { namespace: target.namespace, name: target.name });
}

/** The object itself, where a plan's call goes to one of its subresources. */
export function parentOf({ subresource: _, ...ref }: ObjectRef): Resource {
  return ref;
}

/** `Deployment` for `deployments`: how people call it. */
function kindOf(resource: string): string {
  return Object.entries(homes).find(([, home]) => home.resource === resource)?.[0] ?? resource;
}

/** The URL path, as in `/apis/apps/v1/namespaces/shop/deployments/web/scale`. */
export function pathOf({ apiVersion, resource, namespace, name, subresource }: Resource): string {
  const root = apiVersion.includes('/') ? ['apis', ...apiVersion.split('/')] : ['api', apiVersion];
  const scope = namespace === undefined ? [] : ['namespaces', namespace];
  const parts = [...root, ...scope, resource, name, subresource];
  return `/${parts
    .filter((part) => part !== undefined)
    .map(encodeURIComponent)
    .join('/')}`;
}

/** `Deployment web in namespace shop`, `pods in namespace shop`, `Node worker-1`. */
export function describeResource({ resource, namespace, name }: Resource): string {
  const what = name === undefined ? resource : `${kindOf(resource)} ${name}`;
  return namespace === undefined ? what : `${what} in namespace ${namespace}`;
}

/** `deployments.apps/scale in namespace shop`: as RBAC names what it grants. */
export function describeRight({ apiVersion, resource, namespace, subresource }: Resource): string {
  const [group, version] = apiVersion.split('/');
  const full = version === undefined ? resource : `${resource}.${group}`;
  const right = subresource === undefined ? full : `${full}/${subresource}`;
  return namespace === undefined ? right : `${right} in namespace ${namespace}`;
}
