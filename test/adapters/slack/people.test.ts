import { describe, expect, it } from 'vitest';
import type { Occasion } from '../../../src/workflow/ports.ts';
import type { DoubleFault } from './double/faults.ts';
import type { SlackDouble } from './double/start.ts';
import type { DoubleGroup, DoubleUser } from './double/workspace.ts';
import { bench, scripted } from './harness.ts';

const group = 'S0APPROVERS';
const lookups = ['users.info', 'usergroups.list', 'usergroups.users.list'];
const doubts: readonly DoubleFault[] = [
  { kind: 'rate_limited', retryAfter: 30 },
  { kind: 'status', status: 500, accept: false },
  { kind: 'reset', accept: false },
  { kind: 'error', error: 'missing_scope' },
];
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
    expect(await bot.people.mayApprove(home(userId), approvers)).toMatchObject({ kind: 'allowed' });
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

/** People by what Slack says of them, and why they may neither ask nor approve; undefined: they may. */
const kinds: readonly (readonly [string, string, Partial<DoubleUser> | undefined, RegExp | undefined])[] = [
  ['a full member', 'U0ALICE', undefined, undefined],
  ['a guest of several channels', 'U0GUEST', undefined, /^Guests of the workspace cannot/],
  ['a guest of one channel', 'U0X', { is_ultra_restricted: true }, /^Guests of the workspace cannot/],
  ['a deactivated account', 'U0GONE', undefined, /deactivated/],
  ['a bot', 'U0BOT', undefined, /^Apps and bots cannot/],
  ['a workflow', 'U0X', { is_workflow_bot: true }, /^Apps and bots cannot/],
  ['a connector', 'U0X', { is_connector_bot: true }, /^Apps and bots cannot/],
  ['Slackbot', 'USLACKBOT', undefined, /^Apps and bots cannot/],
  ['somebody who has not accepted yet', 'U0X', { is_invited_user: true }, /invitation is not accepted/],
  ['somebody unknown', 'U0NOBODY', undefined, /does not know you/],
  ['a stranger of Slack Connect', 'U0X', { is_stranger: true }, /^Only members of this workspace/],
  ['somebody whose home is elsewhere', 'U0X', { team_id: 'T0OTHER' }, /you belong to another one/],
  ['whom Slack answers with somebody else for', 'U0X', { id: 'U0ALICE' }, /did not say who you are/],
];

describe('who may ask', () => {
  it.each(kinds)('of the full members, and so as for %s', async (_name, userId, flags, reason) => {
    const { slack, bot } = await bench('http');
    if (flags !== undefined) slack.workspace.users.set('U0X', { id: 'U0X', name: 'x', ...flags });
    const named = { users: [userId], groups: [group] };
    for (const requesters of [undefined, named, { channels: ['C0OPS'] }]) {
      const right = await bot.people.mayAsk(home(userId), requesters);
      if (reason === undefined) expect(right).toMatchObject({ kind: 'allowed' });
      else expect(right).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) });
    }
  });

  it.each([
    ['nobody, of two empty lists', { users: [], groups: [] }, /names nobody who may ask/],
    ['nobody, of one empty list', { users: [] }, /names nobody who may ask/],
    ['not who is not named', { users: ['U0BOB'], groups: [group] }, /does not name you/],
  ])('where the policy names some: %s', async (_name, requesters, reason) => {
    const { bot } = await bench('http');
    expect(await bot.people.mayAsk(home('U0ALICE'), requesters)).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(reason),
    });
  });

  it.each(lookups.flatMap((method) => doubts.map((each) => [method, each] as const)))(
    'while %s ends in %o: nobody, and the sentence says so',
    async (method, fault) => {
      const { slack, bot } = await bench('http');
      slack.fail(method, fault, 2);
      const reason = expect.stringMatching(/^Your right to ask could not be checked, so nothing was done: /);
      expect(await bot.people.mayAsk(home('U0BOB'), { groups: [group] })).toEqual({
        kind: 'unknown',
        reason,
      });
    },
  );

  it.each(['team_id', 'deleted', 'is_bot', 'is_restricted', 'is_ultra_restricted'] as const)(
    'is not known of somebody of whom Slack does not say %s',
    async (field) => {
      const { slack, bot } = await bench('http');
      slack.workspace.users.set('U0X', { id: 'U0X', name: 'x', [field]: undefined });
      const reason = expect.stringContaining(field);
      expect(await bot.people.mayAsk(home('U0X'), undefined)).toEqual({ kind: 'unknown', reason });
      expect(await bot.people.mayApprove(home('U0X'), { users: ['U0X'], groups: [] })).toEqual({
        kind: 'unknown',
        reason,
      });
    },
  );

  it("where the workspace has no guests, as the sandbox's, is known without their flags", async () => {
    const { slack, bot } = await bench('http', scripted(), { guestFlags: 'left out' });
    const flags = { is_restricted: undefined, is_ultra_restricted: undefined };
    slack.workspace.users.set('U0X', { id: 'U0X', name: 'x', ...flags });
    expect(await bot.people.mayAsk(home('U0X'), undefined)).toMatchObject({ kind: 'allowed' });
    slack.workspace.users.set('U0X', { id: 'U0X', name: 'x', ...flags, is_bot: true });
    expect(await bot.people.mayAsk(home('U0X'), undefined)).toMatchObject({ kind: 'refused' });
  });
});

