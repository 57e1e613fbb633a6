import { describe, expect, test } from 'vitest';
import type { History, PlaceUsage } from '../../src/domain/circumstances.ts';
import type { Facts } from '../../src/domain/facts/facts.ts';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import { specOf } from '../../src/domain/remediation.ts';
import {
  type EvaluatorDeps,
  type Judgement,
  judgeCommand,
  type Question,
} from '../../src/workflow/intake/evaluate-command.ts';
import type { Place } from '../../src/workflow/records-port.ts';
import { deploymentFacts, noon } from '../fixtures/facts.ts';
import { createRig } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

const signal = new AbortController().signal;
const none: PlaceUsage = { cluster: { score: 0, running: 0 }, namespace: { score: 0, running: 0 } };
const command = 'rollout restart deployment/web -n shop';

/** What nobody may ask for where facts are given. */
const asked = () => Promise.reject(new Error('the cluster was asked'));

const deps = (given: Partial<EvaluatorDeps> & { chosen?: Policy } = {}): EvaluatorDeps => ({
  cluster: { gather: asked, select: asked },
  policy: () => given.chosen ?? policy.parse({ version: 1 }),
  clock: () => noon,
  newId: () => '00000000-0000-4000-8000-000000000001',
  ...given,
});

async function judged(on: EvaluatorDeps, question: Partial<Question> = {}): Promise<Judgement> {
  const answer = await judgeCommand(on, { command, facts: deploymentFacts(), ...question }, signal);
  if (answer.kind !== 'judged') throw new Error(`it was ${answer.kind}`);
  return answer.judgement;
}

test('the verdict is the one that the command gets when it is asked for', async () => {
  const rig = createRig();
  await playStep(rig, { do: 'ask', text: command });
  await rig.wake();
  const before = JSON.stringify(rig.now());
  const answer = await judgeCommand(rig.context, { command }, signal);
  const stored = specOf(rig.row(1));
  expect(answer).toMatchObject({
    kind: 'judged',
    judgement: { spec: { ...stored, id: expect.any(String) } },
  });
  expect(JSON.stringify({ ...rig.now(), ids: JSON.parse(before).ids })).toBe(before);
});

test('what was understood otherwise than it was typed is noted', async () => {
  const { notes } = await judged(deps(), {
    command: 'rollout restart deployment/web',
    facts: deploymentFacts({}, { namespace: { name: 'default', labels: {} } }),
  });
  expect(notes).toEqual(['No namespace given: "default" is meant.']);
});

test.each([
  ['as it may be typed in the chat', `/remediate ${command} -- the certificate is new`],
  ['with a dash that a phone has made', `${command} \u2014 the certificate is new`],
])('the command has its reason behind it, %s', async (_name, text) => {
  const { understood, notes } = await judged(deps(), { command: text });
  expect([understood, notes]).toEqual([`kubectl ${command}`, []]);
});

test('what in the reason would have made it another command is refused, as it is in the chat', async () => {
  const answer = await judgeCommand(deps(), { command: 'rollout restart deploy/web -- -n shop' }, signal);
  expect(answer).toMatchObject({
    kind: 'refused',
    refusal: { nearest: `kubectl ${command}` },
    rendered: expect.stringContaining('rollout restart deploy/web -- -n\n'),
  });
});

describe('what is used of the budgets', () => {
  const chosen = policy.parse({ version: 1, budgets: { concurrent: { namespace: 2 } } });
  const asked: [Place, string][] = [];
  const used = { cluster: { score: 5, running: 1 }, namespace: { score: 5, running: 1 } };
  const usage: EvaluatorDeps['usage'] = async (...question) => {
    asked.push(question);
    return used;
  };

  test('is asked for the cluster of the facts and the last hour', async () => {
    const { circumstances, spec } = await judged(deps({ usage, chosen }));
    expect(circumstances).toEqual({ local: [], usage: used });
    expect(spec.tier).toBe('auto');
    expect(asked).toEqual([[{ cluster: 'test', namespace: 'shop' }, '2026-03-01T11:00:00.000Z']]);
  });

  test.each<[string, Partial<EvaluatorDeps>, Partial<Question>]>([
    ['without a database', {}, {}],
    ['at another time', { usage: () => Promise.reject(new Error('it was asked')) }, { at: noon }],
  ])('is not known %s, which raises the tier', async (_name, given, question) => {
    const { circumstances, spec } = await judged(deps({ ...given, chosen }), question);
    expect(circumstances).toEqual({ local: [] });
    expect(spec.lineItems.map(({ sentence }) => sentence)).toContain(
      'Not known: how many remediations are running in the namespace shop.',
    );
    expect(spec.tier).toBe('human');
  });

  test('is asked without budgets of the policy as well: the usual ones hold', async () => {
    const spent = { ...used, namespace: { score: 150, running: 0 } };
    const { spec } = await judged(deps({ usage: async () => spent }));
    expect(spec.tier).toBe('human');
    expect(spec.lineItems.map(({ sentence }) => sentence)).toContain(
      'The blast budget of the namespace shop is spent: 150 of 150 points in the last hour, and this adds 8.',
    );
  });
});

