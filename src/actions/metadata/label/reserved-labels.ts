import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import { nameOf } from '../../obstacle.ts';
import { readByControllers } from '../read-by-controllers.ts';
import { begins } from '../texts.ts';

/**
 * Domains whose keys Kubernetes keeps for itself (kubernetes.io, "Well-Known Labels, Annotations and Taints"), its special
 * interest groups' and those by which meshes and networks take a workload in or leave it out (istio.io, "Resource Labels";
 * linkerd.io, "Proxy Configuration"; kuma.io, consul.hashicorp.com, docs.cilium.io, docs.tigera.io, cloud.google.com).
 */
const reserved =
  /^([^/]*\.)?(kubernetes\.io|k8s\.io|x-k8s\.io|istio\.io|linkerd\.io|cilium\.io|projectcalico\.org|kuma\.io|consul\.hashicorp\.com|networking\.gke\.io|openservicemesh\.io)\//;

/** What a label of a node switches, by what it is or begins with (the same page). */
const ofNodes: readonly (readonly [string, (node: string) => string])[] = [
  [
    'node.kubernetes.io/exclude-from-external-load-balancers',
    (node) => `load balancers outside the cluster send no requests to ${node} while it is there`,
  ],
  ['node-role.kubernetes.io/', (node) => `it is shown as a role of ${node}, and tools go by roles`],
  [
    'node-restriction.kubernetes.io/',
    (node) => `it sets ${node} apart from other nodes, and pods that are to be alone go by it`,
  ],
];

/** Labels that controllers read. One of a running pod that has a domain is meant for some program, whichever it is. */
export function reservedLabels(judged: Case<'label'>): readonly Consequence[] {
  const { target } = judged.action;
  return readByControllers(
    judged,
    (key) => reserved.test(key) || (target.kind === 'Pod' && key.includes('/')),
    (key) =>
      target.kind === 'Node' ? ofNodes.find(([known]) => begins(known, key))?.[1](nameOf(target)) : undefined,
  );
}
