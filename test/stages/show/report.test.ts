import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Chapter, Story } from '../../../src/domain/incidents/story.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import type { LineItem } from '../../../src/domain/spec.ts';
import { incidentReport } from '../../../src/stages/show/report.ts';
import { endOf, momentsOf, storyHead } from '../../../src/stages/show/story.ts';
import { firstApprover, remediationIn, verified } from '../../fixtures/remediations.ts';

const at = (minute: number) => `2026-03-01T12:${String(minute).padStart(2, '0')}:00.000Z`;

function succeeded(): Remediation {
  const row = remediationIn('succeeded');
  if (row.state !== 'succeeded') throw new Error('it has succeeded');
  return { ...row, verdict: { ...verified, decidedAt: at(20), stderr: 'panic: `x`\n```' } };
}

const story = (is: Partial<Story> = {}): Story => ({
  id: '00000000-0000-4000-8000-000000000001',
  number: 7,
  title: 'KubePodCrashLooping',
  ownerKey: 'arn:aws:eks:eu-1:1:cluster/blue/shop/Deployment/web',
  beganAt: at(0),
  closed: { at: at(40), why: 'resolved' },
  reopened: 1,
  signals: [
    {
      name: 'KubePodCrashLooping',
      alerts: 3,
      firing: 0,
      mostFirings: 1,
      severities: [],
      since: at(0),
      resolvedAt: at(30),
    },
  ],
  chapters: [
    {
      remediation: succeeded(),
      approvals: [{ actor: firstApprover, decision: 'approve', digest: 'd', at: at(5) }],
      look: { due: at(59), result: 'lasted', sentence: 'All is well.' },
    },
  ],
  ...is,
});

test('of one of several clusters its head says which', () => {
  expect(storyHead({ ...story(), cluster: 'blue' })).toBe(
    'Incident 7: Deployment/web in shop, cluster blue. Closed after 40 min: all 3 alerts are over.',
  );
  expect(storyHead(story())).toMatch(/^Incident 7: Deployment\/web in shop\. Closed/);
});

test('a look that ended before it was due is told at its end', () => {
  const [chapter] = story().chapters;
  if (chapter === undefined) throw new Error('the story has no chapter');
  const look = { due: at(59), endedAt: at(45), result: 'undone', sentence: 'By bob.' } as const;
  const told = momentsOf({ ...story(), chapters: [{ ...chapter, look }] });
  expect(told.find(({ text }) => text.includes('looked at again'))?.at).toBe(at(45));
});

test.each<[string, Chapter['approvals'], object[]]>([
  [
    'by a vote',
    [{ actor: firstApprover, decision: 'reject', digest: 'd', at: at(5), reason: 'not now' }],
    [{ at: at(5), by: firstApprover.userId, text: 'Remediation 42 rejected: not now' }],
  ],
  ['of which no vote is kept', [], [{ at: expect.any(String), text: 'Remediation 42: rejected' }]],
])('a rejection %s is told once', (_name, approvals, told) => {
  const remediation = { ...remediationIn('rejected'), number: 42 };
  const moments = momentsOf(story({ chapters: [{ remediation, approvals }] }));
  expect(moments.filter(({ text }) => text.includes('rejected'))).toEqual(told);
});

test.each([
  ['https://github.example/team/shop/pull/7', 'its pull request was closed by octocat without being merged'],
  [
    'https://gitlab.example/team/shop/-/merge_requests/7',
    'its merge request was closed by octocat without being merged',
  ],
])('of a request that was closed it is told who closed it: %s', (url, told) => {
  const row = remediationIn('rejected');
  if (row.state !== 'rejected') throw new Error(row.state);
  const request = {
    step: 'open',
    branch: 'b',
    commit: 'c'.repeat(40),
    openedAt: at(2),
    number: 7,
    url,
  } as const;
  const remediation = { ...row, number: 42, rejectedBy: 'octocat', request };
  const whole = story({ chapters: [{ remediation, approvals: [] }] });
  expect(momentsOf(whole).map(({ text }) => text)).toContain(`Remediation 42: ${told}`);
  expect(endOf(whole)?.lines.map(({ outcome }) => outcome)).toEqual([told]);
});

test('what was asked anew says after what', () => {
  const earlier = { number: 41, ended: 'expired', at: at(1) } as const;
  const row = remediationIn('succeeded');
  const remediation = {
    ...{ ...row, number: 42, reason: 'checkout fails (from remediation 41)' },
    anew: [{ ...earlier, remediation: row.id }],
  };
  const [asked] = momentsOf(story({ chapters: [{ remediation, approvals: [] }] })).filter(({ text }) =>
    text.includes('asked for'),
  );
  expect(asked?.text).toMatch(
    /^Remediation 42: kubectl .*, asked for anew after remediation 41 because "checkout fails \(from remediation 41\)"$/,
  );
});

