import { namespaceOf } from '../../../domain/action.ts';
import { block, nothing, type Rule } from '../rule.ts';

/** Block: namespaces that the policy protects, whoever approves. */
export const protectedNamespace: Rule = ({ action, policy }) => {
  const namespace = namespaceOf(action.target);
  if (namespace === undefined || !policy.namespaces.protected.includes(namespace)) return nothing;
  return [block(`The namespace ${namespace} is protected.`, 'policy: namespaces.protected')];
};
