import type { Action } from '../../domain/action.ts';
import { floor, nothing, type Rule, sourceOf } from '../../stages/evaluate/rule.ts';
import { begins, isMetadata, keysOf, mapOf } from './texts.ts';

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

/**
 * Floor: a key that controllers read can switch something on or off. Of labels these are Kubernetes' own; an annotation
 * with a domain is always meant for some program.
 */
export const readByControllers: Rule = (input) => {
  const { action } = input;
  if (!isMetadata(action)) return nothing;
  const isRead = (key: string) => (action.verb === 'label' ? reserved.test(key) : key.includes('/'));
  return keysOf(action)
    .filter(isRead)
    .map((key) => {
      const effect = effectOf(action, key, input.name);
      const sentence = `Controllers read ${key}: ${effect ?? 'writing it may switch something on or off'}.`;
      return floor('human', sentence, sourceOf(input, `metadata.${mapOf(action)}`));
    });
};

function effectOf({ verb, target }: Action, key: string, name: string): string | undefined {
  if (verb !== 'label' || target.kind !== 'Node') return undefined;
  return ofNodes.find(([known]) => begins(known, key))?.[1](name);
}
