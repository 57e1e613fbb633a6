import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import { nameOf } from '../../obstacle.ts';
import { readByControllers } from '../read-by-controllers.ts';
import { begins } from '../texts.ts';

/** Domains whose keys Kubernetes keeps for itself (kubernetes.io, "Well-Known Labels, Annotations and Taints"). */
const reserved = /^([^/]*\.)?(kubernetes|k8s)\.io\//;

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

/** Labels that Kubernetes' own controllers read. */
export function reservedLabels(judged: Case<'label'>): readonly Consequence[] {
  const { target } = judged.action;
  return readByControllers(
    judged,
    (key) => reserved.test(key),
    (key) =>
      target.kind === 'Node' ? ofNodes.find(([known]) => begins(known, key))?.[1](nameOf(target)) : undefined,
  );
}
