import { namespaceOf } from '../../../../domain/action.ts';
import { protectionOf } from '../../../../domain/policy/policy.ts';
import { block, nothing, type Rule } from '../../rule.ts';

/** Block: the cluster's own namespaces, Firebreak's, and those that the policy protects, whoever approves. */
export const protectedNamespace: Rule = ({ action, policy }) => {
  const namespace = namespaceOf(action.target);
  const protection = namespace === undefined ? undefined : protectionOf(policy, namespace);
  if (protection === undefined) return nothing;
  const source = protection === 'listed' ? 'policy: namespaces.protected' : 'built in: protected namespaces';
  return [block(`The namespace ${namespace} is protected.`, source)];
};
