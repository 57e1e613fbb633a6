const inert = { scalable: false, generation: 'spec', shortNames: [] } as const;

const kept = (group: string, version: string, kind: string) => ({
  ...{ ...inert, namespaced: true },
  ...{ group, version, kind, plural: `${kind.toLowerCase()}s`, singular: kind.toLowerCase() },
});

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
];