describe('what was done before', () => {
  const key = 'test/shop/Deployment/web';
  const at = '2026-03-01T11:55:00.000Z';
  const remediation = '00000000-0000-4000-8000-000000000007';
  const action = { remediation, number: 7, verb: 'rollout restart', at, here: true } as const;
  const before: History = { at: noon, objects: { [key]: { actions: [action], count: 1 } } };

  test('is asked for the object and its owner, and told', async () => {
    const asked: unknown[] = [];
    const history: EvaluatorDeps['history'] = async (...question) => {
      asked.push(question);
      return before;
    };
    const { circumstances, spec, notKnownHere } = await judged(deps({ history, usage: async () => none }));
    expect(asked).toEqual([[[{ key, owner: key }], noon]]);
    expect(circumstances).toEqual({ local: [], usage: none, history: before });
    expect(spec.tier).toBe('human');
    expect(notKnownHere).toEqual([]);
  });

  test.each<[string, Partial<EvaluatorDeps>, Partial<Question>]>([
    ['without a database', {}, {}],
    ['at another time', { history: () => Promise.reject(new Error('it was asked')) }, { at: noon }],
  ])('is not known %s, which the answer says', async (_name, given, question) => {
    const { circumstances, notKnownHere } = await judged(deps(given), question);
    expect(circumstances).toEqual({ local: [] });
    expect(notKnownHere).toEqual([
      'Not known here: what Firebreak has done to the target before, and how much of the budgets is used. A repeat, growth in steps and a spent budget would make it stricter.',
    ]);
  });
});

test('literal values of containers and other annotations do not leave with the facts', async () => {
  const template = {
    metadata: { annotations: { note: 'plain words' } },
    spec: {
      containers: [{ name: 'web', image: 'web:1', args: ['--mode=x'], env: [{ name: 'A', value: 'plain' }] }],
    },
  };
  const revisions = [{ revision: 2, source: 'ReplicaSet/web-2', template }];
  const given = deploymentFacts({ revisions });
  const identity = {
    ...given.identity,
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"plain":"words"}', team: 'plain' },
  };
  const { facts } = await judged(deps(), { facts: { ...given, identity } });
  expect(facts.identity.annotations).toEqual({});
  const shown = JSON.stringify(facts);
  expect(shown).toContain('web:1');
  expect(shown).not.toMatch(/plain|--mode/);
});

test('secrets do not leave with the facts', async () => {
  const env = [{ name: 'DB_PASSWORD', value: 'correct horse' }];
  const template = { spec: { containers: [{ name: 'web', env }] } };
  const secret: Facts = deploymentFacts({
    revisions: [{ revision: 2, source: 'ReplicaSet/web-2', template }],
  });
  const { facts } = await judged(deps(), { facts: secret });
  expect(JSON.stringify(facts)).not.toContain('horse');
  expect(facts.subject).toMatchObject({ revisions: [{ revision: 2, source: 'ReplicaSet/web-2' }] });
});

test('words of the cluster are redacted', async () => {
  const gather: EvaluatorDeps['cluster']['gather'] = async () => [
    { kind: 'absent', reason: 'token=abcdefgh is not there' },
  ];
  const select = () => Promise.reject(new Error('there is nothing to select'));
  expect(await judgeCommand(deps({ cluster: { gather, select } }), { command }, signal)).toEqual({
    kind: 'absent',
    reason: 'token=[redacted] is not there',
  });
});
