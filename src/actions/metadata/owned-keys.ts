import type { Facts } from '../../domain/facts/facts.ts';
import { begins } from './texts.ts';

/**
 * Whose a key is, by what it is or begins with. Written by hand, it makes its owner act on something that is not so. Of a
 * node's these are what the kubelet and the cloud controller write (k8s.io/kubelet/pkg/apis/well_known_labels.go).
 */
const owners: readonly (readonly [readonly string[], string])[] = [
  [
    ['deployment.kubernetes.io/', 'pod-template-hash', 'controller-revision-hash', 'pod-template-generation'],
    'the controllers of workloads count revisions by it',
  ],
  [
    [
      ...['controller-uid', 'job-name', 'batch.kubernetes.io/', 'cronjob.kubernetes.io/'],
      ...['statefulset.kubernetes.io/', 'apps.kubernetes.io/'],
    ],
    'a controller writes it and finds its pods by it',
  ],
  [
    ['kubectl.kubernetes.io/last-applied-configuration'],
    'kubectl apply works out from it what somebody has taken out',
  ],
  [
    [
      ...['argocd.argoproj.io/tracking-id', 'argocd.argoproj.io/instance', 'meta.helm.sh/'],
      ...['kustomize.toolkit.fluxcd.io/name', 'helm.toolkit.fluxcd.io/'],
    ],
    'it says whose the object is, and its manager would lose it or take it over',
  ],
  [
    [
      ...['kubernetes.io/config.', 'kubelet.kubernetes.io/', 'node.kubernetes.io/', 'beta.kubernetes.io/'],
      ...['kubernetes.io/hostname', 'kubernetes.io/os', 'csi.volume.kubernetes.io/nodeid'],
      ...['volumes.kubernetes.io/controller-managed-attach-detach', 'alpha.kubernetes.io/provided-node-ip'],
    ],
    'the kubelet of the node writes it',
  ],
  [
    ['topology.kubernetes.io/', 'failure-domain.beta.kubernetes.io/', 'kubernetes.io/arch'],
    'it says where a node is and what it is, and volumes and pods are placed by it',
  ],
  [
    ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'],
    'whoever made the cluster writes it, and Firebreak knows by it which nodes run the control plane',
  ],
];

/** The one key of the kubelet's domains that people are meant to write (kubernetes.io, "Well-Known Labels, Annotations and Taints"). */
const free = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** Why a key is not for people, in a sentence; undefined if it is. */
export function ownedKey({ identity, gitOps }: Facts, key: string): string | undefined {
  if (key === 'app.kubernetes.io/managed-by') {
    const isHelms = identity.labels[key] === 'Helm' || gitOps?.manager === 'helm';
    return isHelms ? `${key} is not set by hand: Helm knows by it what belongs to its release.` : undefined;
  }
  if (key === free) return undefined;
  const found = owners.find(([keys]) => keys.some((each) => begins(each, key)));
  return found === undefined ? undefined : `${key} is not set by hand: ${found[1]}.`;
}
