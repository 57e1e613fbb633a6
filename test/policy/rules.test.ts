import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Circumstances } from '../../src/domain/circumstances.ts';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import { isStricter } from '../../src/domain/tier.ts';
import { compileRules, expressionFlaw } from '../../src/policy/rules.ts';
import { evaluate } from '../../src/stages/evaluate/evaluate.ts';
import { situations } from '../fixtures/arbitrary.ts';
import {
  cordonNode,
  deploymentFacts,
  nodeFacts,
  noon,
  restartOf,
  scaleTo,
  specId,
} from '../fixtures/facts.ts';

test.each([
  'action.verb == "scale" && action.replicas > facts.desired * 2',
  'labels["tier"] == "db" || "live" in facts.environments',
  'has(facts.ready) && facts.ready < 2 && time.weekday == "fri" && time.hour >= 16',
  'target.namespace.startsWith("team-") && size(facts.unknown) > 0',
  'action.verb in ["scale", "drain"] || target["kind"] != "Node" || "sun" == time.weekday',
  'labels.app == "restart" && action.command != "restart" && target.name == action.verb',
])('right: %s', (expression) => {
  expect(expressionFlaw(expression)).toBeUndefined();
});

test.each([
  [
    'a field that does not exist',
    'facts.redy < 2',
    'No such key: redy; did you mean "ready"?\n    facts.redy < 2\n          ^',
  ],
  [
    'a variable that does not exist',
    'acton.verb == "scale"',
    'Unknown variable: acton; did you mean "action"?\n    acton.verb == "scale"\n    ^',
  ],
  ['a wrong type', 'facts.ready < "2"', 'no such overload: int < string\n    facts.ready < "2"\n    ^'],
  [
    'a field in the place of a variable',
    'namespace == "shop"',
    'Reserved identifier: namespace; did you mean "target.namespace"?\n    namespace == "shop"\n    ^',
  ],
  [
    'a field that another part has',
    'target.verb == "scale"',
    'No such key: verb; did you mean "action.verb"?\n    target.verb == "scale"\n           ^',
  ],
  [
    'a variable in the place of a field',
    'target.labels.app == "web"',
    'No such key: labels; "labels" stands by itself\n    target.labels.app == "web"\n           ^',
  ],
  [
    'a verb that does not exist',
    'facts.ready > 0 || action.verb == "rollout restrat"',
    'action.verb is never "rollout restrat"; did you mean "rollout restart"?\n    facts.ready > 0 || action.verb == "rollout restrat"\n                                      ^',
  ],
  [
    'a kind in another case',
    '!("deployment" == target["kind"])',
    'target.kind is never "deployment"; did you mean "Deployment"?\n    !("deployment" == target["kind"])\n      ^',
  ],
  [
    'a day among others',
    'time.weekday in ["sat", "Sunday"]',
    'time.weekday is never "Sunday"; one of mon, tue, wed, thu, fri, sat, sun\n    time.weekday in ["sat", "Sunday"]\n                            ^',
  ],
  ['an unfinished one', 'facts.ready <', 'Unexpected token: EOF\n    facts.ready <\n                 ^'],
  ['a number', 'facts.ready', 'must say true or false, but says int\n    facts.ready\n    ^'],
  [
    'several lines: the caret is on the right one',
    'true &&\n  facts.redy < 2',
    'No such key: redy; did you mean "ready"?\n      facts.redy < 2\n            ^',
  ],
])('wrong: %s', (_name, expression, flaw) => {
  expect(expressionFlaw(expression)).toBe(flaw);
});

const withRules = (chosen: object): Policy => {
  const parsed = policy.parse({ version: 1, ...chosen });
  return { ...parsed, predicates: compileRules(parsed) };
};

const sunday: Circumstances = {
  local: [{ zone: 'UTC', weekday: 'sun', date: '2026-03-01', time: '12:05' }],
};

