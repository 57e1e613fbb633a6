import { expect, test } from 'vitest';
import type { Approval } from '../../../src/domain/approval.ts';
import { type Remediation, remediation, type State } from '../../../src/domain/remediation.ts';
import { openWord, stateText, stateWords } from '../../../src/domain/text/states.ts';
import { noon } from '../../fixtures/facts.ts';
import {
  digest,
  firstApprover,
  remediationIn,
  requester,
  secondApprover,
  verified,
} from '../../fixtures/remediations.ts';

type Change = Record<string, unknown>;

const of = (state: State, change: Change = {}): Remediation =>
  remediation.parse({ ...remediationIn(state), ...change });
const waiting = of('waiting');
const judged = (tier: 'auto' | 'human' | 'dual' | 'blocked', more: Change = {}): Change =>
  waiting.state === 'waiting' ? { spec: { ...waiting.spec, tier, ...more } } : {};
const yes = (actor: typeof requester): Approval => ({ actor, decision: 'approve', digest, at: noon });
const request = { branch: 'firebreak/1', commit: 'c'.repeat(40) } as const;
const open = { ...request, step: 'open', number: 7, openedAt: noon } as const;
const merged = { ...request, step: 'merged', mergedAt: noon } as const;
const said = (sentence: string) => ({ at: noon, grade: 'good', sentence });
const next = 'If approved: Every pod is new.';

test.each<[string, Remediation, string]>([
  ['requested', of('requested'), '🔎 Evaluating: Reading the state of the target from the cluster.'],
  ['evaluated', of('evaluated'), '🔎 Dry run: The API server checks the change without making it.'],
  ['approved', of('approved'), '👍 Approved: Starts now.'],
  ['executing', of('executing'), '🔧 Running: The change is being sent to the cluster.'],
  ['executing, and held up', of('executing', { heldUp: 'A budget.' }), '🔧 Running: A budget.'],
  ['verifying', of('verifying'), '🔧 Verifying: The change was sent; watching whether it works.'],
  [
    'verifying, with what was seen last',
    of('verifying', { samples: [said('1 of 3.'), said('2 of 3.')] }),
    '🔧 Verifying: 2 of 3.',
  ],
  ['learning', of('learning'), `🔧 Finishing: ${verified.sentence}`],
  ['succeeded', of('succeeded'), `✅ Verified: ${verified.sentence}`],
  ['inconclusive', of('inconclusive'), `❔ Inconclusive: ${verified.sentence}`],
  ['failed', of('failed'), '❌ Failed in execution: the patch was refused'],
  ['not judged', of('no_action', { spec: undefined }), '⚪ Nothing done: the patch was refused'],
  ['withdrawn', of('no_action'), '⚪ Withdrawn: the patch was refused Nothing was changed.'],
  ['blocked', of('blocked'), '⛔ Blocked: A hard rule blocks this, whoever approves.'],
  ['blocked for a reason', of('blocked', judged('blocked', { blockedReason: 'No.' })), '⛔ Blocked: No.'],
  ['rejected', of('rejected'), '🚫 Rejected: Somebody said no. Nothing was changed.'],
  [
    'rejected as a request',
    of('rejected', { request: open }),
    '🚫 Rejected: The pull request was closed without being merged. Nothing was changed.',
  ],
  ['expired', of('expired'), '⌛ Expired: Not enough approvals in time. Nothing was changed.'],
  [
    'expired as a request',
    of('expired', { request: open }),
    '⌛ Expired: The pull request was not merged in time, and is not followed any more.',
  ],
  ['opening', of('pr_open'), '🔀 Pull request: The branch is pushed and the request opened.'],
  ['open', of('pr_open', { request: open }), '🔀 Pull request: The change is in pull request #7.'],
  [
    'open at GitLab',
    of('pr_open', { request: { ...open, url: 'https://gitlab.example/team/shop/-/merge_requests/7' } }),
    '🔀 Merge request: The change is in merge request !7.',
  ],
  [
    'open without a number',
    of('pr_open', { request: { ...open, number: undefined } }),
    '🔀 Pull request: The change is in the branch firebreak/1.',
  ],
  [
    'open, and waiting',
    of('pr_open', { request: { ...open, waitsFor: 'a review' } }),
    '🔀 Pull request: The change is in pull request #7. It waits for a review.',
  ],
  [
    'merged, and waiting',
    of('pr_open', { request: { ...merged, waitsFor: 'Argo CD' } }),
    '🔀 Pull request: Merged as cccccccccccc. It waits for Argo CD.',
  ],
])('%s', (_name, row, words) => {
  const { emoji, word, sentence } = stateWords(row, [], false);
  expect(`${emoji} ${word}: ${sentence}`).toBe(words);
});

test('what is approved does not start while Firebreak is stopped', () => {
  expect(stateWords(of('approved'), [], true).sentence).toBe(
    'Starts when Firebreak is started again, if the approval still counts by then.',
  );
});