test('why nothing was proposed is told', () => {
  const withheld = [{ at: at(1), name: 'KubePodNotReady', reason: 'It is not so: all pods are ready.' }];
  expect(momentsOf(story({ chapters: [], withheld }))).toContainEqual({
    at: at(1),
    text: 'Nothing was proposed for KubePodNotReady: It is not so: all pods are ready.',
  });
});

test('a report holds nothing that commands a terminal or turns text around', () => {
  const name = 'Pod\u001b[2J\u001b]0;owned\u0007 \u202etxt\u2066';
  const withheld = [{ at: at(1), name, reason: 'a\u200bb' }];
  const seen = {
    pods: ['\u001b[31mred\u001b[0m\r\nline\rover'],
    images: [],
    changes: [],
    missing: [],
    story: '',
  };
  const evidence = { at: at(1), target: 'Deployment/web in shop', ...seen };
  const report = incidentReport(story({ withheld, evidence }));
  expect(report).toContain(
    'Nothing was proposed for Pod\uFFFD\\[2J\uFFFD\\]0\\;owned\uFFFD \uFFFDtxt\uFFFD: a\uFFFDb',
  );
  expect(report).toContain('\nred\nline\nover\n');
  expect(report.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

describe('an incident told as a whole', () => {
  test('from the first signal to the lesson, in the order of time', () => {
    const moments = momentsOf(story());
    expect(moments.map(({ at: when }) => Date.parse(when))).toEqual(
      moments.map(({ at: when }) => Date.parse(when)).toSorted((a, b) => a - b),
    );
    expect(moments.map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        'Alert KubePodCrashLooping, 3 in all',
        'The last KubePodCrashLooping was over',
        'Closed: all 3 alerts are over. It was opened again once before.',
        expect.stringMatching(/^Remediation \d+ approved$/),
        expect.stringMatching(/looked at again: it has lasted\. All is well\.$/),
      ]),
    );
  });

  test('its end says how long it took, what was done, by whom, and what was learned', () => {
    expect(endOf(story())).toMatchObject({
      headline: 'Closed after 40 min: all 3 alerts are over.',
      lines: [
        {
          approvedBy: [firstApprover.userId],
          outcome: expect.stringMatching(/^verified: .* Looked at again: it has lasted\.$/),
        },
      ],
    });
    const { closed: _closed, ...open } = story();
    expect(endOf(open)).toBeUndefined();
  });

  test('as a document, in which what pods said ends no block', () => {
    const text = incidentReport(story());
    expect(text.split('\n')[0]).toBe(
      '# Incident 7: Deployment/web in shop. Closed after 40 min: all 3 alerts are over.',
    );
    expect(text).toContain('````text\npanic: `x`\n```\n````');
  });

  test('its lines of the score say what counts, that first, and what is outweighed', () => {
    const item = { rule: 'r', source: 's', counted: true };
    const row = succeeded();
    if (row.state !== 'succeeded') throw new Error('it has succeeded');
    const lineItems: LineItem[] = [
      { ...item, term: 'breadth', points: 2, sentence: 'Less.', counted: false },
      { ...item, term: 'irreversibility', points: 6, sentence: 'More.' },
    ];
    const remediation = { ...row, spec: { ...row.spec, lineItems } };
    const text = incidentReport(story({ chapters: [{ remediation, approvals: [] }] }));
    expect(text.split('\n').filter((line) => line.startsWith('  - '))).toEqual([
      '  - \\+6: More.',
      '  - (\\+2, outweighed): Less.',
    ]);
  });

  test('whatever an alert says, it is no markup and no secret in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const [named] = story().signals;
        const text = incidentReport(
          story({ chapters: [], signals: named === undefined ? [] : [{ ...named, name: `x${name}` }] }),
        );
        const lines = text.split('\n').filter((line) => line.includes('Alert x'));
        expect(lines).toHaveLength(1);
        expect(lines[0]?.replaceAll(/\\./g, '')).not.toMatch(/[<>`*_[\]#|~]/);
      }),
    );
    const [named] = story().signals;
    const secret = story({
      signals: named === undefined ? [] : [{ ...named, name: 'password=hunter2hunter2' }],
    });
    expect(incidentReport(secret)).not.toContain('hunter2hunter2');
  });
});

test('what another version has written is told as such, wherever an incident is told', () => {
  const others = [{ number: 9, state: 'rolled_forward', at: at(10) }];
  const told = story({ others });
  expect(momentsOf(told).find(({ text }) => text.startsWith('Remediation 9'))).toEqual({
    at: at(10),
    text: 'Remediation 9: rolled forward, written by another version of Firebreak: what it did is not told here',
  });
  expect(endOf(told)?.lines).toHaveLength(2);
  expect(endOf(told)?.lines[1]).toMatchObject({ outcome: 'rolled forward', approvedBy: [] });
  expect(incidentReport(told)).toContain(
    '## Remediation 9: rolled forward\n\nIt was written by another version',
  );
});