const judge = (chosen: Policy, action = restartOf(), facts = deploymentFacts(), circumstances = sunday) =>
  evaluate({ id: specId, now: noon, action, facts, policy: chosen, circumstances });

const own = (spec: ReturnType<typeof judge>) =>
  spec.lineItems
    .filter(({ rule }) => rule === 'own-rules')
    .map(({ term, points, sentence, source }) => [term, points, sentence, source]);

const rule = (when: string, more: object = { tier: 'human' }) => ({
  rules: [{ name: 'mine', when, because: 'We say so.', ...more }],
});

describe('a rule of the policy', () => {
  test('that holds raises to its tier', () => {
    const spec = judge(withRules(rule('time.weekday == "sun" && time.hour == 12 && time.minute == 5')));
    expect(spec.tier).toBe('human');
    expect(own(spec)).toEqual([['floor', 11, 'We say so.', 'policy.yaml: rules[0]']]);
  });

  test('that holds adds its points', () => {
    const spec = judge(withRules(rule('labels.app == "web"', { points: 30 })));
    expect(own(spec)).toEqual([['breadth', 30, 'We say so.', 'policy.yaml: rules[0]']]);
    expect(spec.score).toBe(judge(withRules({})).score + 30);
  });

  test('that does not hold changes nothing', () => {
    expect(judge(withRules(rule('facts.ready > 100')))).toEqual(judge(withRules({})));
  });

  test('that asks for what is not there is unknown, and raises the tier', () => {
    const spec = judge(withRules(rule('labels.team == "x"')));
    expect(own(spec)).toEqual([
      [
        'floor',
        11,
        'Not known: whether the rule "mine" of the policy holds (No such key: team).',
        'policy.yaml: rules[0]',
      ],
    ]);
  });

  test('about the time is unknown when the time is', () => {
    const spec = judge(withRules(rule('time.hour > 23')), undefined, undefined, { local: [] });
    expect(spec.tier).toBe('human');
  });

  test('that nobody compiled is unknown', () => {
    const spec = judge(policy.parse({ version: 1, ...rule('true') }));
    expect(own(spec)[0]?.[2]).toContain('it is not compiled');
  });
});

describe('a hard rule of the policy', () => {
  const hard = (when: string) =>
    withRules({ hardRules: [{ name: 'mine', when, because: 'Never on a node.' }] });

  test('that holds blocks', () => {
    const spec = judge(hard('target.kind == "Node"'), cordonNode, nodeFacts());
    expect(spec).toMatchObject({ tier: 'blocked', blockedReason: 'Never on a node.' });
  });

  test('that cannot be answered asks for two people and is no pass', () => {
    expect(judge(hard('facts.ready < 1'), cordonNode, nodeFacts()).tier).toBe('dual');
  });

  test('sees the numbers of the action', () => {
    expect(judge(hard('action.replicas > 20'), scaleTo(21)).tier).toBe('blocked');
    expect(judge(hard('action.replicas > 20'), scaleTo(20)).tier).not.toBe('blocked');
  });
});

test('no rule ever lowers a tier', () => {
  const expressions = ['true', 'false', 'facts.ready < 3', 'labels.team == "x"', 'facts.production'];
  const given = fc.record({
    hardRules: fc.array(
      fc.record({
        name: fc.constant('h'),
        when: fc.constantFrom(...expressions),
        because: fc.constant('h'),
      }),
      { maxLength: 2 },
    ),
    rules: fc.array(
      fc.record({
        name: fc.constant('r'),
        when: fc.constantFrom(...expressions),
        because: fc.constant('r'),
        points: fc.integer({ min: 1, max: 99 }),
      }),
      { maxLength: 2 },
    ),
  });
  const plain = withRules({});
  fc.assert(
    fc.property(situations, given, ({ action, facts }, rules) => {
      const { tier } = judge(withRules(rules), action, facts);
      expect(isStricter(judge(plain, action, facts).tier, tier)).toBe(false);
    }),
  );
});
