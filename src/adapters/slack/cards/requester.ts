import type { KnownBlock } from '@slack/types';
import type { Requester } from '../../../domain/actor.ts';
import type { EarlierRequest } from '../../../domain/earlier-request.ts';
import type { Approvers } from '../../../domain/policy/policy.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import { clockTime } from '../../../domain/text/clock-time.ts';
import { section } from '../blocks.ts';
import { clamp, code, group, lines, listed, md, oneLine, person, type SafeMrkdwn } from '../text.ts';

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

/** Earlier requests that a card names, and characters of the words of each. */
const mostNamed = 3;
const longestWords = 300;

/** How the requests before ended of which this one asks the same: the last of them, and those to which somebody said no. */
export function earlierBlock({ anew = [], updatedAt }: Remediation): readonly KnownBlock[] {
  const told = anew.filter(({ ended }, index) => ended === 'rejected' || index === anew.length - 1);
  if (told.length === 0) return [];
  return [
    section(lines(told.slice(-mostNamed).map((each) => md`*Asked anew:* ${endText(each, updatedAt)}`))),
  ];
}

function endText({ number, ended, at, ...more }: EarlierRequest, near: string): SafeMrkdwn {
  const asked = more.askedBy === undefined ? md`` : md`, asked for by ${person(more.askedBy)},`;
  const by = more.rejectedBy === undefined ? md`` : md` by ${person(more.rejectedBy)}`;
  const how = ended === 'expired' ? ended : `was ${ended}`;
  const why = more.because === undefined ? '.' : `: ${clamp(oneLine(more.because), longestWords)}`;
  return md`remediation ${number}${asked} ${how}${by} at ${clockTime(at, near)}${why}`;
}
