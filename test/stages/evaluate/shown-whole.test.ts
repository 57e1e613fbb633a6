import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import { evaluateRequest } from '../../../src/stages/evaluate/request.ts';
import { defaultPolicy, deploymentFacts, noon, specId } from '../../fixtures/facts.ts';
import { annotateWith, labelWith, setEnvTo } from '../../fixtures/fields.ts';

// Put together at run time, so that no scanner finds one in the repository.
const token = ['xoxb', '1234567890', 'abcdefghij'].join('-');

const judge = (request: Action, facts = deploymentFacts()) =>
  evaluateRequest({
    id: specId,
    now: noon,
    request,
    members: [{ action: request, facts }],
    policy: defaultPolicy,
  }).spec;

describe('what cannot be shown whole is blocked, whoever asks', () => {
  test.each<[string, Action, string]>([
    ['a token', setEnvTo({ GREETING: token }), 'The value of GREETING looks like a secret'],
    ['a name that says so', setEnvTo({ DB_PASS: 'x y' }), 'The value of DB_PASS looks like a secret'],
    [
      'an annotation',
      annotateWith({ 'example.com/pw': 'x' }),
      'The value of example.com/pw looks like a secret',
    ],
    ['text that is turned round', annotateWith({ note: 'a\u202eb' }), 'The value of note holds characters'],
    ['a line break', setEnvTo({ A: 'a\nb' }), 'The value of A holds characters'],
    ['a letter of another script', annotateWith({ note: 'p\u0430y' }), 'The value of note holds characters'],
  ])('%s', (_name, action, sentence) => {
    const spec = judge(action);
    expect(spec).toMatchObject({ tier: 'blocked', score: 100 });
    expect(spec.blockedReason).toContain(sentence);
    expect(spec.lineItems).toContainEqual(expect.objectContaining({ rule: 'shown-whole', counted: true }));
    expect(JSON.stringify(spec.lineItems)).not.toContain(token);
  });

  test.each<[string, Action]>([
    ['plain values', setEnvTo({ LOG_LEVEL: 'debug', GREETING: '`a`  <b> $(HOME) "c" ' })],
    ['a label', labelWith({ tier: 'front' })],
  ])('not %s', (_name, action) => expect(judge(action).tier).not.toBe('blocked'));
});

test('no rollback writes, and so shows, what may be a secret', () => {
  const annotations = { 'example.com/note': token };
  const base = deploymentFacts();
  const facts = { ...base, identity: { ...base.identity, annotations } };
  const { rollbackPlan } = judge(annotateWith({ 'example.com/note': 'x' }), facts);
  expect(rollbackPlan).toEqual({
    kind: 'none',
    sentence: expect.stringContaining('may be a secret and is not shown; the snapshot of it is stored.'),
  });
});
