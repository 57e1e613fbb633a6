import { describe, expect, test } from 'vitest';
import type { State } from '../../src/domain/remediation.ts';
import { createRig, type Rig } from '../fixtures/rig.ts';
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
    ['an approver', 'U0ANN', 'approve', { kind: 'recorded', sentence: 'Approved, 1 of 1. It runs now.' }],
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
