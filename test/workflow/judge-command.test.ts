import { describe, expect, test } from 'vitest';
import type { Facts } from '../../src/domain/facts/facts.ts';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import { specOf } from '../../src/domain/remediation.ts';
import {
  type EvaluatorDeps,
  type Judgement,
  judgeCommand,
  type Question,
} from '../../src/workflow/intake/evaluate-command.ts';
import type { Place } from '../../src/workflow/ports.ts';
import { deploymentFacts, noon } from '../fixtures/facts.ts';
import { createRig } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

const signal = new AbortController().signal;
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

  test('is nobody’s business without budgets', async () => {
    const broken = () => Promise.reject(new Error('it was asked'));
    expect((await judged(deps({ usage: broken }))).circumstances).toEqual({ local: [] });
  });
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
