import { describe, expect, test } from 'vitest';
import { after as later } from '../../src/domain/text/time.ts';
import { castVote } from '../../src/workflow/approval/vote.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { perform } from '../../src/workflow/lifecycle/perform.ts';
import type { Right } from '../../src/workflow/ports.ts';
import { performed } from '../fixtures/performed.ts';
import { createRig, members, strictPolicy } from '../fixtures/rig.ts';
import type { ScriptStep } from '../fixtures/script.ts';
import { play } from '../fixtures/script.ts';

const superseded = async (...meanwhile: ScriptStep[]) => {
  const down: ScriptStep = { do: 'ask', text: 'scale deploy/web --replicas=1 -n shop -- too many' };
  const steps: ScriptStep[] = [down, { do: 'settle' }, { do: 'approve', by: 'U0ANN' }, ...meanwhile];
  const rig = await play({ name: 'superseded', steps, ends: [] });
  const row = rig.row(1);
  if (row.state !== 'superseded') throw new Error(`it is ${row.state}`);
  return { row, next: rig.row(2), rig };
};

describe('a target that changed', () => {
  test('the new card is the same request, and nobody has approved it', async () => {
    const { row, next, rig } = await superseded({ do: 'world', is: { replicas: 5 } });
    const { action, requestedBy, reason, incidentId } = row;
    expect(next).toMatchObject({ state: 'waiting', id: row.by, action, requestedBy, reason, incidentId });
    expect(await rig.context.store.approvals(next.id)).toEqual([]);
  });

  test('the old card says what was approved and what is live', async () => {
    const { row } = await superseded({ do: 'world', is: { replicas: 5 } });
    expect(row.change.split('\n')).toContain('replicas: approved at 3, live is 5');
    expect(row.differences).toContainEqual({ label: 'replicas', approved: '3', live: '5' });
    expect(row.change).not.toMatch(/guarded|rollbackPlan|targetState/);
  });

  test('another object of the same name is another target', async () => {
    const { row } = await superseded({ do: 'world', is: { uid: 'uid-2' } });
    expect(row.change).toBe('It is another object now: it was deleted and made again.');
  });
});

test('a tier that became stricter says which it was, which it is and why', async () => {
  const steps: ScriptStep[] = [
    { do: 'ask', text: 'scale deploy/web --replicas=4 -n shop' },
    { do: 'wake' },
    { do: 'wake' },
    { do: 'world', is: { argoCd: true } },
  ];
  const rig = await play({ name: 'stricter', steps, ends: [] });
  expect(rig.row(1)).toMatchObject({
    state: 'superseded',
    change:
      'It was judged auto and would now be human: Argo CD (shop) owns this object: its next sync may undo the change.',
  });
  expect(rig.row(2)).toMatchObject({ state: 'waiting', spec: { tier: 'human' } });
});

test('a digest that nothing explains still says something', async () => {
  const rig = await play({
    name: 'upgraded',
    steps: [
      { do: 'ask', text: 'scale deploy/web --replicas=4 -n shop' },
      { do: 'wake' },
      { do: 'wake' },
      { do: 'other digest' },
    ],
    ends: [],
  });
  expect(rig.row(1)).toMatchObject({
    state: 'superseded',
    change: 'What an approval binds to is worked out differently since the card was shown.',
  });
  expect(rig.row(2).state).toBe('succeeded');
});

