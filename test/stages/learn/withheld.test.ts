import { expect, test } from 'vitest';
import type { Json } from '../../../src/domain/text/json.ts';
import { withhold } from '../../../src/stages/learn/withheld.ts';
import { restartOf } from '../../fixtures/facts.ts';

const secret = 'hunter2hunter2';
const podSpec = {
  containers: [
    { name: 'web', image: 'web:1', command: ['run', secret], env: [{ name: 'A', value: secret }] },
  ],
};
const template = { metadata: { annotations: { note: secret } }, spec: podSpec };

const cases: readonly (readonly [string, Json, readonly string[]])[] = [
  [
    'the template of a revision',
    { revisions: [{ revision: 3, template }] },
    [
      '/revisions/0/template/metadata/annotations/note',
      '/revisions/0/template/spec/containers/0/command/0',
      '/revisions/0/template/spec/containers/0/command/1',
      '/revisions/0/template/spec/containers/0/env/0/value',
    ],
  ],
  [
    'what an undo writes',
    { operations: [{ op: 'replace', path: '/spec/template', value: template }] },
    [
      '/operations/0/value/metadata/annotations/note',
      '/operations/0/value/spec/containers/0/command/0',
      '/operations/0/value/spec/containers/0/command/1',
      '/operations/0/value/spec/containers/0/env/0/value',
    ],
  ],
  [
    'what an undo is recognised by',
    {
      fields: [
        { path: '/spec/template/spec', value: podSpec },
        { path: '/spec/template/metadata/annotations', value: { note: secret } },
      ],
    },
    [
      '/fields/0/value/containers/0/command/0',
      '/fields/0/value/containers/0/command/1',
      '/fields/0/value/containers/0/env/0/value',
      '/fields/1/value/note',
    ],
  ],
  [
    'a new Job',
    { body: { spec: { template } } },
    [
      '/body/spec/template/metadata/annotations/note',
      '/body/spec/template/spec/containers/0/command/0',
      '/body/spec/template/spec/containers/0/command/1',
      '/body/spec/template/spec/containers/0/env/0/value',
    ],
  ],
  [
    'what a new Job says of itself',
    { body: { metadata: { annotations: { 'a/b~c': secret } } } },
    ['/body/metadata/annotations/a~1b~0c'],
  ],
  ['a password in a sentence', { sentence: `login with password=${secret} failed` }, ['/sentence']],
];
test.each(cases)('%s is without its values, and says where', (_name, value, paths) => {
  const { value: shown, paths: found } = withhold(value, [restartOf()]);
  expect(JSON.stringify(shown)).not.toContain(secret);
  expect(found.toSorted()).toEqual(paths.toSorted());
});

test('what people approved on the card stays', () => {
  const value = {
    operations: [
      { op: 'add', path: '/spec/template/spec/containers/0/env', value: [{ name: 'MODE', value: 'slow' }] },
    ],
  };
  expect(withhold(value, [])).toEqual({ value, paths: [] });
});

test.each<[string, string, string, string]>([
  ['a value that could be shown stays', 'MODE', 'slow', 'slow'],
  ['a secret is named by what it is not', 'API_TOKEN', 'a9f8e7d6c5b4a3f2e1d0', '[not shown]'],
  ['a secret without a value takes nothing out', 'API_TOKEN', '', 'as it is'],
])('%s', (_name, name, text, expected) => {
  const target = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
  const request = { verb: 'set env', target, set: [{ name, value: text }], remove: [] } as const;
  const says = text === '' ? 'as it is' : text;
  const { value } = withhold({ says }, [{ ...request, set: [...request.set], remove: [] }]);
  expect(value).toEqual({ says: expected });
});

test('a value that could not be shown is nowhere', () => {
  const target = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
  const token = 'a9f8e7d6c5b4a3f2e1d0';
  const request = {
    verb: 'set env',
    target,
    set: [{ name: 'API_TOKEN', value: token }],
    remove: [],
  } as const;
  const value = {
    action: { set: [{ name: 'API_TOKEN', value: token }] },
    says: `API_TOKEN becomes ${token}`,
  };
  expect(
    JSON.stringify(withhold(value, [{ ...request, set: [...request.set], remove: [] }]).value),
  ).not.toContain(token);
});
