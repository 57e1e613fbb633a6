import { approvalsRequired } from '../../../../../domain/tier.ts';
import { floor, nothing, plural, type Rule } from '../../../rule.ts';

/** Floor: what people were asked about does not run without them because its target changed meanwhile. */
export const askedBefore: Rule = ({ circumstances }) => {
  const before = circumstances.askedBefore;
  if (before === undefined) return nothing;
  const needed = plural(approvalsRequired[before.tier], 'approval');
  const source = `Remediation ${before.remediation}`;
  return [floor(before.tier, `${source}, which this replaces, needed ${needed}: so does this.`, source)];
};