describe('how old an answer may be', () => {
  const asked = (slack: SlackDouble) =>
    slack.workspace.calls.map(({ method }) => method).filter((method) => lookups.includes(method));
  const both = async (slack: SlackDouble, look: () => Promise<unknown>) => {
    slack.workspace.calls.length = 0;
    await look();
    return asked(slack).toSorted();
  };

  it('is said by the right that rests on it', async () => {
    const { bot } = await bench('http');
    await bot.people.mayApprove(home('U0BOB'), byGroup, 'approve in two');
    expect(await bot.people.mayApprove(home('U0BOB'), byGroup, 'approve in two')).toEqual({
      kind: 'allowed',
      age: 0,
    });
    const old = await bot.people.mayApprove(home('U0BOB'), byGroup, 'gate');
    expect(old).toEqual({ kind: 'allowed', age: expect.any(Number) });
    expect(old.kind === 'allowed' ? old.age : 0).toBeGreaterThan(0);
  });

  it.each<[Occasion, readonly string[]]>([
    ['gate', []],
    ['ask', ['users.info']],
    ['approve', ['usergroups.users.list', 'users.info']],
    ['approve in two', ['usergroups.list', 'usergroups.users.list', 'users.info']],
  ])('for %s: what is asked although all was answered a moment ago', async (occasion, expected) => {
    const { slack, bot } = await bench('http');
    await bot.people.mayApprove(home('U0BOB'), byGroup, 'approve in two');
    expect(await both(slack, () => bot.people.mayApprove(home('U0BOB'), byGroup, occasion))).toEqual(
      expected,
    );
  });

  it('for two approvals: not even a question that is under way is shared', async () => {
    const { slack, bot } = await bench('http');
    const ask = () => bot.people.mayApprove(home('U0BOB'), byGroup, 'approve in two');
    expect(await both(slack, () => Promise.all([ask(), ask()]))).toHaveLength(6);
  });

  it('is no reason to turn somebody away: a no is asked for once more', async () => {
    const { slack, bot } = await bench('http');
    expect(await bot.people.mayAsk(home('U0ALICE'), { groups: [group] })).toMatchObject({ kind: 'refused' });
    slack.workspace.groups.set(group, { id: group, users: ['U0ALICE'] });
    expect(await bot.people.mayAsk(home('U0ALICE'), { groups: [group] })).toEqual({
      kind: 'allowed',
      age: 0,
    });
  });

  it.each<[string, (workspace: SlackDouble['workspace']) => void]>([
    ['became a guest', ({ users }) => users.set('U0BOB', { id: 'U0BOB', name: 'bob', is_restricted: true })],
    ['was deactivated', ({ users }) => users.set('U0BOB', { id: 'U0BOB', name: 'bob', deleted: true })],
    ['is gone', ({ users }) => users.delete('U0BOB')],
  ])('for a request: whoever %s a moment ago may not', async (_name, change) => {
    const { slack, bot } = await bench('http');
    expect(await bot.people.mayAsk(home('U0BOB'), undefined)).toMatchObject({ kind: 'allowed' });
    change(slack.workspace);
    expect(await bot.people.mayAsk(home('U0BOB'), undefined)).toMatchObject({ kind: 'refused' });
  });
});

describe('every doubt is no yes', () => {
  it.each(lookups.flatMap((method) => doubts.map((fault) => [method, fault] as const)))(
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
      reason: expect.stringContaining('name the people one by one'),
    });
    expect(
      await bot.people.mayApprove(home('U0BOB'), { users: ['U0BOB'], groups: ['S0NONE'] }),
    ).toMatchObject({
      kind: 'allowed',
    });
  });

  it('as soon as somebody left the group: membership is never remembered', async () => {
    const { slack, bot } = await bench('http');
    expect(await bot.people.mayApprove(home('U0BOB'), byGroup)).toMatchObject({ kind: 'allowed' });
    slack.workspace.groups.set(group, { id: group, users: ['U0CAROL'] });
    expect(await bot.people.mayApprove(home('U0BOB'), byGroup)).toMatchObject({ kind: 'refused' });
  });

  it('and the list of groups is read once for ten questions at once', async () => {
    const { slack, bot } = await bench('http');
    await Promise.all(Array.from({ length: 10 }, () => bot.people.mayApprove(home('U0BOB'), byGroup)));
    expect(slack.workspace.calls.filter((call) => call.method === 'usergroups.list')).toHaveLength(1);
  });
});
