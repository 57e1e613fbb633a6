import { describe, expect, test } from 'vitest';
import { policyDiff, withTrusted } from '../../src/policy/edit.ts';
import { unifiedDiff } from '../../src/policy/unified-diff.ts';

const entry = { playbook: 'restart', environment: 'other namespaces' };
const added = '{ playbook: restart, environment: other namespaces }';

describe('one more playbook in trust.alone', () => {
  test.each<[string, string, string]>([
    [
      'an empty list on one line',
      'trust: { minimum: 0.5, alone: [] } # why\nrules: []\n',
      `trust: { minimum: 0.5, alone: [${added}] } # why\nrules: []\n`,
    ],
    [
      'a list on one line',
      'trust: { minimum: 0.5, alone: [{ playbook: a, environment: b }] }\n',
      `trust: { minimum: 0.5, alone: [{ playbook: a, environment: b }, ${added}] }\n`,
    ],
    [
      'a list of lines, with comments around it',
      'trust:\n  minimum: 0.5\n  alone: # those\n    - { playbook: a, environment: b } # first\n    - playbook: c\n      environment: d # second\n# after\nrules: []\n',
      `trust:\n  minimum: 0.5\n  alone: # those\n    - { playbook: a, environment: b } # first\n    - playbook: c\n      environment: d # second\n    - ${added}\n# after\nrules: []\n`,
    ],
    [
      'the last lines of a file without an end',
      'trust:\n  minimum: 0.5\n  alone:\n  - { playbook: a, environment: b }',
      `trust:\n  minimum: 0.5\n  alone:\n  - { playbook: a, environment: b }\n  - ${added}\n`,
    ],
    [
      'lines that end as on Windows',
      'trust:\r\n  alone:\r\n    - { playbook: a, environment: b }\r\nrules: []\r\n',
      `trust:\r\n  alone:\r\n    - { playbook: a, environment: b }\r\n    - ${added}\r\nrules: []\r\n`,
    ],
  ])('%s', (_name, before, after) => {
    expect(withTrusted('policy.yaml', before, entry)).toMatchObject({ kind: 'edited', text: after });
  });

  test.each<[string, string]>([
    ['no list', 'trust: { minimum: 0.5 }\n'],
    ['no trust', 'version: 1\n'],
    ['no YAML', 'trust: { minimum: [\n'],
    ['a list by an alias', 'x: &x []\ntrust: { alone: *x }\n'],
  ])('%s is refused with a reason', (_name, text) => {
    expect(withTrusted('policy.yaml', text, entry)).toMatchObject({
      kind: 'refused',
      reason: expect.any(String),
    });
  });

  test('names that are no plain words are quoted', () => {
    const text = 'trust: { alone: [] }\n';
    const edited = withTrusted('policy.yaml', text, { playbook: 'true', environment: 'a: b' });
    expect(edited).toMatchObject({ kind: 'refused' });
    const odd = withTrusted('policy.yaml', text, { playbook: 'x', environment: 'a: "b"' });
    expect(odd).toMatchObject({ text: 'trust: { alone: [{ playbook: x, environment: "a: \\"b\\"" }] }\n' });
  });

  test('where there is no file, or none that can be read, it says so', () => {
    expect(policyDiff(undefined, entry)).toMatchObject({ kind: 'none' });
    expect(policyDiff('/nowhere/policy.yaml', entry)).toMatchObject({ kind: 'none' });
  });
});

test('a unified diff has three lines around the change', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', ''].join('\n');
  const after = before.replace('e\n', 'e\nnew\n');
  expect(unifiedDiff('p.yaml', before, after)).toBe(
    ['--- a/p.yaml', '+++ b/p.yaml', '@@ -3,6 +3,7 @@', ' c', ' d', ' e', '+new', ' f', ' g', ' h', ''].join(
      '\n',
    ),
  );
  expect(unifiedDiff('p.yaml', before, before)).toBe('');
});
