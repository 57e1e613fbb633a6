import type { Requester } from '../../../domain/actor.ts';
import type { Approvers } from '../../../domain/policy/policy.ts';
import { code, group, listed, md, person, type SafeMrkdwn } from '../text.ts';

/** Who asked for a remediation, as the card names it. */
export function requestedBy(requester: Requester): SafeMrkdwn {
  switch (requester.kind) {
    case 'person':
      return person(requester.actor.userId);
    case 'playbook':
      return requester.step === undefined
        ? md`playbook ${code(requester.playbook)} for alert ${requester.alert}`
        : md`playbook ${code(requester.playbook)}, step ${code(requester.step)}, for alert ${requester.alert}`;
    case 'rollback':
      return md`Firebreak, as the rollback of remediation ${requester.ofNumber}`;
  }
}

const shown = 6;

/** Who may approve: the first few of the policy's people and groups without the requester, and how many more. */
export function mayApprove({ users, groups, separate }: Approvers, requester: Requester): SafeMrkdwn {
  if (separate !== undefined) {
    const [one, other] = separate.map(
      (role) =>
        md`one of ${role.name} (${mayApprove({ users: role.users, groups: role.groups }, requester)})`,
    );
    return md`${one ?? md``} and ${other ?? md``}`;
  }
  if (users.length + groups.length === 0) return md`nobody: the policy names no approvers`;
  const others = users.filter((id) => requester.kind !== 'person' || id !== requester.actor.userId);
  const names = [...groups.map(group), ...others.map(person)];
  if (names.length === 0) return md`nobody: the policy names the requester alone`;
  const more = names.length - shown;
  return listed(more <= 0 ? names : [...names.slice(0, shown), md`${more} more`]);
}
