import { describe, expect, test } from 'vitest';
import type { Requester } from '../../../../src/domain/actor.ts';
import type { Lived } from '../../../../src/domain/insight/lived.ts';
import type { LineItem } from '../../../../src/domain/spec.ts';
import { exampleOf, lineOf } from '../../../../src/stages/learn/training/example.ts';
import { noon, scaleTo } from '../../../fixtures/facts.ts';
import {
  digest,
  firstApprover,
  remediationIn,
  requester,
  secondApprover,
  verified,
} from '../../../fixtures/remediations.ts';

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

type Part = 'Asked for by' | 'Reason given' | 'Decision';
const approvedBy = (actor: typeof requester, reason?: string) =>
  ({ actor, decision: 'approve', digest, at: noon, ...(reason === undefined ? {} : { reason }) }) as const;
const asked = (requestedBy: Requester): Partial<Lived> => ({
  remediation: remediationIn('succeeded', { ...ids, requestedBy }),
});
test.each<[Part, string | undefined, Partial<Lived>]>([
  ['Asked for by', 'the playbook restart', asked({ kind: 'playbook', playbook: 'restart', alert: 'Crash' })],
  ['Asked for by', 'Firebreak, as the rollback of 7', asked({ kind: 'rollback', of: ids.id, ofNumber: 7 })],
  ['Reason given', undefined, {}],
  ['Reason given', 'It hangs.', { remediation: { ...remediationIn('succeeded', ids), reason: 'It hangs.' } }],
  ['Decision', 'it ran by itself', {}],
  [
    'Decision',
    'approved by 2 people; Go.',
    { votes: [approvedBy(firstApprover), approvedBy(secondApprover, 'Go.')] },
  ],
  [
    'Decision',
    'approved by one person; Too soon.; Now.',
    {
      votes: [
        { ...approvedBy(firstApprover, 'Too soon.'), decision: 'reject' },
        approvedBy(secondApprover, 'Now.'),
      ],
    },
  ],
])('%s: %s', (part, expected, more) => {
  const { messages } = exampleOf('verified', lived(more));
  const said = messages.flatMap(({ content }) => content.split('\n'));
  expect(said.find((line) => line.startsWith(`${part}: `))?.slice(part.length + 2)).toBe(expected);
});

test('the model is told what it is, and the reasons that counted', () => {
  const row = remediationIn('succeeded', ids);
  if (row.state !== 'succeeded') throw new Error(row.state);
  const line = (sentence: string, points: number, counted: boolean, term: LineItem['term'] = 'breadth') => ({
    ...({ rule: 'affected-pods', term, points, counted, sentence, source: 'spec' } as const),
  });
  const lineItems = [
    ...[line('3 pods are replaced.', 2, true), line('It is one of many.', 1, false)],
    ...[line('It is production.', 1.5, true, 'environment'), line('A freeze.', 11, true, 'floor')],
  ];
  const remediation = { ...row, spec: { ...row.spec, lineItems } };
  const [system, , assistant] = exampleOf('verified', lived({ remediation })).messages;
  expect(system?.content).toBe(
    'You repair Kubernetes workloads and make nothing worse. From the evidence you propose one action as a kubectl command, with its risk, the reasons, the rollback and who must agree.',
  );
  expect(assistant?.content.split('\n').slice(2, 6)).toEqual([
    'Risk: score 20, tier human',
    '- +2: 3 pods are replaced.',
    '- ×1.5: It is production.',
    '- at least 11: A freeze.',
  ]);
});

test('what was never judged has its command alone, and no facts', () => {
  const remediation = remediationIn('requested', { ...ids, action: scaleTo(5) });
  const [, user, assistant] = exampleOf('not_verified', lived({ remediation, detail: 'No.' })).messages;
  expect(user?.content).toBe('Asked for by: a person\nTarget: Deployment/web in shop in cluster test');
  expect(assistant?.content).toBe('Proposal: kubectl scale deployment/web --replicas=5 -n shop');
});

test.each([
  ['as long as it may be', 20_000, ''],
  ['longer', 20_007, ' ... (7 characters more)'],
])('evidence that is %s', (_, length, end) => {
  const note = 'lorem '.repeat(4000).slice(0, length - '{"payload":{"note":""}}'.length);
  const { messages } = exampleOf('verified', lived({ evidence: [{ kind: 'logs', payload: { note } }] }));
  const told = messages[1]?.content.split('\n').find((each) => each.startsWith('Evidence, logs: '));
  expect(told?.slice('Evidence, logs: '.length)).toBe(
    `${`{"payload":{"note":"${note}"}}`.slice(0, 20_000)}${end}`,
  );
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
  const twenty = { kind: 'pods', payload: { pods: pods.slice(0, 20) } };
  expect(lineOf(exampleOf('verified', lived({ evidence: [twenty] })))).not.toContain('more');
});

test('is one line, whatever is in it', () => {
  const line = lineOf(exampleOf('verified', lived({ stderr: 'a\nb\u2028c\r\n' })));
  expect(line.trimEnd()).not.toMatch(/[\n\r]/);
  expect(JSON.parse(line).stderr).toBe('a\nb\u2028c\r\n');
});
