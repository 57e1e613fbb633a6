import { mismatch } from '../../../../actions/subject.ts';
import { namespaceOf } from '../../../../domain/action.ts';
import { block, nothing, type Rule } from '../../rule.ts';

/** Block: facts that are not about the target cannot judge it. */
export const knownSubject: Rule = ({ action, facts, fullName }) => {
  const source = 'facts';
  const other = mismatch({ action, facts });
  if (other !== undefined) return [block(other, source)];
  const namespace = facts.namespace?.name;
  return namespace !== undefined && namespace !== namespaceOf(action.target)
    ? [block(`The facts of ${fullName} are from the namespace ${namespace}.`, source)]
    : nothing;
};