describe('a right that was looked up more than a minute ago is asked for again', () => {
  const waiting = async () => {
    let known = true;
    let named = ['U0ANN', 'U0BEN'];
    const gone = new Set<string>();
    const asked: string[] = [];
    const answer = async (userId: string, right: Promise<Right>): Promise<Right> => {
      asked.push(userId);
      if (!known) return { kind: 'unknown', reason: 'Slack is away.' };
      return gone.has(userId) ? { kind: 'refused', reason: 'You are a guest by now.' } : right;
    };
    const rig = createRig({
      people: {
        mayApprove: (actor, approvers) => answer(actor.userId, members.mayApprove(actor, approvers)),
        mayAsk: (actor, requesters) => answer(actor.userId, members.mayAsk(actor, requesters)),
      },
      policy: () => ({
        ...strictPolicy,
        approvers: { ...strictPolicy.approvers, human: { users: named, groups: [] } },
      }),
    });
    const actor = (userId: string) => ({ userId, teamId: 'T0HOME' });
    await rig.commands.remediate({
      text: 'scale deploy/web --replicas=1 -n shop',
      actor: actor('U0ALICE'),
      requestKey: 'k',
    });
    await rig.settle();
    const row = rig.row(1);
    if (row.state !== 'waiting') throw new Error(`it is ${row.state}`);
    const ballot = {
      remediationId: row.id,
      digest: row.digest,
      actor: actor('U0ANN'),
      decision: 'approve',
    } as const;
    expect(await castVote(rig.context, ballot)).toMatchObject({ kind: 'recorded' });
    asked.length = 0;
    const gate = async (seconds: number) => {
      const approved = rig.row(1);
      if (approved.state !== 'approved') throw new Error(`it is ${approved.state}`);
      rig.now().now = later(rig.now().now, seconds);
      return (attempt: number) => perform(rig.context, approved, attempt, new AbortController().signal);
    };
    return { asked, gate, gone, rig, forget: () => (named = ['U0BEN']), lose: () => (known = false) };
  };

  test.each([0, 59, 60])('not after %i s', async (seconds) => {
    const { gate, asked, lose } = await waiting();
    lose();
    expect(await (await gate(seconds))(0)).toMatchObject({ next: { state: 'executing' } });
    expect(asked).toEqual([]);
  });

  test.each([61, 299, 360])('that of who asked and of who approved after %i s', async (seconds) => {
    const { gate, asked } = await waiting();
    expect(await (await gate(seconds))(0)).toMatchObject({ next: { state: 'executing' } });
    expect(asked).toEqual(['U0ALICE', 'U0ANN']);
  });

  test('who may not approve any more, does not count', async () => {
    const { gate, forget } = await waiting();
    forget();
    expect(await (await gate(61))(0)).toMatchObject({
      next: { state: 'failed', failure: 'The approval of U0ANN no longer counts: they may not approve now.' },
    });
  });

  test.each(['U0ANN', 'U0ALICE'])('%s, who has become a guest since, stops it', async (userId) => {
    const { gate, gone } = await waiting();
    gone.add(userId);
    expect(await (await gate(61))(0)).toMatchObject({
      next: { state: 'failed', failure: expect.stringContaining(userId) },
    });
  });

  test.each(['approval', 'request'])('when nobody knows how old the lookup of the %s is', async (what) => {
    const { gate, asked, rig } = await waiting();
    const { approvals, remediations } = rig.now().shelf;
    const held = what === 'approval' ? approvals[0] : remediations[0]?.requestedBy;
    if (held !== undefined && 'checkedAt' in held) delete held.checkedAt;
    await (await gate(1))(0);
    expect(asked).toEqual([what === 'approval' ? 'U0ANN' : 'U0ALICE']);
  });

  test('when the lookup is one of the future', async () => {
    const { gate, asked, rig } = await waiting();
    const [vote] = rig.now().shelf.approvals;
    if (vote !== undefined) vote.checkedAt = later(rig.now().now, 3600);
    await (await gate(1))(0);
    expect(asked).toEqual(['U0ANN']);
  });

  test('while it cannot be looked up nothing is written, however long; then it expires', async () => {
    const { gate, lose, rig } = await waiting();
    lose();
    const step = await gate(61);
    await expect(step(0)).rejects.toThrow('Slack is away.');
    await expect(step(99)).rejects.toThrow('Slack is away.');
    rig.now().now = later(rig.now().now, 3600);
    expect(await step(100)).toMatchObject({ next: { state: 'expired' } });
  });
});

test('what is stamped carries the time of the approval, however much later the gate is passed', async () => {
  const rig = createRig();
  await rig.commands.remediate({
    text: 'rollout restart deploy/web -n production',
    actor: { userId: 'U0ALICE', teamId: 'T0HOME' },
    requestKey: 'k',
  });
  await rig.settle();
  for (const userId of ['U0ANN', 'U0BEN']) {
    const row = rig.row(1);
    if (row.state !== 'waiting') continue;
    rig.now().now = later(rig.now().now, 20);
    const actor = { userId, teamId: 'T0HOME' };
    await castVote(rig.context, { remediationId: row.id, digest: row.digest, actor, decision: 'approve' });
  }
  const approved = rig.row(1);
  if (approved.state !== 'approved') throw new Error(`it is ${approved.state}`);
  rig.now().now = later(approved.approvedAt, 45);
  const passed = await performed(rig.context, approved, 0, new AbortController().signal);
  const next = passed?.next;
  if (next?.state !== 'executing') throw new Error(`it is ${next?.state}`);
  expect(JSON.stringify(next.plan)).toContain(`restartedAt","value":"${approved.approvedAt}"`);
});

test('an approval is as old as it is, however late the row has moved', async () => {
  const rig = createRig();
  const actor = (userId: string) => ({ userId, teamId: 'T0HOME' });
  const text = 'scale deploy/web --replicas=1 -n shop';
  await rig.commands.remediate({ text, actor: actor('U0ALICE'), requestKey: 'k' });
  await rig.settle();
  const row = rig.row(1);
  if (row.state !== 'waiting') throw new Error(`it is ${row.state}`);
  const ballot = { remediationId: row.id, digest: row.digest, decision: 'approve' } as const;
  await castVote(rig.context, { ...ballot, actor: actor('U0ANN') });
  const approved = rig.row(1);
  if (approved.state !== 'approved') throw new Error(`it is ${approved.state}`);
  const lookedAt = { ...approved, updatedAt: later(approved.approvedAt, 3500) };
  const { signal } = new AbortController();
  rig.now().now = later(approved.approvedAt, 3599);
  expect(await perform(rig.context, lookedAt, 0, signal)).toMatchObject({ next: { state: 'executing' } });
  rig.now().now = later(approved.approvedAt, 3600);
  expect(await perform(rig.context, lookedAt, 0, signal)).toMatchObject({ next: { state: 'expired' } });
});

test('a fault of our own is told to people after ten attempts', async () => {
  const rig = createRig();
  await rig.commands.remediate({
    text: 'scale deploy/web --replicas=1 -n shop',
    actor: { userId: 'U0ALICE', teamId: 'T0HOME' },
    requestKey: 'k',
  });
  const broken: WorkflowContext = {
    ...rig.context,
    cluster: { ...rig.context.cluster, gather: () => Promise.reject(new TypeError('x is not a function')) },
  };
  const signal = new AbortController().signal;
  await expect(perform(broken, rig.row(1), 8, signal)).rejects.toThrow('x is not a function');
  expect(await perform(broken, rig.row(1), 9, signal)).toMatchObject({
    next: { state: 'failed', failure: 'x is not a function' },
  });
});
