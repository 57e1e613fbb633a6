import { describe, expect, test } from 'vitest';
import type { Approval } from '../../../src/domain/approval.ts';
import { decide, regate } from '../../../src/stages/decide/decide.ts';
import { fills, lackingRole } from '../../../src/stages/decide/roles.ts';
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

const first = 'Approved, 1 of 2. One more person, of sre, must approve.';
const twice = 'You have approved already; a second person must approve too.';
const go = 'Approved, 2 of 2. It runs now, unless something has changed since.';
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
    ['one person of both, twice', [vote('U1', 'sre', 'owners')], vote('U1', 'sre', 'owners'), twice],
    ['one person of one, twice', [vote('U1', 'sre')], vote('U1', 'sre'), twice],
  ])('%s', (_name, approvals, cast, sentence) => {
    expect(decide({ ...ballot, approvals, vote: cast }).sentence).toBe(sentence);
  });

  test('what the last approval starts is said: a write to the cluster, or a change of the repository', () => {
    const cast = { ...ballot, approvals: [vote('U1', 'sre')], vote: vote('U2', 'owners') };
    expect(decide({ ...cast, inRepository: true })).toEqual({
      kind: 'go',
      sentence: 'Approved, 2 of 2. It goes into the repository now, unless something has changed since.',
    });
    expect(decide({ ...cast, inRepository: false })).toEqual({ kind: 'go', sentence: go });
  });

  test('a second of the same group is refused as that', () => {
    const decided = decide({ ...ballot, approvals: [vote('U1', 'sre')], vote: vote('U2', 'sre') });
    expect(decided).toMatchObject({ kind: 'refused', code: 'same_role' });
  });

  const asked = { kind: 'person', actor: { userId: 'U1', teamId: 'T1' } } as const;
  const own = 'You asked for this; somebody else must approve it.';
  test.each<[string, Approval[], Approval, string]>([
    ['the first', [], vote('U1', 'sre'), own],
    ['the second', [vote('U2', 'owners')], vote('U1', 'sre'), own],
    ['the second, with a vote of their own kept', [vote('U1', 'sre')], vote('U2', 'owners'), first],
  ])('whoever asked is neither of the two: %s', (_name, approvals, cast, sentence) => {
    expect(decide({ ...ballot, requestedBy: asked, approvals, vote: cast }).sentence).toBe(sentence);
  });

  test('nothing is approved that was not shown whole', () => {
    const approvals = [vote('U1', 'sre')];
    const cast = { ...ballot, shown: false, approvals, vote: vote('U2', 'owners') };
    expect(decide(cast)).toMatchObject({ kind: 'refused', code: 'not_shown' });
  });

  test.each<[string, Approval[], 'go' | 'refused']>([
    ['one of each', [vote('U1', 'sre'), vote('U2', 'owners')], 'go'],
    ['two of one', [vote('U1', 'sre'), vote('U2', 'sre')], 'refused'],
    ['two of whom one lost the group', [vote('U1', 'sre'), vote('U2')], 'refused'],
    ['one of both alone', [vote('U1', 'sre', 'owners')], 'refused'],
    ['one of both, twice', [vote('U1', 'sre', 'owners'), vote('U1', 'sre', 'owners')], 'refused'],
    [
      'one whose other vote is of another group',
      [vote('U1', 'sre'), vote('U1', 'owners'), vote('U2', 'sre')],
      'refused',
    ],
  ])('at the gate: %s', (_name, approvals, kind) => {
    expect(regate({ ...ballot, approvals }).kind).toBe(kind);
  });

  const oneOfEach = [vote('U1', 'sre'), vote('U3', 'owners')];
  test.each<[string, Approval]>([
    ['whoever asked', vote('U9', 'owners')],
    ['a vote on an older card', { ...vote('U2', 'owners'), digest: 'e'.repeat(64) }],
    ['a vote from the future', { ...vote('U2', 'owners'), at: '2026-03-01T12:05:01.000Z' }],
  ])('at the gate the second group is not filled by %s', (_name, second) => {
    const requestedBy = { kind: 'person', actor: { userId: 'U9', teamId: 'T1' } } as const;
    // Two that count are of one group; the third, which does not count, is the only one of the other.
    const approvals = [vote('U1', 'sre'), vote('U3', 'sre'), second];
    expect(regate({ ...ballot, requestedBy, approvals }).kind).toBe('refused');
    // Nor does it stand in the way of two that are of one group each.
    expect(regate({ ...ballot, requestedBy, approvals: [second, ...oneOfEach] }).kind).toBe('go');
  });
});

describe('roles and people', () => {
  const without: Approval = { actor: { userId: 'U9', teamId: 'T1' }, decision: 'approve', digest, at: noon };

  test.each<[string, Approval[], boolean]>([
    ['nobody', [], false],
    ['one person of both', [vote('U1', 'sre', 'owners')], false],
    ['one of each', [vote('U1', 'sre'), vote('U2', 'owners')], true],
    ['two of one', [vote('U1', 'sre'), vote('U2', 'sre')], false],
    ['somebody whose groups were not noted', [without, vote('U2', 'owners')], false],
  ])('%s', (_name, votes, filled) => {
    expect(fills(roles, votes)).toBe(filled);
  });

  test('the role that is lacking', () => {
    expect(lackingRole(roles, [])).toBeUndefined();
    expect(lackingRole(roles, [vote('U1', 'sre')])).toBe('owners');
    expect(lackingRole(roles, [without])).toBe('no assignment');
  });
});
