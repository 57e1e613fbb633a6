import type { Actor } from '../../domain/actor.ts';
import { type DualApprovers, everybody, type Role } from '../../domain/policy/people.ts';
import { everyApprover } from '../../domain/policy/requesters.ts';
import type { Remediation } from '../../domain/remediation.ts';
import { specOf } from '../../domain/remediation.ts';
import { approversFor, rolesFor, type WorkflowContext } from '../context.ts';
import type { Occasion, Right } from '../ports.ts';

/** Looks up whether somebody may stop Firebreak and start it again: whoever may approve anything anywhere. */
export async function rightToStop(context: WorkflowContext, actor: Actor): Promise<Right> {
  const people = await context.people();
  return people.mayApprove(actor, everyApprover(context.policy()), 'approve');
}

/** A right and, where the policy wants two different groups, those that the person may approve for. */
export type RoleApprovalRight =
  | (Extract<Right, { kind: 'allowed' }> & { readonly roles?: readonly string[] })
  | Exclude<Right, { kind: 'allowed' }>;

/** What a click on this card is: where two people must agree, nothing that was looked up before counts. */
export const clickOn = (row: Remediation): Occasion =>
  specOf(row)?.tier === 'dual' ? 'approve in two' : 'approve';

/** Looks up whether somebody may approve a remediation. One group that is certain is enough. */
export async function rightToApprove(
  context: WorkflowContext,
  row: Remediation,
  actor: Actor,
  occasion: Occasion,
): Promise<RoleApprovalRight> {
  const policy = context.policy();
  const separate = rolesFor(policy, row);
  return separate === undefined
    ? (await context.people()).mayApprove(actor, approversFor(policy, row), occasion)
    : rightOfRoles(context, separate, actor, occasion);
}

/** The same among people whom the policy names for anything else that two must agree on. */
export async function rightAmong(
  context: WorkflowContext,
  among: DualApprovers,
  actor: Actor,
  occasion: Occasion,
): Promise<RoleApprovalRight> {
  return among.separate === undefined
    ? (await context.people()).mayApprove(actor, everybody(among), occasion)
    : rightOfRoles(context, among.separate, actor, occasion);
}

async function rightOfRoles(
  context: WorkflowContext,
  roles: readonly Role[],
  actor: Actor,
  occasion: Occasion,
): Promise<RoleApprovalRight> {
  const people = await context.people();
  const looked = await Promise.all(
    roles.map(async (role) => ({
      name: role.name,
      right: await people.mayApprove(actor, { users: role.users, groups: role.groups }, occasion),
    })),
  );
  const held = looked.flatMap(({ name, right }) => (right.kind === 'allowed' ? [{ name, right }] : []));
  if (held.length > 0) {
    const age = Math.max(...held.map(({ right }) => right.age ?? 0));
    return { kind: 'allowed', age, roles: held.map(({ name }) => name) };
  }
  const rights = looked.map(({ right }) => right).filter((right) => right.kind !== 'allowed');
  return (
    rights.find(({ kind }) => kind === 'unknown') ??
    rights[0] ?? { kind: 'refused', reason: 'The policy names nobody who may approve this.' }
  );
}
