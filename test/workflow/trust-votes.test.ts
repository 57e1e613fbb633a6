import { describe, expect, test } from 'vitest';
import { policy } from '../../src/domain/policy/policy.ts';
import type { PolicyProposal, PolicyVote } from '../../src/domain/policy/proposal.ts';
import { environmentApprovers } from '../../src/domain/policy/proposal-approvers.ts';
import type { PolicyVoteOutcome } from '../../src/workflow/trust/proposals-port.ts';
import { judgePolicyVote } from '../../src/workflow/trust/vote.ts';
import { noon } from '../fixtures/facts.ts';

const digest = 'd'.repeat(64);
const vote = (userId: string, parts: Partial<PolicyVote> = {}): PolicyVote => ({
  ...{ userId, decision: 'approve', digest, at: noon },
  ...parts,
});
const proposal = (parts: Partial<PolicyProposal> = {}): PolicyProposal => ({
  number: 7,
  playbook: 'restart',
  environment: 'staging',
  state: 'open',
  openedAt: noon,
  evidence: {
    samples: 20,
    successes: 20,
    lowerBound: 0.84,
    minimum: 0.8,
    lasted: [1],
    playbookDigest: digest,
  },
  digest,
  votes: [],
  ...parts,
});
const diff = { kind: 'diff', text: '--- a/policy.yaml' } as const;

describe('a vote on a change of the policy', () => {
  test('the first of two leaves it open, the second posts the diff', () => {
    const first = judgePolicyVote(proposal(), vote('U0ANN'), undefined, diff);
    expect(first).toMatchObject({ answer: { kind: 'recorded' }, vote: { userId: 'U0ANN' } });
    expect(first.becomes).toBeUndefined();
    expect(
      judgePolicyVote(proposal({ votes: [vote('U0ANN')] }), vote('U0BEN'), undefined, diff),
    ).toMatchObject({
      becomes: 'approved',
      told: { by: 'U0BEN', preformatted: '--- a/policy.yaml' },
    });
  });

  const ann = vote('U0ANN');
  const ben = vote('U0BEN');
  const no = vote('U0BEN', { decision: 'reject' });
  const agreed = 'Approved, 2 of 2: let the playbook restart run by itself in staging.';
  test.each<[string, PolicyVote[], PolicyVote, PolicyVoteOutcome]>([
    [
      'the first yes',
      [],
      ann,
      {
        answer: { kind: 'recorded', sentence: 'Approved, 1 of 2. One more person must approve.' },
        ...{ vote: ann, told: { headline: 'Approved, 1 of 2, by', by: 'U0ANN' } },
      },
    ],
    [
      'the second',
      [ann],
      ben,
      {
        answer: { kind: 'recorded', sentence: `${agreed} The change of the policy is in the thread.` },
        ...{ vote: ben, becomes: 'approved' },
        told: {
          ...{ headline: 'Approved by', by: 'U0BEN', preformatted: '--- a/policy.yaml' },
          body: 'The change of the policy file. It holds once whoever keeps the file has made it; Firebreak changes nothing by itself.',
        },
      },
    ],
    [
      'a no after a yes',
      [ann],
      no,
      {
        answer: { kind: 'recorded', sentence: 'You have rejected it.' },
        ...{ vote: no, becomes: 'rejected', told: { headline: 'Rejected by', by: 'U0BEN' } },
      },
    ],
    [
      'a second yes of the same person',
      [ann],
      ann,
      {
        answer: {
          kind: 'refused',
          sentence: 'You have approved already; a second person must approve too.',
        },
      },
    ],
  ])('%s', (_name, votes, given, outcome) => {
    expect(judgePolicyVote(proposal({ votes }), given, undefined, diff)).toEqual(outcome);
  });

  test('on what is over is answered as such', () => {
    expect(judgePolicyVote(proposal({ state: 'rejected' }), ann, undefined, diff).answer.kind).toBe(
      'already',
    );
  });

  test('where the file cannot be edited it says what to add', () => {
    const none = { kind: 'none', reason: 'The policy is not read from a file.' } as const;
    const { told } = judgePolicyVote(proposal({ votes: [vote('U0ANN')] }), vote('U0BEN'), undefined, none);
    expect(told?.body).toContain('Add to trust.alone of the policy: playbook restart, environment staging.');
    expect(told).not.toHaveProperty('preformatted');
    expect(told?.body).toMatch(/^The policy is not read from a file\. Add/);
  });

  test.each<[string, PolicyProposal, PolicyVote, string]>([
    [
      'the same person twice',
      proposal({ votes: [vote('U0ANN')] }),
      vote('U0ANN'),
      'You have approved already',
    ],
    ['of what was shown before', proposal(), vote('U0ANN', { digest: 'e'.repeat(64) }), 'another proposal'],
    [
      'a no to what was shown before',
      proposal(),
      vote('U0ANN', { decision: 'reject', digest: 'e'.repeat(64) }),
      'another proposal',
    ],
    ['on what is over', proposal({ state: 'withdrawn' }), vote('U0ANN'), 'withdrawn already'],
  ])('%s does not count', (_name, current, given, says) => {
    const { answer, vote: counted, becomes } = judgePolicyVote(current, given, undefined, diff);
    expect(answer.sentence).toContain(says);
    expect([counted, becomes]).toEqual([undefined, undefined]);
  });

  test('two of one group are not two groups', () => {
    const roles = ['sre', 'owners'];
    const ann = vote('U0ANN', { roles: ['sre'] });
    const second = (own: string) =>
      judgePolicyVote(proposal({ votes: [ann] }), vote('U0BEN', { roles: [own] }), roles, diff);
    expect(second('sre').becomes).toBeUndefined();
    expect(second('owners').becomes).toBe('approved');
  });

  test.each([
    ['open', 'withdrawn', 'Its trust has fallen.'],
    ['approved', undefined, 'approved already'],
    ['rejected', undefined, 'rejected already'],
  ] as const)('on what nothing speaks for any more: %s becomes %s', (state, becomes, says) => {
    const change = { ...diff, fallen: 'Its trust has fallen.' };
    const outcome = judgePolicyVote(proposal({ state }), vote('U0BEN'), undefined, change);
    expect(outcome.answer.sentence).toContain(says);
    expect([outcome.vote, outcome.becomes]).toEqual([undefined, becomes]);
  });

  test('one no ends it', () => {
    expect(judgePolicyVote(proposal(), vote('U0ANN', { decision: 'reject' }), undefined, diff)).toMatchObject(
      {
        becomes: 'rejected',
      },
    );
  });
});

describe('who decides on a change of the policy', () => {
  const group = (name: string) => ({ groups: [name] });
  const given = policy.parse({
    version: 1,
    approvers: { dual: group('S0ALL') },
    environments: {
      production: { match: { names: ['shop'] }, approvers: { dual: group('S0PROD') } },
      staging: { match: { names: ['trial'] } },
    },
    clusters: { 'prod-eu': { approvers: { dual: group('S0EU') } } },
  });
  test.each([
    ['production', 'S0PROD'],
    ['staging', 'S0ALL'],
    ['other namespaces', 'S0ALL'],
    ['constructor', 'S0ALL'],
    ['prod-eu: production', 'S0PROD'],
    ['prod-eu: staging', 'S0EU'],
    ['prod-eu: the cluster', 'S0EU'],
    ['prod-us: production', 'S0PROD'],
    ['prod-us: staging', 'S0ALL'],
  ])('for %s: %s', (environment, approvers) => {
    expect(environmentApprovers(given, environment).groups).toEqual([approvers]);
  });
});
