import type { Policy } from '../../src/domain/policy/policy.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import type { DoubleUser, Workspace } from '../adapters/slack/double/workspace.ts';
import { type Identity, identities } from './table.ts';

const home = 'T0HOME';

/** Each identity as Slack knows it. */
const flags: Readonly<Record<Identity, Partial<DoubleUser> | undefined>> = {
  requester: {},
  member: {},
  approver: {},
  'second approver': {},
  'third approver': {},
  'same person twice': {},
  'requester and approver': {},
  'former approver': {},
  outsider: {},
  guest: { is_restricted: true },
  'guest of one channel': { is_restricted: true, is_ultra_restricted: true },
  foreign: { team_id: 'T0OTHER' },
  'other workspace': { team_id: 'T0OTHER' },
  stranger: { is_stranger: true },
  deleted: { deleted: true },
  invited: { is_invited_user: true },
  bot: { is_bot: true },
  workflow: { is_workflow_bot: true },
  unknown: undefined,
};

export const userOf = (who: Identity): string => `U0${who.toUpperCase().replaceAll(/[^A-Z]/g, '')}`;

/** The workspace that the signed payload names as the person's own. */
export const teamOf = (who: Identity): string => (who === 'foreign' ? 'T0OTHER' : home);

/** Slack lists them in the groups, and they must not get in by that. */
const disqualified: readonly Identity[] = [
  'guest',
  'guest of one channel',
  'foreign',
  'other workspace',
  'stranger',
  'deleted',
  'invited',
  'bot',
  'workflow',
  'unknown',
];

const groups: Readonly<Record<string, readonly Identity[]>> = {
  S0ENGINEERS: ['requester', 'member', 'requester and approver', ...disqualified],
  S0APPROVERS: [
    'approver',
    'second approver',
    'third approver',
    'same person twice',
    'requester and approver',
    ...disqualified,
  ],
  S0FIRST: ['approver', 'third approver', 'same person twice', 'requester and approver', ...disqualified],
  S0OTHER: ['second approver', 'same person twice', ...disqualified],
};

export function populate(workspace: Workspace): void {
  for (const [who] of identities) {
    const [id, said] = [userOf(who), flags[who]];
    if (said !== undefined) workspace.users.set(id, { id, name: who, ...said });
  }
  for (const [id, members] of Object.entries(groups))
    workspace.groups.set(id, { id, users: members.map(userOf) });
}

/** Two groups must agree in the namespace `ledger`, any two approvers elsewhere. */
export const matrixPolicy: Policy = policy.parse({
  version: 1,
  // Everybody does hundreds of things in the same minute.
  changesPerMinute: 1_000_000,
  requesters: { groups: ['S0ENGINEERS'] },
  approvers: { human: { groups: ['S0APPROVERS'] }, dual: { groups: ['S0APPROVERS'] } },
  environments: {
    ledger: {
      match: { names: ['ledger'] },
      approvers: {
        dual: {
          separate: [
            { name: 'first', groups: ['S0FIRST'] },
            { name: 'other', groups: ['S0OTHER'] },
          ],
        },
      },
    },
  },
});
