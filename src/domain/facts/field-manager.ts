/**
 * Whoever has written a field, by the name that metadata.managedFields has of it. Names are given by those who write and prove
 * nothing: they are told to people and never let anything through.
 */
export type FieldWriter =
  | 'Argo CD'
  | 'Flux'
  | 'Helm'
  | 'Terraform'
  | 'an autoscaler'
  | 'an operator'
  | 'Kubernetes itself'
  | 'a person'
  | 'another writer';

/** The door that a write came through, where it is one of its own: `scale`, `status`. */
interface Written {
  readonly manager: string;
  readonly subresource?: string | undefined;
}

/**
 * The first that fits counts. Argo CD and Flux name themselves (argo-cd.readthedocs.io, "Server-Side Apply";
 * fluxcd.io, "Kustomization"); kubectl adds its command (kubectl-edit); whoever sets no name has the first word of its user
 * agent (kubernetes.io, "Server-Side Apply", managers), which is a browser's for most dashboards.
 */
const writers: readonly (readonly [FieldWriter, RegExp])[] = [
  ['Argo CD', /^argocd(-|$)/],
  ['Flux', /^(flux|kustomize-controller|helm-controller|image-automation-controller)(-|$)/],
  ['Helm', /^[hH]elm$/],
  ['Terraform', /^(terraform|Terraform|HashiCorp)$/],
  ['an autoscaler', /^(keda-|vpa-)|autoscaler/],
  ['Kubernetes itself', /^(kube-|kubelet|cloud-controller-manager$)/],
  ['a person', /^(kubectl(-|$)|k9s$|Mozilla$|oc$)/],
  ['an operator', /(^|-)(operator|controller|controller-manager|manager)$/],
];

/** Who it was, as far as the name tells. */
export function fieldWriter({ manager, subresource }: Written): FieldWriter {
  // The HorizontalPodAutoscaler runs within it and is the only part of it that goes through the door of /scale.
  if (manager === 'kube-controller-manager' && subresource !== undefined && /^scale$/.test(subresource))
    return 'an autoscaler';
  return writers.find(([, name]) => name.test(manager))?.[0] ?? 'another writer';
}
