import { describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.ts';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import {
  type Remediation,
  type RemediationIn,
  remediation,
  type State,
} from '../../src/domain/remediation.ts';
import { judgeVote, settledText } from '../../src/workflow/approval/vote.ts';
import type { Right } from '../../src/workflow/ports.ts';
import { noon } from '../fixtures/facts.ts';
import { remediationIn } from '../fixtures/remediations.ts';
import { createRig, members, type Rig, strictPolicy } from '../fixtures/rig.ts';
import { play, playStep, type ScriptStep } from '../fixtures/script.ts';

const down: ScriptStep = { do: 'ask', text: 'scale deploy/web --replicas=1 -n shop' };
const settle: ScriptStep = { do: 'settle' };
const approve = (by: string): ScriptStep => ({ do: 'approve', by });

const asked = async (text = 'scale deploy/web --replicas=1 -n shop', by = 'U0ASK') =>
  play({ name: 'asked', steps: [{ do: 'ask', text, by }, settle], ends: ['waiting'] });

function click(rig: Rig, by: string, decision: 'approve' | 'reject' = 'approve', reason?: string) {
  const row = rig.row(1);
  return rig.commands.vote({
    remediationId: row.id,
    digest: 'digest' in row ? (row.digest ?? '') : '',
    actor: { userId: by, teamId: 'T0' },
    decision,
    ...(reason === undefined ? {} : { reason }),
  });
}

describe('the answer to the one who clicked', () => {
  test.each<[string, string, 'approve' | 'reject', { kind: string; sentence: string }]>([
    [
      'an approver',
      'U0ANN',
      'approve',
      { kind: 'recorded', sentence: 'Approved, 1 of 1. It runs now, unless something has changed since.' },
    ],
    ['a stranger', 'U0ELSE', 'approve', { kind: 'refused', sentence: 'U0ELSE is not an approver.' }],
    [
      'a stranger who rejects',
      'U0ELSE',
      'reject',
      { kind: 'refused', sentence: 'U0ELSE is not an approver.' },
    ],
    [
      'the requester who withdraws',
      'U0ASK',
      'reject',
      { kind: 'recorded', sentence: 'You have withdrawn your request.' },
    ],
    ['an approver who rejects', 'U0ANN', 'reject', { kind: 'recorded', sentence: 'You have rejected it.' }],
  ])('%s', async (_name, by, decision, answer) => {
    expect(await click(await asked(), by, decision)).toEqual(answer);
  });

  test('a requester who is an approver, of their own', async () => {
    const rig = await asked(undefined, 'U0ANN');
    expect(await click(rig, 'U0ANN')).toEqual({
      kind: 'refused',
      sentence: 'You asked for this; somebody else must approve it.',
    });
  });

  test('a card that belongs to nothing', async () => {
    const rig = createRig();
    const vote = { remediationId: 'gone', digest: '', actor: { userId: 'U0ANN', teamId: 'T0' } } as const;
    expect(await rig.commands.vote({ ...vote, decision: 'approve' })).toEqual({
      kind: 'refused',
      sentence: 'This card belongs to no remediation that Firebreak knows.',
    });
  });
});

test('a vote is of the moment of the click, however long the card has been there', async () => {
  const rig = await asked();
  await playStep(rig, { do: 'sleep', seconds: 90 });
  const clicked = rig.now().now;
  await click(rig, 'U0ANN');
  expect(rig.now().shelf.approvals.map(({ at }) => at)).toEqual([clicked]);
  expect(rig.row(1)).toMatchObject({ state: 'approved', approvedAt: clicked });
});

/** Each state, by what leads to it, and what a late click is told. */
const late: readonly (readonly [State, readonly ScriptStep[], RegExp])[] = [
  ['requested', [down], /is still being judged/],
  ['evaluated', [down, { do: 'wake' }], /is still in its dry run/],
  ['approved', [down, settle, approve('U0ANN')], /has been approved already/],
  ['executing', [down, settle, approve('U0ANN'), { do: 'wake' }], /is being carried out already/],
  ['verifying', [down, settle, approve('U0ANN'), { do: 'wake' }, { do: 'wake' }], /is being verified/],
  ['succeeded', [down, settle, approve('U0ANN'), settle], /has been carried out and verified/],
  ['rejected', [down, settle, { do: 'reject', by: 'U0ANN' }], /was rejected/],
  ['expired', [down, settle, { do: 'pass', seconds: 3600 }], /has expired/],
  [
    'blocked',
    [{ do: 'ask', text: 'scale deploy/web --replicas=0 -n production' }, settle],
    /blocked by a rule/,
  ],
  ['no_action', [{ do: 'world', is: { absent: true } }, down, settle], /nothing that could be done/],
  ['failed', [{ do: 'world', is: { dryRunRefused: 'no' } }, down, settle], /has failed/],
  [
    'superseded',
    [down, settle, approve('U0ANN'), { do: 'world', is: { uid: 'other' } }, settle],
    /was replaced by a new card/,
  ],
];

