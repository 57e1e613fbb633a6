import { describe, expect, test, vi } from 'vitest';
import type { Approval } from '../../src/domain/approval.ts';
import type { Constraint } from '../../src/domain/constraints/constraint.ts';
import { type Asked, notKnown } from '../../src/domain/constraints/readings.ts';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import type { RemediationIn } from '../../src/domain/remediation.ts';
import { after } from '../../src/domain/text/time.ts';
import { isUnrehearsed, judgeAtGate, passGate } from '../../src/workflow/approval/gate.ts';
import { gatherMembers } from '../../src/workflow/lifecycle/members.ts';
import { ClusterFault } from '../../src/workflow/ports.ts';
import { createRig, type Rig, type RigOptions, strictPolicy } from '../fixtures/rig.ts';
import { playStep, type ScriptStep } from '../fixtures/script.ts';
import { approve, down, settle } from '../fixtures/scripts/steps.ts';
import { asked, now, type Stage } from './emergency-stage.ts';

/* What the gate makes of one thing that is not as it was: all the rest is as the card said. */

type Approved = RemediationIn<'approved'>;
type AtGate = Parameters<typeof judgeAtGate>[2];
type Members = Extract<Awaited<AtGate['gathering']>, { kind: 'members' }>['members'];

const { signal } = new AbortController();

function rowOf(rig: Rig): Approved {
  const row = rig.row(1);
  if (row.state !== 'approved') throw new Error(`it is ${row.state}`);
  return row;
}

async function approved(options: RigOptions = {}, ask: ScriptStep = down): Promise<Rig> {
  const rig = createRig(options);
  for (const step of [ask, settle, approve()]) await playStep(rig, step);
  return rig;
}

interface Change {
  readonly row?: (row: Approved) => Partial<Approved>;
  readonly votes?: (votes: readonly Approval[]) => readonly Approval[];
  readonly members?: (members: Members) => Members;
  readonly gathered?: Awaited<AtGate['gathering']>;
  readonly policy?: Policy;
}

async function judged(rig: Rig, change: Change = {}) {
  const { context } = rig;
  const row = rowOf(rig);
  const votes = await context.store.approvals(row.id);
  const seen = await gatherMembers(context.cluster, row.action, signal);
  if (seen.kind !== 'members') throw new Error(seen.reason);
  const gathered = change.gathered ?? { ...seen, members: change.members?.(seen.members) ?? seen.members };
  return judgeAtGate(
    context,
    { ...row, ...change.row?.(row) },
    {
      approvals: change.votes?.(votes) ?? votes,
      gathering: Promise.resolve(gathered),
      moment: { now: context.clock(), policy: change.policy ?? context.policy() },
    },
    signal,
  );
}

const constrained = (...constraints: Constraint[]): Change => ({
  row: ({ spec }) => ({ spec: { ...spec, constraints } }),
});
const revision: Constraint = {
  ...{ kind: 'previous_revision', revision: 99, sentence: '' },
  ...{ owner: 'Deployment/web', namespace: 'shop' },
};
const pods = (least: number, owner = 'Deployment/web'): Constraint => ({
  ...{ kind: 'ready_pods', pods: least, of: 9, owner, namespace: 'shop', sentence: '' },
});
const ofOther = (votes: readonly Approval[]) => votes.map((vote) => ({ ...vote, digest: 'other' }));
const claimed = (claim: 'crash-looping' | 'none'): Change => ({
  row: () => ({ requestedBy: { kind: 'playbook', playbook: 'restart', alert: 'Down', claim } }),
});

test('what is as the card said goes on', async () => {
  const { next } = await judged(await approved());
  expect(next).toMatchObject({ state: 'executing', plan: { calls: [{ kind: 'patch' }] } });
});

