import { customResources } from './custom-resources.ts';

/** One kind of object that the simulated API serves. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  readonly scalable: boolean;
  /** Which changes bump metadata.generation (the strategies in kubernetes/pkg/registry, PrepareForUpdate). */
  readonly generation: 'spec' | 'spec and annotations' | 'none';
}

const namespaced = { namespaced: true, scalable: false, generation: 'none' } as const;
const cluster = { ...namespaced, namespaced: false } as const;
const core = { group: '', version: 'v1' } as const;
const apps = { group: 'apps', version: 'v1' } as const;

export const namespaces: Resource = {
  ...core,
  ...cluster,
  plural: 'namespaces',
  singular: 'namespace',
  kind: 'Namespace',
  shortNames: ['ns'],
};
export const nodes: Resource = {
  ...core,
  ...cluster,
  plural: 'nodes',
  singular: 'node',
  kind: 'Node',
  shortNames: ['no'],
};
export const pods: Resource = {
  ...core,
  ...namespaced,
  generation: 'spec',
  plural: 'pods',
  singular: 'pod',
  kind: 'Pod',
  shortNames: ['po'],
};
export const services: Resource = {
  ...core,
  ...namespaced,
  plural: 'services',
  singular: 'service',
  kind: 'Service',
  shortNames: ['svc'],
};
export const events: Resource = {
  ...core,
  ...namespaced,
  plural: 'events',
  singular: 'event',
  kind: 'Event',
  shortNames: ['ev'],
};
export const deployments: Resource = {
  ...apps,
  ...namespaced,
  scalable: true,
  generation: 'spec and annotations',
  plural: 'deployments',
  singular: 'deployment',
  kind: 'Deployment',
  shortNames: ['deploy'],
};
export const replicaSets: Resource = {
  ...apps,
  ...namespaced,
  scalable: true,
  generation: 'spec',
  plural: 'replicasets',
  singular: 'replicaset',
  kind: 'ReplicaSet',
  shortNames: ['rs'],
};
export const statefulSets: Resource = {
  ...apps,
  ...namespaced,
  scalable: true,
  generation: 'spec',
  plural: 'statefulsets',
  singular: 'statefulset',
  kind: 'StatefulSet',
  shortNames: ['sts'],
};
export const daemonSets: Resource = {
  ...apps,
  ...namespaced,
  generation: 'spec',
  plural: 'daemonsets',
  singular: 'daemonset',
  kind: 'DaemonSet',
  shortNames: ['ds'],
};
export const controllerRevisions: Resource = {
  ...apps,
  ...namespaced,
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  kind: 'ControllerRevision',
  shortNames: [],
};
const batch = { ...namespaced, group: 'batch', version: 'v1', generation: 'spec' } as const;

export const jobs: Resource = {
  ...batch,
  plural: 'jobs',
  singular: 'job',
  kind: 'Job',
  shortNames: [],
};
export const cronJobs: Resource = {
  ...batch,
  plural: 'cronjobs',
  singular: 'cronjob',
  kind: 'CronJob',
  shortNames: ['cj'],
};
export const autoscalers: Resource = {
  ...namespaced,
  group: 'autoscaling',
  version: 'v2',
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  kind: 'HorizontalPodAutoscaler',
  shortNames: ['hpa'],
};
export const disruptionBudgets: Resource = {
  ...namespaced,
  group: 'policy',
  version: 'v1',
  generation: 'spec',
  plural: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  kind: 'PodDisruptionBudget',
  shortNames: ['pdb'],
};
export const endpointSlices: Resource = {
  ...namespaced,
  group: 'discovery.k8s.io',
  version: 'v1',
  generation: 'spec',
  plural: 'endpointslices',
  singular: 'endpointslice',
  kind: 'EndpointSlice',
  shortNames: [],
};

export const volumeClaims: Resource = {
  ...core,
  ...namespaced,
  plural: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  kind: 'PersistentVolumeClaim',
  shortNames: ['pvc'],
};
export const persistentVolumes: Resource = {
  ...core,
  ...cluster,
  plural: 'persistentvolumes',
  singular: 'persistentvolume',
  kind: 'PersistentVolume',
  shortNames: ['pv'],
};
export const storageClasses: Resource = {
  ...cluster,
  group: 'storage.k8s.io',
  version: 'v1',
  plural: 'storageclasses',
  singular: 'storageclass',
  kind: 'StorageClass',
  shortNames: ['sc'],
};

const policies = {
  ...cluster,
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  shortNames: [],
} as const;

/** Kept and served as they are: nothing in the simulation acts on them. */
const inert: readonly Resource[] = [
  {
    ...namespaced,
    group: 'networking.k8s.io',
    version: 'v1',
    generation: 'spec',
    plural: 'ingresses',
    singular: 'ingress',
    kind: 'Ingress',
    shortNames: ['ing'],
  },
  {
    ...namespaced,
    group: 'networking.k8s.io',
    version: 'v1',
    generation: 'spec',
    plural: 'networkpolicies',
    singular: 'networkpolicy',
    kind: 'NetworkPolicy',
    shortNames: ['netpol'],
  },
  {
    ...policies,
    plural: 'validatingwebhookconfigurations',
    singular: 'validatingwebhookconfiguration',
    kind: 'ValidatingWebhookConfiguration',
  },
  {
    ...policies,
    plural: 'mutatingwebhookconfigurations',
    singular: 'mutatingwebhookconfiguration',
    kind: 'MutatingWebhookConfiguration',
  },
  {
    ...cluster,
    group: 'apiregistration.k8s.io',
    version: 'v1',
    plural: 'apiservices',
    singular: 'apiservice',
    kind: 'APIService',
    shortNames: [],
  },
  {
    ...cluster,
    group: 'apiextensions.k8s.io',
    version: 'v1',
    generation: 'spec',
    plural: 'customresourcedefinitions',
    singular: 'customresourcedefinition',
    kind: 'CustomResourceDefinition',
    shortNames: ['crd'],
  },
  {
    ...core,
    ...namespaced,
    plural: 'resourcequotas',
    singular: 'resourcequota',
    kind: 'ResourceQuota',
    shortNames: ['quota'],
  },
  {
    ...namespaced,
    group: 'coordination.k8s.io',
    version: 'v1',
    plural: 'leases',
    singular: 'lease',
    kind: 'Lease',
    shortNames: [],
  },
];

/** Everything the simulated API serves; any other path is 404. */
export const resources: readonly Resource[] = [
  namespaces,
  nodes,
  pods,
  services,
  events,
  deployments,
  replicaSets,
  statefulSets,
  daemonSets,
  controllerRevisions,
  jobs,
  cronJobs,
  autoscalers,
  disruptionBudgets,
  endpointSlices,
  volumeClaims,
  persistentVolumes,
  storageClasses,
  ...inert,
  ...customResources,
];

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `deployments.apps`, as error messages name a resource; `pods` for the core group. */
export function qualifiedName({ group, plural }: Pick<Resource, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** The resource that holds objects of an apiVersion and kind; undefined for one that is not simulated. */
export function resourceOfKind(apiVersion: string, kind: string): Resource | undefined {
  return resources.find((each) => each.kind === kind && apiVersionOf(each) === apiVersion);
}
