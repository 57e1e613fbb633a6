import { describe, expect, test } from 'vitest';
import type { Approval } from '../../../src/domain/approval.ts';
import { decide, regate } from '../../../src/stages/decide/decide.ts';
import { noon } from '../../fixtures/facts.ts';

const digest = 'd'.repeat(64);
const roles = ['sre', 'owners'];

const vote = (userId: string, ...held: string[]): Approval => ({
  actor: { userId, teamId: 'T1' },
  decision: 'approve',
  digest,
  at: noon,
  roles: held,
});

const ballot = {
  shown: true,
  tier: 'dual',
  requestedBy: { kind: 'playbook', playbook: 'p', alert: 'A' },
  digest,
  expiresAt: '2026-03-01T13:00:00.000Z',
  now: noon,
  roles,
} as const;

const go = 'Approved, 2 of 2. It runs now.';
const sameRole =
  'The two approvals must come from two groups, sre and owners; somebody of the other group must approve.';

describe('two approvals of two groups', () => {
  test.each<[string, Approval[], Approval, string]>([
    ['the first', [], vote('U1', 'sre'), 'Approved, 1 of 2. One more person, of owners, must approve.'],
    [
      'the first, who is in both',
      [],
      vote('U1', 'sre', 'owners'),
      'Approved, 1 of 2. One more person must approve.',
    ],
    ['one of each', [vote('U1', 'sre')], vote('U2', 'owners'), go],
    ['two of one', [vote('U1', 'sre')], vote('U2', 'sre'), sameRole],
    ['one of both and one of one', [vote('U1', 'sre', 'owners')], vote('U2', 'sre'), go],
    ['one of one and one of both', [vote('U1', 'owners')], vote('U2', 'sre', 'owners'), go],
    ['two of both', [vote('U1', 'sre', 'owners')], vote('U2', 'sre', 'owners'), go],
    ['a group that no longer is asked for', [vote('U1', 'gone')], vote('U2', 'sre'), sameRole],
    ['nobody of either', [], vote('U1'), sameRole],
  ])('%s', (_name, approvals, cast, sentence) => {
    expect(decide({ ...ballot, approvals, vote: cast }).sentence).toBe(sentence);
  });

  test.each<[string, Approval[], 'go' | 'refused']>([
    ['one of each', [vote('U1', 'sre'), vote('U2', 'owners')], 'go'],
    ['two of one', [vote('U1', 'sre'), vote('U2', 'sre')], 'refused'],
    ['two of whom one lost the group', [vote('U1', 'sre'), vote('U2')], 'refused'],
    ['one of both alone', [vote('U1', 'sre', 'owners')], 'refused'],
  ])('at the gate: %s', (_name, approvals, kind) => {
    expect(regate({ ...ballot, approvals }).kind).toBe(kind);
  });
});
