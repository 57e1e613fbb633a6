import { describe, expect, test } from 'vitest';
import type { Lived } from '../../../../src/domain/insight/lived.ts';
import { exampleOf, lineOf } from '../../../../src/stages/learn/training/example.ts';
import { noon } from '../../../fixtures/facts.ts';
import { digest, firstApprover, remediationIn, requester, verified } from '../../../fixtures/remediations.ts';

const ids = {
  id: '00000000-0000-4000-8000-000000000001',
  incidentId: '00000000-0000-4000-8000-000000000002',
};

const lived = (more: Partial<Lived> = {}): Lived => ({
  remediation: remediationIn('succeeded', ids),
  incident: ids.incidentId,
  incidentAt: noon,
  evidence: [],
  votes: [],
  ...more,
});

const alert = {
  fingerprint: 'f',
  status: 'firing',
  labels: { alertname: 'KubePodCrashLooping', namespace: 'shop' },
  annotations: { summary: 'web crashes' },
  startsAt: noon,
  source: 'alertmanager',
} as const;

test('is a chat of the evidence, and of what was proposed and decided, with what came of it', () => {
  const approval = { actor: firstApprover, decision: 'approve', digest, at: noon } as const;
  const { messages, outcome, stderr, label } = exampleOf(
    'verified',
    lived({ alert, votes: [approval], stderr: 'web-1 was slow' }),
  );
  expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant']);
  expect(messages[1]?.content.split('\n')).toEqual([
    'Asked for by: a person',
    'Alert labels: {"alertname":"KubePodCrashLooping","namespace":"shop"}',
    'Alert annotations: {"summary":"web crashes"}',
    'Target: Deployment/web in shop in cluster test',
    expect.stringMatching(/^Facts: \{.*"subject":\{/),
  ]);
  expect(messages[2]?.content.split('\n')).toEqual([
    'Proposal: kubectl rollout restart deployment/web -n shop',
    'Target state: Every pod is new.',
    'Risk: score 20, tier human',
    'Rollback: A restart has no inverse.',
    'Decision: approved by one person',
  ]);
  expect({ label, outcome, stderr }).toEqual({
    label: 'verified',
    outcome: {
      result: 'verified',
      lasted: true,
      sentence: 'All 3 pods of Deployment/web run the new revision and are ready.',
    },
    stderr: 'web-1 was slow',
  });
});

test('what did not help is named so', () => {
  const verdict = { ...verified, result: 'not_verified', sentence: 'web-1 crashes.' } as const;
  const remediation = remediationIn('failed', { ...ids, verdict });
  expect(exampleOf('not_verified', lived({ remediation }))).toMatchObject({
    label: 'not_verified',
    outcome: { result: 'not_verified', lasted: false, sentence: 'web-1 crashes.' },
  });
});

describe('nothing in it is a secret or a person', () => {
  const password = 'hunter2hunter2';
  test.each<[string, Partial<Lived>]>([
    ['a label', { alert: { ...alert, labels: { password } } }],
    ['an annotation', { alert: { ...alert, annotations: { summary: `login password=${password}` } } }],
    ['a reason', { remediation: { ...remediationIn('succeeded', ids), reason: `password=${password}` } }],
    ['stderr', { stderr: `psql: password=${password}` }],
    ['evidence', { evidence: [{ kind: 'logs', payload: { lines: [`DB_PASSWORD=${password}`] } }] }],
    [
      'a template in the evidence',
      {
        evidence: [
          {
            kind: 'change',
            payload: { template: { spec: { containers: [{ name: 'web', args: [password] }] } } },
          },
        ],
      },
    ],
    [
      "a voter's words",
      {
        votes: [{ actor: firstApprover, decision: 'approve', digest, at: noon, reason: `token=${password}` }],
      },
    ],
  ])('%s', (_, more) => {
    expect(lineOf(exampleOf('verified', lived(more)))).not.toContain(password);
  });

  test.each([
    ['who asked and who voted', { votes: [{ actor: firstApprover, decision: 'approve', digest, at: noon }] }],
    ['a mention', { stderr: `asked by <@${'U012AB3CD'}> of <!subteam^S012AB3CD|@sre>` }],
    ['an id', { detail: 'rejected by U012AB3CD' }],
  ] as const)('%s', (_, more) => {
    const line = lineOf(exampleOf('verified', lived(more)));
    for (const id of [requester.userId, firstApprover.userId, 'U012AB3CD', 'S012AB3CD'])
      expect(line).not.toContain(id);
  });

  test('an alert that only looks like a person stays', () => {
    const labels = { alertname: 'WATCHDOG', job: 'UNSCHEDULABLE' };
    expect(lineOf(exampleOf('verified', lived({ alert: { ...alert, labels } })))).toContain('WATCHDOG');
  });
});

test('a thousand pods are told by the first twenty', () => {
  const pods = Array.from({ length: 1000 }, (_, n) => `web-${n}`);
  const line = lineOf(exampleOf('verified', lived({ evidence: [{ kind: 'pods', payload: { pods } }] })));
  expect(line).toContain('... and 980 more');
  expect(line).not.toContain('web-20\\"');
});

test('is one line, whatever is in it', () => {
  const line = lineOf(exampleOf('verified', lived({ stderr: 'a\nb\u2028c\r\n' })));
  expect(line.trimEnd()).not.toMatch(/[\n\r]/);
  expect(JSON.parse(line).stderr).toBe('a\nb\u2028c\r\n');
});
