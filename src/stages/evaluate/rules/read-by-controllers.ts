import { floor, nothing, type Rule, sourceOf } from '../rule.ts';
import { isMetadata, keysOf, mapOf } from '../texts.ts';

/** Domains whose keys Kubernetes keeps for itself (kubernetes.io, "Well-Known Labels, Annotations and Taints"). */
const reserved = /^([^/]*\.)?(kubernetes|k8s)\.io\//;

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
      const sentence = `Controllers read ${key}: writing it may switch something on or off.`;
      return floor('human', sentence, sourceOf(input, `metadata.${mapOf(action)}`));
    });
};
