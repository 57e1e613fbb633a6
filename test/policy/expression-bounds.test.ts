import { describe, expect, test } from 'vitest';
import { policy } from '../../src/domain/policy/policy.ts';
import type { ExpressionInput } from '../../src/domain/policy/rule.ts';
import { checkedPolicy } from '../../src/policy/check.ts';
import { compileRules, expressionFlaw } from '../../src/policy/rules.ts';
import { readStrictYaml } from '../../src/policy/strict-yaml.ts';

const texts = (count: number, length: number) => Array.from({ length: count }, () => 'a'.repeat(length));
const map = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}`.padEnd(317, 'k'), 'v'.repeat(63)]));

/** As large as an expression may look at. */
const largest: ExpressionInput = {
  action: { verb: 'scale', command: 'a'.repeat(4096), replicas: 1, images: texts(128, 512) },
  target: { kind: 'Deployment', name: 'a'.repeat(253), namespace: 'a'.repeat(63) },
  facts: {
    cluster: 'a'.repeat(512),
    production: true,
    environments: texts(128, 63),
    namespaceLabels: map(128),
    unknown: texts(128, 60),
    images: texts(128, 512),
  },
  labels: map(128),
};

function answer(when: string, input = largest): unknown {
  const rules = policy.parse({ version: 1, rules: [{ name: 'r', when, because: 'b', tier: 'human' }] });
  return compileRules(rules).get(when)?.(input);
}

describe('a pattern', () => {
  // Each of these takes longer than anybody waits where the engine backtracks.
  test.each([
    '(a+)+$',
    '(a|a)*b',
    '(a*)*b',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^a]$',
  ])('%s is answered in linear time', (pattern) => {
    const when = `action.command.matches('${pattern}')`;
    expect(expressionFlaw(when)).toBeUndefined();
    const command = `${'a'.repeat(4000)}!`;
    expect(answer(when, { ...largest, action: { ...largest.action, command } })).toBe(
      pattern.endsWith('[^a]$'),
    );
  });

  test.each([
    ['target.name.matches("^team-[a-z]+$")', 'team-shop', true],
    ['target.name.matches("shop")', 'team-shop', true],
    ['target.name.matches("(?i)SHOP")', 'team-shop', true],
    ['target.name.matches("^shop")', 'team-shop', false],
    ['["team-shop"].exists(n, n == target.name && n.matches("[[:alpha:]]+"))', 'team-shop', true],
  ])('%s is what it was', (when, name, held) => {
    expect(expressionFlaw(when)).toBeUndefined();
    expect(answer(when, { ...largest, target: { ...largest.target, name } })).toBe(held);
  });

  test.each([
    ['a lookahead', 'target.name.matches("(?=a)")', /^the pattern is not RE2: .*\(\?=/],
    ['a backreference', 'target.name.matches("(a)\\\\1")', /^the pattern is not RE2: /],
    ['too many states', 'target.name.matches("(abc){500}")', /states, and 1000 are allowed/],
    ['one that is put together', 'target.name.matches("a" + "b")', /must be written out as a text/],
    ['one from the cluster', 'target.name.matches(labels.pattern)', /must be written out as a text/],
    ['one inside of a macro', 'labels.exists(k, k.matches("(?!x)"))', /not RE2/],
  ])('%s is refused', (_name, when, flaw) => {
    expect(expressionFlaw(when)).toMatch(flaw);
  });

  test('is refused with file, line and key', () => {
    const text = 'version: 1\nrules:\n  - name: r\n    when: target.name.matches("(?=a)")\n    because: b\n';
    const loaded = readStrictYaml('policy.yaml', `${text}    tier: human\n`, checkedPolicy);
    expect(loaded).toMatchObject({
      problems: [expect.stringMatching(/^policy\.yaml:4:11: rules\.0\.when: the pattern is not RE2: .*\n/)],
    });
  });
});

const splitting = 'action.command.split("").all(a, action.command.split("").all(b, a != b))';
const joining =
  'facts.images.map(a, facts.images.join(",")).join(",").split(",").all(b, facts.images.all(c, b != c))';

describe('an expression', () => {
  const deep = (levels: number, inside: string): string =>
    levels === 0
      ? inside
      : `facts.images.exists(x${levels}, x${levels} == "b" || ${deep(levels - 1, inside)})`;

  test.each([
    ['macros in each other', deep(3, 'false')],
    ['macros over maps', 'labels.all(a, labels.all(b, facts.namespaceLabels.all(c, a != b && b != c)))'],
    ['a list that doubles', doubling(40)],
    ['a text that doubles', doubling(40).replaceAll('facts.images', 'target.name')],
    ['texts split into characters', splitting],
    ['lists made longer by joining', joining],
    [
      'many copies of a list',
      `(${Array(100).fill('facts.images').join('+')}).all(a, facts.images.all(b, a != b))`,
    ],
    ['searches in each other', 'facts.images.all(a, action.images.all(b, a.contains(b)))'],
    ['times of the day', 'labels.all(a, labels.all(b, timestamp(a).getHours("Asia/Tokyo") > 1))'],
    ['patterns in macros', 'labels.all(a, labels.all(b, a.matches("(x{100}y?){9}")))'],
  ])('that could take long is refused: %s', (_name, when) => {
    expect(expressionFlaw(when)).toMatch(/steps, and 2000000 are allowed/);
  });

  test.each([
    'facts.images.exists(i, action.images.exists(j, i == j))',
    'labels.all(k, facts.namespaceLabels.all(l, k != l || labels[k] == facts.namespaceLabels[l]))',
    'facts.environments.exists(e, target.name.contains(e))',
    'facts.images.exists(i, i.lowerAscii().contains("latest") && i.size() > 10)',
    'facts.images.exists(i, i.matches("^registry\\\\.example\\\\.com/.+@sha256:[0-9a-f]{64}$"))',
    'action.images.map(i, i.split(":")[0]).all(i, i.startsWith("a"))',
    'cel.bind(n, target.name + "-canary", facts.images.exists(i, i.endsWith(n)))',
  ])('as teams write them is taken: %s', (when) => {
    expect(expressionFlaw(when)).toBeUndefined();
    expect(typeof answer(when)).toBe('boolean');
  });

  test.each([
    ['a long list', 'facts.images.size() > 3', { facts: { ...largest.facts, images: texts(129, 3) } }],
    ['a large map', '"a" in labels', { labels: map(129) }],
    ['a long text', 'has(target.name)', { target: { ...largest.target, name: 'a'.repeat(513) } }],
    [
      'a long entry',
      'facts.images.exists(i, i == "b")',
      { facts: { ...largest.facts, images: texts(1, 513) } },
    ],
  ])('cannot be answered on %s', (_name, when, more) => {
    expect(() => answer(when, { ...largest, ...more })).toThrow(/more than an expression may look at/);
  });

  test('is answered when it does not ask for what is too large', () => {
    expect(answer('target.kind == "Deployment"', { ...largest, labels: map(1000) })).toBe(true);
  });
});

function doubling(times: number): string {
  const bound = Array.from({ length: times }, (_, i) => `cel.bind(x${i + 1}, x${i} + x${i}, `).join('');
  return `cel.bind(x0, facts.images, ${bound}size(x${times}) > 1${')'.repeat(times + 1)}`;
}
