import type { Actor } from '../../domain/actor.ts';
import type { Remediation } from '../../domain/remediation.ts';
import { approversFor, rolesFor, type WorkflowContext } from '../context.ts';
import type { ApprovalRight } from '../ports.ts';

/** A right and, where the policy wants two different groups, those that the person may approve for. */
export type RoleApprovalRight =
  | { readonly kind: 'allowed'; readonly roles?: readonly string[] }
  | Exclude<ApprovalRight, { kind: 'allowed' }>;

/** Looks up freshly whether somebody may approve a remediation. One group that is certain is enough. */
export async function approvalRightOf(
  context: WorkflowContext,
  row: Remediation,
  actor: Actor,
): Promise<RoleApprovalRight> {
  const policy = context.policy();
  const roles = rolesFor(policy, row);
  const people = await context.people();
  if (roles === undefined) return people.mayApprove(actor, approversFor(policy, row));
  const looked = await Promise.all(
    roles.map(async (role) => ({ name: role.name, right: await people.mayApprove(actor, role) })),
  );
  const held = looked.filter(({ right }) => right.kind === 'allowed').map(({ name }) => name);
  if (held.length > 0) return { kind: 'allowed', roles: held };
  const rights = looked.map(({ right }) => right).filter((right) => right.kind !== 'allowed');
  return (
    rights.find(({ kind }) => kind === 'unknown') ??
    rights[0] ?? { kind: 'refused', reason: 'The policy names nobody who may approve this.' }
  );
}
