import { expect, test } from 'vitest';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import { after } from '../../src/domain/text/time.ts';
import type { People } from '../../src/workflow/ports.ts';
import { standingOf } from '../../src/workflow/rights/standing.ts';
import { createRig, members, type Rig } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

const separate = [
  { name: 'sre', users: ['U0ANN', 'U0BEN'] },
  { name: 'owners', users: ['U0BEN', 'U0CAT'] },
];
const apart: Policy = policy.parse({
  version: 1,
  productionFactor: 5,
  approvers: { human: { users: ['U0ANN'] }, dual: { separate } },
});

async function asked(chosen: () => Policy = () => apart): Promise<Rig> {
  const rig = createRig({ policy: chosen });
  await playStep(rig, { do: 'ask', text: 'scale deploy/web --replicas=1 -n production' });
  await playStep(rig, { do: 'settle' });
  expect(rig.row(1)).toMatchObject({ state: 'waiting', spec: { tier: 'dual' } });
  return rig;
}

async function click(rig: Rig, by: string) {
  const row = rig.row(1);
  const digest = 'digest' in row ? (row.digest ?? '') : '';
  const actor = { userId: by, teamId: 'T0' };
  const { sentence } = await rig.commands.vote({
    remediationId: row.id,
    digest,
    actor,
    decision: 'approve',
  });
  return sentence;
}

test('two people of two groups carry it through to the end', async () => {
  const rig = await asked();
  expect(await click(rig, 'U0ANN')).toBe('Approved, 1 of 2. One more person, of owners, must approve.');
  expect(await click(rig, 'U0CAT')).toBe(
    'Approved, 2 of 2. It runs now, unless something has changed since.',
  );
  await playStep(rig, { do: 'settle' });
  expect(rig.row(1).state).toBe('succeeded');
});

test('somebody of neither group may not approve', async () => {
  expect(await click(await asked(), 'U0ELSE')).toBe('U0ELSE is not an approver.');
});

test('an approver who has lost the group when the gate asks again does not count for it', async () => {
  let chosen = apart;
  const rig = await asked(() => chosen);
  await click(rig, 'U0ANN');
  await playStep(rig, { do: 'sleep', seconds: 400 });
  await click(rig, 'U0CAT');
  chosen = policy.parse({
    version: 1,
    productionFactor: 5,
    approvers: { dual: { separate: [{ name: 'sre' }, { name: 'owners', users: ['U0ANN', 'U0CAT'] }] } },
  });
  await playStep(rig, { do: 'settle' });
  expect(rig.row(1)).toMatchObject({ state: 'failed', failure: expect.stringContaining('two groups') });
});

test('an environment chooses its own approvers', async () => {
  const environments = {
    tills: { match: { names: ['production'] }, approvers: { dual: { users: ['U0DOT', 'U0EVE'] } } },
  };
  const own: Policy = policy.parse({
    version: 1,
    productionFactor: 5,
    approvers: apart.approvers,
    environments,
  });
  const rig = await asked(() => own);
  expect(await click(rig, 'U0CAT')).toBe('U0CAT is not an approver.');
  expect(await click(rig, 'U0DOT')).toBe('Approved, 1 of 2. One more person must approve.');
});

test('who is in both groups was looked up when the older of the two was', async () => {
  const ages: Readonly<Record<string, number>> = { U0ANN: 5, U0CAT: 50 };
  const people: People = {
    ...members,
    mayApprove: async (actor, approvers) => {
      const right = await members.mayApprove(actor, approvers);
      const [first] = approvers.users.filter((user) => user !== actor.userId);
      return right.kind === 'allowed' ? { kind: 'allowed', age: ages[first ?? ''] ?? 0 } : right;
    },
  };
  const rig = createRig({ policy: () => apart, people });
  await playStep(rig, { do: 'ask', text: 'scale deploy/web --replicas=1 -n production' });
  await playStep(rig, { do: 'settle' });
  const clicked = rig.now().now;
  expect(await click(rig, 'U0BEN')).toBe('Approved, 1 of 2. One more person must approve.');
  const [vote] = rig.now().shelf.approvals;
  expect(vote).toMatchObject({ roles: ['sre', 'owners'], checkedAt: after(clicked, -50) });
});

test('while one group cannot be looked up, who is not in the other is asked to try again', async () => {
  const people: People = {
    ...members,
    mayApprove: async (actor, approvers) =>
      approvers.users.includes('U0CAT')
        ? { kind: 'unknown', reason: 'Slack is away.' }
        : members.mayApprove(actor, approvers),
  };
  const rig = createRig({ policy: () => apart, people });
  await playStep(rig, { do: 'ask', text: 'scale deploy/web --replicas=1 -n production' });
  await playStep(rig, { do: 'settle' });
  expect(await click(rig, 'U0ELSE')).toBe('Slack is away.');
});

test('the groups of a vote do not outlive the policy that asked for them', async () => {
  let chosen = apart;
  const rig = await asked(() => chosen);
  await click(rig, 'U0ANN');
  await click(rig, 'U0CAT');
  const row = rig.row(1);
  if (row.state !== 'approved') throw new Error(`it is ${row.state}`);
  const votes = await rig.context.store.approvals(row.id);
  expect(votes.map((each) => each.roles)).toEqual([['sre'], ['owners']]);
  chosen = policy.parse({ version: 1, approvers: { dual: { users: ['U0ANN', 'U0CAT'] } } });
  const standing = await standingOf(rig.context, row, votes, after(rig.now().now, 400));
  expect(standing).toEqual({
    kind: 'standing',
    approvals: votes.map(({ roles: _roles, ...rest }) => rest),
  });
});