describe('fails, and says why', () => {
  const separate = {
    version: 1,
    approvers: { dual: { separate: ['one', 'two'].map((name) => ({ name, users: ['U0ANN', 'U0BEN'] })) } },
  };
  const two = (roles: string[]): Change => ({
    row: ({ spec }) => ({ spec: { ...spec, tier: 'dual' } }),
    votes: ([vote]) =>
      vote === undefined
        ? []
        : [vote, { ...vote, actor: { ...vote.actor, userId: 'U0BEN' } }].map((each) => ({ ...each, roles })),
    policy: policy.parse(separate),
  });
  test.each<[string, Change, string]>([
    ['without an approval', { votes: () => [] }, 'It needs 1 approval of what is shown now and has 0.'],
    ['with one of another card', { votes: ofOther }, 'It needs 1 approval of what is shown now and has 0.'],
    [
      'when what was approved was not shown whole',
      { row: ({ digest }) => ({ showing: { kind: 'posting', digest, parts: 2, version: 1 } }) },
      'What was approved was not shown whole to those who approved it; ask for it again.',
    ],
    [
      'with two approvals of one group',
      two(['one']),
      'The two approvals must come from two groups, one and two; somebody of the other group must approve.',
    ],
    [
      'where the target may not be read',
      { gathered: { kind: 'denied', reason: 'May not get it: password=swordfish1' } },
      'May not get it: password=[redacted]',
    ],
    [
      'where the snapshot is of another object',
      {
        ...constrained(),
        members: ([first, ...others]) => [
          { ...first, snapshot: { ...first.snapshot, object: { metadata: { uid: 'other' } } } },
          ...others,
        ],
      },
      'The snapshot of Deployment/web in shop is of another object than its facts.',
    ],
  ])('%s', async (_name, change, failure) => {
    const { next } = await judged(await approved(), change);
    expect(next).toMatchObject({ state: 'failed', stage: 'execution', failure });
  });
});

describe('what the playbook said of the target', () => {
  const blind: Change = {
    members: ([{ facts, ...first }, ...others]) => [
      { ...first, facts: { ...facts, unknown: [{ fact: 'pods', reason: 'No.' }] } },
      ...others,
    ],
  };
  test('is not so any more: it is withdrawn', async () => {
    const { next } = await judged(await approved(), claimed('crash-looping'));
    expect(next).toMatchObject({ state: 'no_action', failure: expect.stringContaining('It is not so: ') });
  });
  test('is still so: it goes on', async () => {
    expect((await judged(await approved(), claimed('none'))).next.state).toBe('executing');
  });
  test('cannot be seen: it is asked again', async () => {
    const change = { ...blind, ...claimed('crash-looping') };
    await expect(judged(await approved(), change)).rejects.toThrow(ClusterFault);
  });
});

describe('of conditions that are broken', () => {
  const again: Change = { row: (row) => ({ ...constrained(pods(9)).row?.(row), brokenAt: row.approvedAt }) };
  const other: Change = {
    row: (row) => ({
      ...constrained(pods(9)).row?.(row),
      digest: 'other',
      showing: { kind: 'card', digest: 'other' },
    }),
  };
  test.each<[string, Change, string]>([
    ['what dips is looked at once more', constrained(pods(9)), 'condition_broken'],
    ['what dips twice is superseded', again, 'superseded'],
    ['what does not dip is superseded at once', constrained(revision), 'superseded'],
    ['both are superseded at once', constrained(pods(9), revision), 'superseded'],
    ['what dips of another target is superseded at once', { ...other, votes: ofOther }, 'superseded'],
  ])('%s', async (_name, change, event) => {
    expect((await judged(await approved(), change)).event).toBe(event);
  });

  test('what cannot be seen is asked again', async () => {
    const rig = await approved();
    const read = async (all: readonly Asked[]) =>
      all.map(({ kind }) => ({ kind, reading: notKnown('It timed out.') }));
    const blind = { ...rig, context: { ...rig.context, cluster: { ...rig.context.cluster, read } } };
    const judging = judged(blind, constrained(pods(1, 'Deployment/api')));
    await expect(judging).rejects.toThrow(ClusterFault);
    await expect(judging).rejects.toThrow('It timed out');
  });
});