test.each<[string, Change, readonly Approval[], string]>([
  ['one of one', {}, [], `One person must approve by 13:00 UTC. ${next}`],
  ['two of two', judged('dual'), [], `2 people must approve by 13:00 UTC. ${next}`],
  ['the second', judged('dual'), [yes(firstApprover)], `One more person must approve by 13:00 UTC. ${next}`],
  ['none', {}, [yes(firstApprover)], 'Enough approvals; it starts in a moment.'],
  [
    'none although more have',
    {},
    [yes(firstApprover), yes(secondApprover)],
    'Enough approvals; it starts in a moment.',
  ],
  [
    'one, for that of who asked is none',
    {},
    [yes(requester)],
    `One person must approve by 13:00 UTC. ${next}`,
  ],
  [
    'one, until another day',
    { expiresAt: '2026-03-02T13:00:00.000Z' },
    [],
    `One person must approve by 2026-03-02 13:00 UTC. ${next}`,
  ],
  [
    'what is not shown yet',
    { showing: { kind: 'posting', digest, parts: 2, version: 1 } },
    [],
    `What the card has no room for is being posted in the thread; Approve comes when all of it is there. ${next}`,
  ],
])('waiting for %s', (_name, change, approvals, sentence) => {
  expect(stateWords(of('waiting', change), approvals, false)).toEqual({
    emoji: '✋',
    word: 'Approval needed',
    sentence,
  });
});

const few = 'Not enough approvals in time. Nothing was changed.';
const old = 'The approval had grown too old before it could be carried out. Nothing was changed.';

test.each<[string, Change, readonly Approval[], string]>([
  ['none of one', {}, [], few],
  ['one of two', judged('dual'), [yes(firstApprover)], few],
  ['that of who asked', {}, [yes(requester)], few],
  ['one of one', {}, [yes(firstApprover)], old],
  ['two of two', judged('dual'), [yes(firstApprover), yes(secondApprover)], old],
  ['none where none is needed', judged('auto'), [], old],
])('expired with %s', (_name, change, approvals, sentence) => {
  expect(stateWords(of('expired', change), approvals, false)).toEqual({
    emoji: '⌛',
    word: 'Expired',
    sentence,
  });
});

test('waiting, and cannot be shown', () => {
  const refused = of('waiting', { showing: { kind: 'refused', digest, reason: 'the channel is gone.' } });
  expect(stateWords(refused, [], false)).toEqual({
    emoji: '⚠️',
    word: 'Cannot be approved',
    sentence: 'What would have to be read first is not shown: the channel is gone.',
  });
});

test.each<['auto' | 'human', number | undefined, string]>([
  ['auto', undefined, 'It is judged again.'],
  ['auto', 9, 'Judged again in remediation 9.'],
  ['human', undefined, 'No vote carries over.'],
  ['human', 9, 'No vote carries over; see remediation 9.'],
])('superseded, tier %s, by %s', (tier, by, says) => {
  expect(stateWords(of('superseded', judged(tier)), [], false, by)).toEqual({
    emoji: '↪️',
    word: 'Superseded',
    sentence: `The image changed. ${says}`,
  });
});

test('superseded, by a difference: it ends before the next sentence', () => {
  const moved = of('superseded', { ...judged('human'), change: 'replicas: approved at 3, live is 5' });
  expect(stateWords(moved, [], false).sentence).toBe(
    'replicas: approved at 3, live is 5. No vote carries over.',
  );
});

test('what goes into a repository first is not said to be in the cluster at once', () => {
  const place = {
    ...{ repository: 'https://git.example/shop', branch: 'main', path: '', recurse: false, keys: [] },
    selfHeal: true,
  };
  const lines = [{ file: 'a.yaml', line: 1, before: 'a: 1', after: 'a: 2' }];
  const git = { kind: 'request', place, base: 'a'.repeat(40), lines };
  const sentenceOf = (change: Change) => stateWords(of('waiting', change), [], false).sentence;
  expect(sentenceOf({ git })).toContain(
    'If approved, it goes into the repository, and once that is merged and applied: Every pod is new.',
  );
  const emergency = { by: requester, at: noon, reason: 'Nobody can pay.' };
  expect(sentenceOf({ git, emergency })).toContain(next);
  expect(sentenceOf({ git: { kind: 'by hand', reason: 'An anchor.' } })).toContain(next);
});

test.each([
  ['requested', 'requested', 'being looked at'],
  ['evaluated', 'evaluated', 'being looked at'],
  ['waiting', 'waiting', 'waiting for approval'],
  ['approved', 'approved', 'approved'],
  ['pr_open', 'in its repository', 'in its repository'],
  ['executing', 'executing', 'running'],
  ['verifying', 'verifying', 'running'],
  ['learning', 'learning', 'running'],
  ['no_action', 'no action', 'no action'],
  ['not_known_here', 'not known here', 'not known here'],
])('%s is %s in a list, and %s where it is only named', (state, inList, named) => {
  expect([stateText(state), openWord(state)]).toEqual([inList, named]);
});
