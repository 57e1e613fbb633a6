import { describe, expect, it } from 'vitest';
import type { Requester } from '../../../src/domain/actor.ts';
import { type Approval, approval } from '../../../src/domain/approval.ts';
import type { Tier } from '../../../src/domain/tier.ts';
import { countedApprovals } from '../../../src/domain/votes.ts';
import { type Decision, decide, regate } from '../../../src/stages/decide/decide.ts';
import { noon, remediationId } from '../../fixtures/facts.ts';

const digest = 'd'.repeat(64);
const old = 'e'.repeat(64);
const expiresAt = '2026-03-01T13:00:00.000Z';

const person = (userId: string, teamId = 'T1') => ({ userId, teamId });
const alice: Requester = { kind: 'person', actor: person('U1ALICE') };
const playbook: Requester = { kind: 'playbook', playbook: 'restart-crashing', alert: 'KubePodCrashLooping' };
const rollback: Requester = { kind: 'rollback', of: remediationId, ofNumber: 4 };

const vote = (userId: string, overrides: Partial<Approval> = {}): Approval => ({
  actor: person(userId),
  decision: 'approve',
  digest,
  at: noon,
  ...overrides,
});
const reject = (userId: string, overrides: Partial<Approval> = {}): Approval =>
  vote(userId, { decision: 'reject', ...overrides });

function outcome(
  tier: Tier,
  cast: Approval,
  approvals: readonly Approval[] = [],
  requestedBy: Requester = alice,
  now = noon,
): Decision {
  return decide({ tier, requestedBy, digest, shown: true, expiresAt, approvals, vote: cast, now });
}

const summary = (decision: Decision): string =>
  decision.kind === 'refused' ? `refused ${decision.code}` : decision.kind;

describe('the matrix of tiers, voters and states', () => {
  const voters: [string, Approval][] = [
    ['requester approves', vote('U1ALICE')],
    ['requester in another workspace approves', vote('U1ALICE', { actor: person('U1ALICE', 'T2') })],
    ['somebody approves', vote('U2BOB')],
    ['somebody approves an older card', vote('U2BOB', { digest: old })],
    ['requester rejects', reject('U1ALICE')],
    ['somebody rejects', reject('U2BOB')],
    ['somebody rejects on an older card', reject('U2BOB', { digest: old })],
  ];
  const states: [string, Approval[], string][] = [
    ['fresh', [], noon],
    ['approved by the same person', [vote('U2BOB')], noon],
    ['approved by another', [vote('U3CAROL')], noon],
    ['approved by two', [vote('U3CAROL'), vote('U4DAN')], noon],
    ['approved on an older card', [vote('U2BOB', { digest: old })], noon],
    ['rejected', [reject('U3CAROL')], noon],
    ['expired', [], expiresAt],
  ];
  const table = (tier: Tier): Record<string, string[]> =>
    Object.fromEntries(
      states.map(([state, approvals, now]) => [
        state,
        voters.map(([, cast]) => summary(outcome(tier, cast, approvals, alice, now))),
      ]),
    );
  const own = 'refused own_request';
  const older = 'refused digest_differs';
  const stop = ['rejected', 'rejected', 'rejected'];
  const over = (answer: string): string[] => voters.map(() => answer);

  it('human', () => {
    expect(table('human')).toEqual({
      fresh: [own, own, 'go', older, ...stop],
      'approved by the same person': ['already', 'already', 'already', 'already', ...stop],
      'approved by another': ['already', 'already', 'already', 'already', ...stop],
      'approved by two': ['already', 'already', 'already', 'already', ...stop],
      'approved on an older card': [own, own, 'go', older, ...stop],
      rejected: over('already'),
      expired: over('refused expired'),
    });
  });

  it('dual', () => {
    expect(table('dual')).toEqual({
      fresh: [own, own, 'wait', older, ...stop],
      'approved by the same person': [own, own, 'refused same_person', older, ...stop],
      'approved by another': [own, own, 'go', older, ...stop],
      'approved by two': ['already', 'already', 'already', 'already', ...stop],
      'approved on an older card': [own, own, 'wait', older, ...stop],
      rejected: over('already'),
      expired: over('refused expired'),
    });
  });

  it('auto needs nobody', () => {
    expect(table('auto')['fresh']).toEqual(['already', 'already', 'already', 'already', ...stop]);
  });

  it('blocked takes no vote at all', () => {
    const { rejected, ...open } = table('blocked');
    expect(rejected).toEqual(over('already'));
    expect(Object.values(open)).toEqual(Object.keys(open).map(() => over('refused blocked')));
  });
});