test.each(late)('a click on a card that is %s changes nothing', async (state, steps, sentence) => {
  const rig = createRig();
  for (const it of steps) await playStep(rig, it);
  expect(rig.row(1).state).toBe(state);
  const before = structuredClone(rig.now());
  const answer = await click(rig, 'U0BEN');
  expect(answer).toEqual({ kind: 'already', sentence: expect.stringMatching(sentence) });
  expect(answer.sentence).toMatch(/^Remediation 1 .*\.$/);
  expect(rig.now()).toEqual(before);
});

test.each([
  ['https://git.example/shop/pull/7', 'pull request'],
  ['https://gitlab.example/shop/-/merge_requests/7', 'merge request'],
])('a card whose change is in %s is told to be followed there', (url, word) => {
  const request = { step: 'open', branch: 'firebreak/1', commit: 'c'.repeat(40), openedAt: noon, url };
  const row = remediation.parse({ ...remediationIn('pr_open'), request });
  expect(row.state === 'waiting' || settledText(row)).toBe(
    `Remediation ${row.number} has been approved already; its ${word} is followed.`,
  );
});

test('who may not approve is told the end of a card that is decided, and not what it came to while it is not', async () => {
  const rig = await asked();
  expect(await click(rig, 'U0ELSE')).toMatchObject({ kind: 'refused' });
  await click(rig, 'U0ANN');
  expect(await click(rig, 'U0ELSE')).toMatchObject({ kind: 'already' });
});

test('who may not decide is written down, with what it was about', async () => {
  const rig = await asked();
  await click(rig, 'U0ELSE', 'reject');
  expect(rig.now().shelf.log.at(-1)).toMatchObject({ command: 'reject remediation 1', outcome: 'no_action' });
});

describe('withdrawing, when it is asked who is a full member', () => {
  test.each<[string, Right, string]>([
    ['one', { kind: 'allowed' }, 'recorded'],
    ['nobody knows', { kind: 'unknown', reason: 'Slack is away.' }, 'recorded'],
    ['none any more', { kind: 'refused', reason: 'You are a guest by now.' }, 'refused'],
  ])('%s', async (_name, right, kind) => {
    const waiting = async () => {
      let is: Right = { kind: 'allowed' };
      const rig = createRig({ people: { ...members, mayAsk: async () => is } });
      await playStep(rig, down);
      await rig.settle();
      is = right;
      return rig;
    };
    expect(await click(await waiting(), 'U0ASK', 'reject')).toMatchObject({ kind });
    // What they may withdraw they may not approve.
    expect(await click(await waiting(), 'U0ASK')).toMatchObject({ kind: 'refused' });
  });
});

