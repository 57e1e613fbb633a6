import { expect, test } from 'vitest';
import { keyed } from '../../../src/adapters/slack/blocks.ts';
import { actionIds, parsePolicyValue } from '../../../src/adapters/slack/cards/buttons.ts';
import { policyCard } from '../../../src/adapters/slack/cards/policy.ts';
import { faultsOf } from '../../../src/adapters/slack/limits.ts';
import type { PolicyProposal } from '../../../src/domain/policy/proposal.ts';
import { noon } from '../../fixtures/facts.ts';
import { bench, scripted } from './harness.ts';

const digest = 'd'.repeat(64);
const proposal = (parts: Partial<PolicyProposal> = {}): PolicyProposal => ({
  ...{
    number: 7,
    playbook: 'restart',
    environment: 'staging <!channel>',
    state: 'open',
    openedAt: noon,
    digest,
  },
  evidence: {
    samples: 21,
    successes: 20,
    lowerBound: 0.77,
    minimum: 0.7,
    lasted: [41, 40],
    playbookDigest: digest,
  },
  votes: [],
  ...parts,
});
const textOf = (given: PolicyProposal) => JSON.stringify(policyCard(given).blocks);

test('says what is proposed and why, without markup of its own', () => {
  const text = textOf(proposal());
  expect(text).toContain('20 of 21 outcomes there lasted');
  expect(text).toContain('trust of 0.77');
  expect(text).toContain('Lasted: remediations 41, 40');
  expect(text).not.toContain('"mrkdwn","text":"<!channel>');
  expect(faultsOf(keyed(policyCard(proposal()).blocks, 'policy:7', 0))).toEqual([]);
});

test('has buttons while it is open, and says at its end why', () => {
  expect(textOf(proposal())).toContain(actionIds.approvePolicy);
  const over = proposal({ state: 'withdrawn', why: 'The playbook was edited.' });
  expect(textOf(over)).not.toContain(actionIds.approvePolicy);
  expect(textOf(over)).toContain('The playbook was edited.');
  expect(faultsOf(keyed(policyCard(over).blocks, 'policy:7', 0))).toEqual([]);
});

test.each(['', '7', `x:${digest}`, `7:${digest}:1`, `7:${'D'.repeat(64)}`])(
  'takes no value such as "%s"',
  (value) => {
    expect(parsePolicyValue(value)).toBeUndefined();
  },
);

test('a click is the vote of who clicked, on what was shown', async () => {
  const votes: unknown[] = [];
  const { slack, bot } = await bench(
    'socket',
    scripted({
      votePolicy: async (ballot) => {
        votes.push(ballot);
        return { kind: 'recorded', sentence: 'Approved, 1 of 2.' };
      },
    }),
  );
  const content = { kind: 'policy', proposal: proposal() } as const;
  await bot.chat.post({ key: 'policy:7', channel: 'C0OPS', content }, new AbortController().signal);
  const [message] = slack.messages('C0OPS');
  if (message === undefined) throw new Error('no message was posted');
  await slack.click({ user: 'U0BOB', message, actionId: actionIds.approvePolicy });
  await slack.until(() => slack.ephemerals('U0BOB').find(({ text }) => text === 'Approved, 1 of 2.'));
  const actor = { userId: 'U0BOB', teamId: 'T0HOME' };
  expect(votes).toEqual([{ proposal: 7, digest, actor, decision: 'approve' }]);
});