test.each([down, { ...down, text: 'scale deploy/web --replicas=1 -n shop' }])(
  'what is judged again is the same request: $text',
  async (ask) => {
    const rig = await approved({}, ask);
    const { id: replaces, action, requestedBy, reason } = rowOf(rig);
    const { sideEffects } = await judged(rig, constrained(revision));
    expect(sideEffects).toContainEqual({
      kind: 'propose',
      proposal: { id: expect.any(String), replaces, action, requestedBy, reason },
    });
  },
);

describe('what a repository holds', () => {
  const owner = { kind: 'Application', namespace: 'argocd', name: 'shop' };
  const agreed = async (pause?: boolean, world: RigOptions['world'] = {}): Promise<Stage> => {
    const stage = await asked({ world });
    if (pause !== undefined) await now(stage, { pause });
    for (const by of ['U0ANN', 'U0BEN']) await playStep(stage.rig, { do: 'approve', by });
    return stage;
  };

  test('goes into the repository', async () => {
    const { rig } = await agreed();
    expect(await judged(rig)).toMatchObject({ event: 'pr_open', next: { state: 'pr_open' } });
  });
  test('goes to the cluster at once where people have agreed to that', async () => {
    const { next, sideEffects } = await judged((await agreed(false)).rig);
    expect(next).toMatchObject({ state: 'executing', plan: { calls: [{ kind: 'patch' }] } });
    expect(sideEffects).toContainEqual(
      expect.objectContaining({ kind: 'aftermath', aftermath: { request: { step: 'wanted' } } }),
    );
  });
  test('is paused before that, for as long as they have agreed to', async () => {
    const { rig } = await agreed(true);
    const suspension = vi.spyOn(rig.context.cluster, 'suspension');
    const { next } = await judged(rig);
    const until = after(rig.now().now, 30 * 60);
    expect(suspension.mock.calls.map(([each]) => each)).toEqual([{ owner, number: 1, until }]);
    expect(next).toMatchObject({ state: 'executing', plan: { before: 1, calls: [{}, {}] } });
  });
  test('is left as it is where it cannot be paused', async () => {
    const { rig } = await agreed(true);
    rig.now().world.unpausable = 'It does not sync by itself.';
    expect((await judged(rig)).next).toMatchObject({
      ...{ state: 'failed', stage: 'execution' },
      failure: 'Nothing was changed. It does not sync by itself.',
    });
  });
});

test.each([
  [true, 'accepted', false],
  [true, 'skipped', true],
  [false, 'skipped', false],
] as const)(
  'where a dry run is enforced (%s), one that was %s stops it: %s',
  (enforceDryRun, kind, stops) => {
    const sentence = 'The score is low.';
    const dryRun = kind === 'accepted' ? { kind, sentence, warnings: [] } : { kind, sentence };
    expect(isUnrehearsed({ dryRun }, { ...strictPolicy, enforceDryRun })).toBe(stops);
  },
);

test('a cluster that is away ends no process, where the people behind it are gone as well', async () => {
  const refused = { kind: 'refused', reason: 'You are a guest by now.' } as const;
  const rig = await approved();
  rig.now().now = after(rig.now().now, 61);
  const { context } = rig;
  const lost = {
    ...context,
    people: async () => ({ mayAsk: async () => refused, mayApprove: async () => refused }),
    cluster: { ...context.cluster, gather: () => Promise.reject(new ClusterFault('It is away.')) },
  };
  const unhandled = vi.fn();
  process.once('unhandledRejection', unhandled);
  expect((await passGate(lost, rowOf(rig), signal)).next).toMatchObject({
    ...{ state: 'failed', stage: 'execution' },
    failure: expect.stringContaining('U0ASK asked for this and may not ask for it any more.'),
  });
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