describe('what a vote does to the row as it is', () => {
  const judged = async (
    row: (row: RemediationIn<'waiting'>) => Remediation,
    more: Partial<Parameters<typeof judgeVote>[0]> = {},
    approvals: Parameters<typeof judgeVote>[2] = [],
    policy: Policy = strictPolicy,
  ) => {
    const rig = await asked();
    const waiting = rig.row(1);
    if (waiting.state !== 'waiting') throw new Error(waiting.state);
    const { id: remediationId, digest } = waiting;
    const checkedAt = waiting.updatedAt;
    const ballot = {
      remediationId,
      digest,
      actor: ann,
      decision: 'approve',
      checkedAt,
      roles: undefined,
    } as const;
    return judgeVote({ ...ballot, ...more }, row(waiting), approvals, { now: rig.now().now, policy });
  };
  const ann = { userId: 'U0ANN', teamId: 'T0' };
  const ben = { userId: 'U0BEN', teamId: 'T0' };
  const dual = (row: RemediationIn<'waiting'>): Remediation => ({
    ...row,
    spec: { ...row.spec, tier: 'dual' },
  });
  const voted = async (decision: 'approve' | 'reject', roles?: string[]): Promise<Approval> => {
    const { approval } = await judged((row) => row, { actor: ben, decision, roles });
    if (approval === undefined) throw new Error('it was not recorded');
    return approval;
  };

  test('is nothing where somebody was quicker', async () => {
    const outcome = await judged(({ expiresAt: _expiresAt, ...row }) => ({
      ...{ ...row, state: 'approved', approvedAt: row.updatedAt },
    }));
    expect(outcome).toEqual({
      answer: { kind: 'already', sentence: 'Remediation 1 has been approved already.' },
    });
  });

  test('is nothing where somebody has rejected it', async () => {
    expect(await judged((row) => row, {}, [await voted('reject')])).toEqual({
      answer: { kind: 'already', sentence: 'It has been rejected already.' },
    });
  });

  test('is kept with the groups that it counts for, and when they were looked up', async () => {
    const { approval } = await judged((row) => row, { roles: ['one'], checkedAt: noon });
    expect(approval).toMatchObject({ actor: ann, decision: 'approve', roles: ['one'], checkedAt: noon });
    expect((await judged((row) => row)).approval).not.toHaveProperty('roles');
  });

  test('is a part of it where two must, and all of it where one must', async () => {
    const first = await judged(dual);
    expect(first.transition).toMatchObject({ next: { state: 'waiting' } });
    const second = await judged(dual, {}, [await voted('approve')]);
    expect(second.transition).toMatchObject({ next: { state: 'approved' } });
    expect((await judged((row) => row)).transition).toMatchObject({ next: { state: 'approved' } });
  });

  test('is refused from the group that has agreed already', async () => {
    const separate = ['one', 'two'].map((name) => ({ name, users: ['U0ANN', 'U0BEN'] }));
    const apart = policy.parse({ version: 1, approvers: { dual: { separate } } });
    const before = [await voted('approve', ['one'])];
    expect(await judged(dual, { roles: ['one'] }, before, apart)).toMatchObject({
      answer: { kind: 'refused', sentence: expect.stringContaining('two groups, one and two;') },
    });
    expect(await judged(dual, { roles: ['two'] }, before, apart)).toMatchObject({
      answer: { kind: 'recorded' },
    });
  });
});

describe('clicks at the same moment', () => {
  test('ten of one person count once', async () => {
    const rig = await asked('scale deploy/web --replicas=1 -n production');
    const answers = await Promise.all(Array.from({ length: 10 }, () => click(rig, 'U0ANN')));
    expect(answers.filter(({ kind }) => kind === 'recorded')).toHaveLength(1);
    expect(answers.filter(({ kind }) => kind === 'refused')).toHaveLength(9);
    expect(rig.now().shelf.approvals).toHaveLength(1);
    expect(rig.row(1).state).toBe('waiting');
  });

  test('of two people: both count, once each', async () => {
    const rig = await asked('scale deploy/web --replicas=1 -n production');
    const clicks = ['U0ANN', 'U0BEN', 'U0ANN', 'U0BEN', 'U0CAT'].map((by) => click(rig, by));
    const answers = await Promise.all(clicks);
    expect(answers.map(({ kind }) => kind)).toEqual([
      'recorded',
      'recorded',
      'already',
      'already',
      'already',
    ]);
    expect(rig.row(1).state).toBe('approved');
    expect(rig.now().shelf.approvals).toHaveLength(2);
  });

  test('approve and reject: the first decides', async () => {
    const rig = await asked();
    const answers = await Promise.all([click(rig, 'U0ANN', 'reject'), click(rig, 'U0BEN')]);
    expect(answers.map(({ kind }) => kind)).toEqual(['recorded', 'already']);
    expect(rig.row(1).state).toBe('rejected');
  });
});

describe('the reason of a rejection', () => {
  test.each([
    ['is kept', 'not on a Friday', 'not on a Friday'],
    ['holds no secret', 'use password=swordfish1 instead', 'use password=[redacted] instead'],
    ['can be stored', 'a\0b\uD800c', 'a\uFFFDb\uFFFDc'],
    ['has an end', 'x'.repeat(600), `${'x'.repeat(499)}…`],
    ['does not end in half a character', `${'x'.repeat(499)}😀`, `${'x'.repeat(499)}…`],
  ])('%s', async (_name, reason, kept) => {
    const rig = await asked();
    await click(rig, 'U0ANN', 'reject', reason);
    expect(rig.row(1)).toMatchObject({ state: 'rejected', rejectedBy: 'U0ANN', rejectReason: kept });
    expect(rig.now().shelf.messages.at(-1)?.notice).toMatchObject({ headline: 'Rejected by', body: kept });
  });
});
