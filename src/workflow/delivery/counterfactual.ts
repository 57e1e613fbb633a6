import { membersOf, type Remediation } from '../../domain/remediation.ts';
import { counterfactuals, counterfactualText } from '../../stages/evaluate/counterfactual.ts';
import type { WorkflowContext } from '../context.ts';

/**
 * What would have made a remediation less risky, in a sentence or two; undefined where there is nothing to say.
 * Worked out anew from the stored facts and the policy in force: nothing of it is stored.
 */
export function counterfactualOf(
  { policy }: Pick<WorkflowContext, 'policy'>,
  row: Remediation,
): string | undefined {
  if (!('facts' in row) || row.facts === undefined || row.spec === undefined) return undefined;
  const { facts, spec, circumstances, members } = row;
  const all = membersOf({ action: row.action, facts, members });
  const [first, ...others] = all.map((member) => ({ ...member, policy: policy(), circumstances }));
  if (first === undefined) return undefined;
  return counterfactualText(counterfactuals(spec, first, ...others)) || undefined;
}
