import type { Node } from '../../client/objects.ts';
import type { PlacedPod } from './scheduling/placed-pod.ts';

/** Programs that add nodes, by the labels that their charts and manifests give their pods. */
const programs: Readonly<Record<string, string>> = {
  'cluster-autoscaler': 'the cluster autoscaler',
  karpenter: 'Karpenter',
};
const nameLabels = ['app.kubernetes.io/name', 'app', 'k8s-app'];

/** Labels of nodes that come from Karpenter, or from a provider whose autoscaler runs where nobody sees it. */
const marks: Readonly<Record<string, string>> = {
  'karpenter.sh/nodepool': 'Karpenter',
  'eks.amazonaws.com/compute-type': 'the node pool of EKS',
  'cloud.google.com/gke-nodepool': 'the node pool of GKE',
  'kubernetes.azure.com/agentpool': 'the node pool of AKS',
};

/** What may add nodes when pods find no place; undefined where nothing of the kind can be seen. */
export function nodeSource(nodes: readonly Node[], pods: readonly PlacedPod[]): string | undefined {
  for (const { metadata } of pods) {
    const name = nameLabels.map((key) => metadata.labels[key]).find((value) => value !== undefined);
    const known = Object.keys(programs).find((each) => name?.endsWith(each));
    if (known !== undefined) return programs[known];
  }
  const mark = Object.keys(marks).find((key) => nodes.some(({ metadata }) => key in metadata.labels));
  return mark === undefined ? undefined : marks[mark];
}
