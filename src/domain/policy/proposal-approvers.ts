import type { DualApprovers } from './people.ts';
import type { Policy } from './policy.ts';

/** Who decides on a change of the policy for an environment: those who approve there in the dual tier. */
export const environmentApprovers = (
  { approvers, environments }: Pick<Policy, 'approvers' | 'environments'>,
  environment: string,
): DualApprovers => environments[environment]?.approvers?.dual ?? approvers.dual;