it('stays rejected, whoever voted after it', () => {
  const before = [vote('U2BOB'), reject('U3CAROL'), vote('U4DAN')];
  for (const tier of ['human', 'dual'] as const)
    expect(outcome(tier, vote('U5EVE'), before)).toEqual({
      kind: 'already',
      sentence: 'It has been rejected already.',
    });
});

describe('answers', () => {
  it.each<[string, () => Decision, Decision]>([
    [
      'one of one',
      () => outcome('human', vote('U2BOB')),
      { kind: 'go', sentence: 'Approved, 1 of 1. It runs now, unless something has changed since.' },
    ],
    [
      'one of two',
      () => outcome('dual', vote('U2BOB')),
      { kind: 'wait', have: 1, need: 2, sentence: 'Approved, 1 of 2. One more person must approve.' },
    ],
    [
      'two of two',
      () => outcome('dual', vote('U2BOB'), [vote('U3CAROL')]),
      { kind: 'go', sentence: 'Approved, 2 of 2. It runs now, unless something has changed since.' },
    ],
    [
      'own request',
      () => outcome('human', vote('U1ALICE')),
      {
        kind: 'refused',
        code: 'own_request',
        sentence: 'You asked for this; somebody else must approve it.',
      },
    ],
    [
      'twice',
      () => outcome('dual', vote('U2BOB'), [vote('U2BOB')]),
      {
        kind: 'refused',
        code: 'same_person',
        sentence: 'You have approved already; a second person must approve too.',
      },
    ],
    [
      'too late',
      () => outcome('human', vote('U2BOB'), [], alice, expiresAt),
      { kind: 'refused', code: 'expired', sentence: 'It expired at 13:00 UTC; ask for it again.' },
    ],
    [
      'one more than needed',
      () => outcome('human', vote('U2BOB'), [vote('U3CAROL')]),
      { kind: 'already', sentence: 'It has all its approvals already.' },
    ],
    [
      'none needed',
      () => outcome('auto', vote('U2BOB')),
      { kind: 'already', sentence: 'It needs no approval.' },
    ],
    [
      'an older card',
      () => outcome('human', vote('U2BOB', { digest: old })),
      {
        kind: 'refused',
        code: 'digest_differs',
        sentence: 'This card shows an older plan; look at the newest card and decide there.',
      },
    ],
    [
      'blocked',
      () => outcome('blocked', vote('U2BOB')),
      {
        kind: 'refused',
        code: 'blocked',
        sentence: 'It is blocked by a hard rule; nobody can approve it.',
      },
    ],
    [
      'not shown whole',
      () =>
        decide({
          ...{ tier: 'human', requestedBy: alice, digest, shown: false, expiresAt, approvals: [], now: noon },
          vote: vote('U2BOB'),
        }),
      {
        kind: 'refused',
        code: 'not_shown',
        sentence:
          'What this would change is not shown whole yet: it can be approved once all of it is in the thread.',
      },
    ],
    [
      'withdrawn',
      () => outcome('human', reject('U1ALICE')),
      { kind: 'rejected', sentence: 'You have withdrawn your request.' },
    ],
    [
      'change of mind',
      () => outcome('dual', reject('U2BOB'), [vote('U2BOB')]),
      { kind: 'rejected', sentence: 'You have rejected it.' },
    ],
    [
      'a playbook is nobody: one person is enough',
      () => outcome('human', vote('U1ALICE'), [], playbook),
      { kind: 'go', sentence: 'Approved, 1 of 1. It runs now, unless something has changed since.' },
    ],
    [
      'a rollback is offered by nobody',
      () => outcome('human', vote('U1ALICE'), [], rollback),
      { kind: 'go', sentence: 'Approved, 1 of 1. It runs now, unless something has changed since.' },
    ],
  ])('%s', (_name, decided, expected) => {
    expect(decided()).toEqual(expected);
  });
});

