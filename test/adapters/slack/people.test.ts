import { describe, expect, it } from 'vitest';
import type { DoubleFault } from './double/faults.ts';
import type { DoubleGroup, DoubleUser } from './double/workspace.ts';
import { bench } from './harness.ts';

const group = 'S0APPROVERS';
const home = (userId: string) => ({ userId, teamId: 'T0HOME' });
const byGroup = { users: [], groups: [group] };

describe('who may approve', () => {
  it.each([
    ['a member who is named', 'U0ALICE', { users: ['U0ALICE'], groups: [] }],
    ['a member of a group that is named', 'U0BOB', byGroup],
    ['a member of one of two groups', 'U0BOB', { users: [], groups: ['S0APPROVERS', 'S0OTHER'] }],
  ])('allows %s', async (_name, userId, approvers) => {
    const { slack, bot } = await bench('http');
    slack.workspace.groups.set('S0OTHER', { id: 'S0OTHER', users: [] });
    expect(await bot.people.mayApprove(home(userId), approvers)).toEqual({ kind: 'allowed' });
  });

  const everybody = { users: ['U0ALICE', 'U0GUEST', 'U0GONE', 'U0BOT', 'U0NOBODY', 'U0X'], groups: [group] };

  it.each<[string, string, Partial<DoubleUser> | undefined, RegExp]>([
    ['a guest', 'U0GUEST', undefined, /^Guests of the workspace cannot approve/],
    [
      'a single-channel guest',
      'U0X',
      { is_ultra_restricted: true },
      /^Guests of the workspace cannot approve/,
    ],
    ['a deactivated account', 'U0GONE', undefined, /deactivated/],
    ['a bot', 'U0BOT', undefined, /^Apps and bots cannot approve/],
    ['somebody unknown', 'U0NOBODY', undefined, /does not know you/],
    ['a stranger of Slack Connect', 'U0X', { is_stranger: true }, /^Only members of this workspace/],
    ['somebody whose home is elsewhere', 'U0X', { team_id: 'T0OTHER' }, /you belong to another one/],
  ])('refuses %s, although the policy names them', async (_name, userId, flags, reason) => {
    const { slack, bot } = await bench('http');
    if (flags !== undefined) slack.workspace.users.set('U0X', { id: 'U0X', name: 'x', ...flags });
    expect(await bot.people.mayApprove(home(userId), everybody)).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(reason),
    });
  });

  it('refuses whoever the payload says is of another workspace, without asking Slack', async () => {
    const { slack, bot } = await bench('http');
    const before = slack.workspace.calls.length;
    expect(await bot.people.mayApprove({ userId: 'U0ALICE', teamId: 'T0OTHER' }, everybody)).toMatchObject({
      kind: 'refused',
    });
    expect(slack.workspace.calls).toHaveLength(before);
  });

  it.each([
    [
      'somebody the policy does not name',
      { users: ['U0BOB'], groups: [group] },
      /does not name you, nor a group you are in/,
    ],
    ['anybody, when the policy names nobody', { users: [], groups: [] }, /names nobody/],
  ])('refuses %s', async (_name, approvers, reason) => {
    const { bot } = await bench('http');
    expect(await bot.people.mayApprove(home('U0ALICE'), approvers)).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(reason),
    });
  });
});

const lookups = ['users.info', 'usergroups.list', 'usergroups.users.list'];
const faults: readonly DoubleFault[] = [
  { kind: 'rate_limited', retryAfter: 30 },
  { kind: 'status', status: 500, accept: false },
  { kind: 'reset', accept: false },
  { kind: 'error', error: 'missing_scope' },
];

describe('every doubt is no yes', () => {
  it.each(lookups.flatMap((method) => faults.map((fault) => [method, fault] as const)))(
    'when %s ends in %o',
    async (method, fault) => {
      const { slack, bot } = await bench('http');
      slack.fail(method, fault, 2);
      const reason = expect.stringContaining('could not be checked, so it does not count');
      expect(await bot.people.mayApprove(home('U0BOB'), byGroup)).toEqual({ kind: 'unknown', reason });
    },
  );

  it.each<[string, Partial<DoubleGroup>]>([
    ['disabled', { date_delete: 1_700_000_000 }],
    ['external', { is_external: true }],
  ])('when the group is %s', async (_name, change) => {
    const { slack, bot } = await bench('http');
    slack.workspace.groups.set(group, { id: group, users: ['U0BOB'], ...change });
    expect(await bot.people.mayApprove(home('U0BOB'), byGroup)).toMatchObject({ kind: 'unknown' });
  });

  it('when the group is not there, or the workspace has no groups; people who are named still may', async () => {
    const { slack, bot } = await bench('http');
    expect(await bot.people.mayApprove(home('U0BOB'), { users: [], groups: ['S0NONE'] })).toEqual({
      kind: 'unknown',
      reason: expect.stringContaining('user group that Slack does not have'),
    });
    slack.fail('usergroups.users.list', { kind: 'error', error: 'plan_upgrade_required' });
    expect(await bot.people.mayApprove(home('U0BOB'), byGroup)).toEqual({
      kind: 'unknown',
      reason: expect.stringContaining('name the approvers one by one'),
    });
    expect(await bot.people.mayApprove(home('U0BOB'), { users: ['U0BOB'], groups: ['S0NONE'] })).toEqual({
      kind: 'allowed',
    });
  });

  it('as soon as somebody left the group: membership is never remembered', async () => {
    const { slack, bot } = await bench('http');
    expect(await bot.people.mayApprove(home('U0BOB'), byGroup)).toEqual({ kind: 'allowed' });
    slack.workspace.groups.set(group, { id: group, users: ['U0CAROL'] });
    expect(await bot.people.mayApprove(home('U0BOB'), byGroup)).toMatchObject({ kind: 'refused' });
  });

  it('and the list of groups is read once for ten questions at once', async () => {
    const { slack, bot } = await bench('http');
    await Promise.all(Array.from({ length: 10 }, () => bot.people.mayApprove(home('U0BOB'), byGroup)));
    expect(slack.workspace.calls.filter((call) => call.method === 'usergroups.list')).toHaveLength(1);
  });
});
