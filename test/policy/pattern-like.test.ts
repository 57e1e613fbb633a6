import { expect, test } from 'vitest';
import { patternLike } from '../../src/policy/pattern-like.ts';
import { mismatch } from '../../src/stages/intake/match.ts';
import { playbookFrom } from '../fixtures/playbooks.ts';
import { alertOf } from '../fixtures/script.ts';

const head = 'version: 1\nname: p\ndescription: d\naction: cordon {{node}}\n';
const advice = (label: string, value: string, expression: string) =>
  `match.${label}: "${value}" is compared letter by letter; for a pattern use match.when: ${expression}`;

test.each<[string, string, readonly string[]]>([
  ['names and versions', '{ labels: { alertname: [A, B_c-d.e], version: v1.2.3+build, path: /a/b:80 } }', []],
  ['nothing but an expression', "{ when: \"labels['pod'].matches('web-.*')\" }", []],
  [
    'a regular expression',
    '{ labels: { pod: "web-.*" } }',
    [advice('labels.pod', 'web-.*', 'labels["pod"].matches("^(?:web-.*)$")')],
  ],
  [
    'alternatives, one of a list, and a character class',
    '{ labels: { alertname: A, namespace: [shop, "a|b"] }, annotations: { team: "[a-z]+" } }',
    [
      advice('labels.namespace', 'a|b', 'labels["namespace"].matches("^(?:a|b)$")'),
      advice('annotations.team', '[a-z]+', 'annotations["team"].matches("^(?:[a-z]+)$")'),
    ],
  ],
  [
    'a backslash',
    "{ labels: { pod: 'web-\\d+' } }",
    [advice('labels.pod', 'web-\\d+', 'labels["pod"].matches("^(?:web-\\\\d+)$")')],
  ],
])('%s', (_name, match, notes) => {
  expect(patternLike(playbookFrom(`${head}match: ${match}\n`))).toEqual(notes);
});

test.each(['web-.*', 'web-\\d+', 'api|web-1'])('what is offered for %s matches what was meant', (pattern) => {
  const [note = ''] = patternLike({ match: { labels: { pod: pattern } } });
  const when = note.slice(note.indexOf('match.when: ') + 'match.when: '.length);
  const playbook = playbookFrom(`${head}match: { when: ${JSON.stringify(when)} }\n`);
  expect(mismatch(alertOf({ alertname: 'A', pod: 'web-1' }), playbook)).toBeUndefined();
  for (const other of [{ pod: 'my-web-x' }, {}])
    expect(mismatch(alertOf({ alertname: 'A', ...other }), playbook)).toContain('Not true of it');
});
