const inert = { scalable: false, generation: 'spec', shortNames: [] } as const;

const kept = (group: string, version: string, kind: string) => ({
  ...{ ...inert, namespaced: true },
  ...{ group, version, kind, plural: pluralOf(kind.toLowerCase()), singular: kind.toLowerCase() },
});

const pluralOf = (singular: string): string => singular.replace(/y?$/, (end) => (end === 'y' ? 'ies' : 's'));

/** Kinds that clusters install. The simulation keeps and serves them as they are, as if they had been. */
export const customResources = [
  kept('gateway.networking.k8s.io', 'v1', 'HTTPRoute'),
  kept('gateway.networking.k8s.io', 'v1', 'GRPCRoute'),
  kept('gateway.networking.k8s.io', 'v1alpha2', 'TLSRoute'),
  kept('networking.istio.io', 'v1', 'VirtualService'),
  kept('serving.knative.dev', 'v1', 'Route'),
  kept('serving.knative.dev', 'v1', 'Revision'),
  kept('keda.sh', 'v1alpha1', 'ScaledObject'),
  kept('autoscaling.k8s.io', 'v1', 'VerticalPodAutoscaler'),
  kept('argoproj.io', 'v1alpha1', 'Application'),
  kept('kustomize.toolkit.fluxcd.io', 'v1', 'Kustomization'),
  kept('helm.toolkit.fluxcd.io', 'v2', 'HelmRelease'),
  kept('source.toolkit.fluxcd.io', 'v1', 'GitRepository'),
];