describe('the gate at the executor', () => {
  const gate = (tier: Tier, approvals: Approval[], requestedBy = alice) =>
    regate({ tier, requestedBy, digest, shown: true, approvals, now: noon });
  const future = { at: '2026-03-01T12:05:01.000Z' };

  it.each<[string, () => ReturnType<typeof regate>, string]>([
    ['auto without votes', () => gate('auto', []), 'go'],
    ['human with one', () => gate('human', [vote('U2BOB')]), 'go'],
    ['dual with two', () => gate('dual', [vote('U2BOB'), vote('U3CAROL')]), 'go'],
    [
      'human with a clock that is a little ahead',
      () => gate('human', [vote('U2BOB', { at: '2026-03-01T12:05:00.000Z' })]),
      'go',
    ],
    ['human with none', () => gate('human', []), 'It needs 1 approval of what is shown now and has 0.'],
    [
      'human with the requester',
      () => gate('human', [vote('U1ALICE')]),
      'It needs 1 approval of what is shown now and has 0.',
    ],
    [
      'human of an older card',
      () => gate('human', [vote('U2BOB', { digest: old })]),
      'It needs 1 approval of what is shown now and has 0.',
    ],
    [
      'human from the future',
      () => gate('human', [vote('U2BOB', future)]),
      'It needs 1 approval of what is shown now and has 0.',
    ],
    [
      'dual with one person twice',
      () => gate('dual', [vote('U2BOB'), vote('U2BOB')]),
      'It needs 2 approvals of what is shown now and has 1.',
    ],
    [
      'dual with a requester',
      () => gate('dual', [vote('U2BOB'), vote('U1ALICE')]),
      'It needs 2 approvals of what is shown now and has 1.',
    ],
    [
      'enough, and rejected on an older card',
      () => gate('human', [vote('U2BOB'), reject('U3CAROL', { digest: old })]),
      'It was rejected.',
    ],
    ['enough but rejected', () => gate('human', [vote('U2BOB'), reject('U3CAROL')]), 'It was rejected.'],
    [
      'rejected first, then approved',
      () => gate('human', [reject('U3CAROL'), vote('U2BOB')]),
      'It was rejected.',
    ],
    [
      'rejected between two approvals',
      () => gate('dual', [vote('U2BOB'), reject('U4DAN'), vote('U3CAROL')]),
      'It was rejected.',
    ],
    ['auto but rejected', () => gate('auto', [reject('U3CAROL')]), 'It was rejected.'],
    [
      'blocked with three',
      () => gate('blocked', [vote('U2BOB'), vote('U3CAROL'), vote('U4DAN')]),
      'It is blocked by a hard rule.',
    ],
  ])('%s', (_name, decided, expected) => {
    expect(decided()).toEqual(expected === 'go' ? { kind: 'go' } : { kind: 'refused', sentence: expected });
  });

  it.each<[Tier, Approval[], 'go' | 'refused']>([
    ['auto', [], 'go'],
    ['human', [vote('U2BOB')], 'refused'],
    ['dual', [vote('U2BOB'), vote('U3CAROL')], 'refused'],
  ])('%s that was not shown whole', (tier, approvals, kind) => {
    expect(regate({ tier, requestedBy: alice, digest, shown: false, approvals, now: noon }).kind).toBe(kind);
  });

  it('says that it was not shown whole', () => {
    const cast = { tier: 'human', requestedBy: alice, digest, shown: false, now: noon } as const;
    expect(regate({ ...cast, approvals: [vote('U2BOB')] })).toEqual({
      kind: 'refused',
      sentence: 'What was approved was not shown whole to those who approved it; ask for it again.',
    });
  });

  it('asks for two groups only where two must agree', () => {
    const cast = { requestedBy: alice, digest, shown: true, now: noon, roles: ['sre', 'owners'] };
    expect(regate({ ...cast, tier: 'human', approvals: [vote('U2BOB')] }).kind).toBe('go');
    expect(regate({ ...cast, tier: 'dual', approvals: [vote('U2BOB'), vote('U3CAROL')] }).kind).toBe(
      'refused',
    );
  });
});

it.each<[string, object, boolean]>([
  ['approves', vote('U2BOB'), true],
  ['rejects', reject('U2BOB', { reason: 'not now' }), true],
  ['decides something else', { ...vote('U2BOB'), decision: 'abstain' }, false],
  ['is of nobody', { ...vote('U2BOB'), actor: undefined }, false],
  ['says more than a vote may', { ...vote('U2BOB'), weight: 2 }, false],
])('a stored vote that %s', (_name, stored, isVote) => {
  expect(approval.safeParse(stored).success).toBe(isVote);
});

describe('which votes count', () => {
  it.each<[string, Approval[], string[]]>([
    [
      'each person once, the first vote',
      [vote('U2BOB'), vote('U3CAROL'), vote('U2BOB')],
      ['U2BOB', 'U3CAROL'],
    ],
    ['no rejection', [reject('U2BOB'), vote('U3CAROL')], ['U3CAROL']],
    ['none of an older card', [vote('U2BOB', { digest: old }), vote('U3CAROL')], ['U3CAROL']],
    ['not the requester', [vote('U1ALICE'), vote('U3CAROL')], ['U3CAROL']],
  ])('%s', (_name, approvals, people) => {
    const counted = countedApprovals({ requestedBy: alice, digest }, approvals);
    expect(counted.map(({ actor }) => actor.userId)).toEqual(people);
  });
});
