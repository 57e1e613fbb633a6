import { expect, test } from 'vitest';
import type { Story } from '../../src/domain/incidents/story.ts';
import { incidentFor } from '../../src/workflow/insight/look-back.ts';
import { type Answers, allowed, contextOf, refused } from '../fixtures/answering.ts';
import { noon } from '../fixtures/facts.ts';
import { remediationIn } from '../fixtures/remediations.ts';

const actor = { userId: 'U0ASK', teamId: 'T0' };
const own = { requesters: { users: ['U0OWN'] } };
const ours = { remediation: remediationIn('waiting'), approvals: [] };
const theirs = { number: 2, state: 'pondering', at: noon };

async function told(given: object, answers: Answers, parts: Pick<Story, 'chapters' | 'others'>) {
  const { context } = contextOf(given, answers);
  const story: Story = {
    ...parts,
    id: 'i',
    number: 7,
    title: 'web',
    beganAt: noon,
    reopened: 0,
    signals: [],
  };
  const store = { ...context.store, story: async () => story };
  return incidentFor({ ...context, store }, { word: '7', number: 7 }, { actor, requestKey: 'k' });
}

test.each<[string, object, Answers, Pick<Story, 'chapters' | 'others'>, boolean]>([
  ['of alerts alone', own, {}, { chapters: [] }, true],
  ['whose remediation is one’s own', own, { U0OWN: allowed() }, { chapters: [ours] }, true],
  ['whose remediation is another’s', own, { U0OWN: refused('no') }, { chapters: [ours] }, false],
  [
    'that only another version has written to',
    own,
    { U0OWN: allowed() },
    { chapters: [], others: [theirs] },
    false,
  ],
  [
    'that another version has written to as well',
    own,
    { U0OWN: allowed() },
    { chapters: [ours], others: [theirs] },
    false,
  ],
  [
    'of another version, where all may ask all',
    {},
    { all: allowed() },
    { chapters: [], others: [theirs] },
    true,
  ],
])('an incident %s', async (_name, given, answers, parts, isSeen) => {
  const answer = JSON.stringify(await told(given, answers, parts));
  expect(answer.includes('that you may see')).toBe(!isSeen);
});

test('no incident in particular is told how one is named', async () => {
  const { context } = contextOf(own, {});
  const asked = incidentFor(context, { word: '' }, { actor, requestKey: 'k' });
  expect(JSON.stringify(await asked)).toContain('Say which: /remediate incident and the number');
});
