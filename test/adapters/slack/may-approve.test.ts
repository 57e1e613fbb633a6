import { expect, test } from 'vitest';
import { mayApprove } from '../../../src/adapters/slack/cards/requester.ts';
import { type Approvers, policy } from '../../../src/domain/policy/policy.ts';

const requester = { kind: 'person', actor: { userId: 'U0ASK', teamId: 'T0' } } as const;
const dual = (given: object): Approvers =>
  policy.parse({ version: 1, approvers: { dual: given } }).approvers.dual;

test.each([
  [
    'two groups that must both agree',
    {
      separate: [
        { name: 'sre', groups: ['S0SRE'] },
        { name: 'owners', users: ['U0ASK', 'U0CAT'] },
      ],
    },
    'one of sre (<!subteam^S0SRE>) and one of owners (<@U0CAT>)',
  ],
  ['any two people', { users: ['U0ANN', 'U0BEN'] }, '<@U0ANN>'],
  ['nobody', {}, 'nobody: the policy names no approvers'],
])('who may approve: %s', (_name, given, text) => {
  expect(mayApprove(dual(given), requester).mrkdwn).toContain(text);
});
