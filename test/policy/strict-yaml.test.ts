import { expect, test } from 'vitest';
import { z } from 'zod';
import { readStrictYaml } from '../../src/policy/strict-yaml.ts';

const schema = z.strictObject({
  name: z.string(),
  sizes: z.array(z.number()).optional(),
  inner: z.strictObject({ flag: z.boolean() }).optional(),
  kind: z.enum(['alpha', 'beta']).optional(),
  named: z.record(z.string().regex(/^[a-z]+$/, 'must be in lower case'), z.number()).optional(),
});

const read = (text: string) => readStrictYaml('f.yaml', text, schema);

test('a document that is right', () => {
  expect(read('name: web # why\nsizes: [1, 2]\ninner:\n  flag: true\n')).toEqual({
    kind: 'loaded',
    value: { name: 'web', sizes: [1, 2], inner: { flag: true } },
  });
});

test('an alias or two are fine', () => {
  const text = 'name: &n web\nsizes: &s [1]\n';
  expect(readStrictYaml('f', `${text}other: *n\n`, schema.extend({ other: z.string() })).kind).toBe('loaded');
});

/** Nine levels of nine aliases: 9^9 texts if it were followed. */
const bomb = Array.from(
  { length: 9 },
  (_, level) =>
    `l${level}: &a${level} [${Array(9)
      .fill(level === 0 ? 'lol' : `*a${level - 1}`)
      .join(',')}]`,
).join('\n');

test.each([
  [
    'an unknown key',
    'name: web\ncolour: red\n',
    ['f.yaml:2:1: the document: unknown key "colour"; there are name, sizes, inner, kind, named'],
  ],
  [
    'an unknown key whose value begins lines later',
    'name: web\ncolour:\n  - red\n',
    ['f.yaml:2:1: the document: unknown key "colour"; there are name, sizes, inner, kind, named'],
  ],
  [
    'two unknown keys, each in its place',
    'a: 1\nname: web\nb: 2\n',
    [
      'f.yaml:1:1: the document: unknown key "a"; there are name, sizes, inner, kind, named',
      'f.yaml:3:1: the document: unknown key "b"; there are name, sizes, inner, kind, named',
    ],
  ],
  [
    'an unknown key further in',
    'name: web\ninner:\n  flag: true\n  flog: true\n',
    ['f.yaml:4:3: inner: unknown key "flog"; did you mean "flag"?'],
  ],
  [
    'a key in another case',
    'Name: web\nname: web\n',
    ['f.yaml:1:1: the document: unknown key "Name"; did you mean "name"?'],
  ],
  ['a key twice', 'name: a\nname: b\n', ['f.yaml:2:1: Map keys must be unique']],
  ['a wrong type', 'name: web\nsizes: [1, two]\n', ['f.yaml:2:12: sizes.1: must be a number, and is text']],
  [
    'a missing value, at the nearest thing around it',
    'name: web\ninner: {}\n',
    ['f.yaml:2:8: inner.flag: is missing'],
  ],
  [
    'a word that is none of some',
    'name: web\nkind: alhpa\n',
    ['f.yaml:2:7: kind: must be one of alpha, beta; did you mean "alpha"?'],
  ],
  ['a word like none of them', 'name: web\nkind: other\n', ['f.yaml:2:7: kind: must be one of alpha, beta']],
  ['no number', 'name: web\nsizes: [.nan]\n', ['f.yaml:2:9: sizes.0: must be a number, and is NaN']],
  ['a list instead of a map', '- 1\n', ['f.yaml:1:1: the document: must be a map, and is a list']],
  ['nothing but a comment', '# later\n', ['f.yaml:1:1: the document: must be a map, and is empty']],
  ['an unknown tag', 'name: !js/function "x"\n', ['f.yaml:1:7: Unresolved tag: !js/function']],
  [
    'a prototype',
    'name: web\n__proto__: { polluted: true }\n',
    ['f.yaml:2:1: the document: unknown key "__proto__"; there are name, sizes, inner, kind, named'],
  ],
  [
    'a key that is no name',
    'name: web\nnamed: { a b: 1 }\n',
    ['f.yaml:2:10: named: "a b" must be in lower case'],
  ],
  [
    'two documents',
    'name: a\n---\nname: b\n',
    ['f.yaml:2:1: a second document begins here ("---"); a file has one'],
  ],
  [
    'an alias without an anchor',
    'name: *gone\n',
    [
      'f.yaml: its aliases (*name) cannot be resolved: Unresolved alias (the anchor must be set before the alias): gone',
    ],
  ],
  [
    'an alias bomb',
    bomb,
    [
      'f.yaml: its aliases (*name) cannot be resolved: Excessive alias count indicates a resource exhaustion attack',
    ],
  ],
  ['more than a mebibyte', `name: ${'x'.repeat(1024 * 1024)}`, ['f.yaml: larger than 1048576 bytes']],
  [
    'more than a mebibyte of two-byte letters',
    `name: ${'é'.repeat(600_000)}`,
    ['f.yaml: larger than 1048576 bytes'],
  ],
])('%s', (_name, text, problems) => {
  expect(read(text)).toEqual({ kind: 'refused', problems });
});

test('a tab as indentation names its line', () => {
  const answer = read('name: web\ninner:\n\tflag: true\n');
  expect(answer).toMatchObject({ kind: 'refused', problems: [expect.stringMatching(/^f\.yaml:3:1: /)] });
});

test('exactly a mebibyte is read', () => {
  const text = `name: ${'x'.repeat(1024 * 1024 - 'name: '.length)}`;
  expect(read(text).kind).toBe('loaded');
});

const measured = z.strictObject({
  text: z.string().min(1).max(3).optional(),
  list: z.array(z.string()).min(1).max(1).optional(),
  count: z.number().int().positive().lt(10).optional(),
  flag: z.boolean().optional(),
  word: z.enum(['one', 'two']).optional(),
  address: z.url({ protocol: /^https?$/ }).optional(),
  own: z.string('must be said').optional(),
});

test.each([
  ['text: 1.10', 'must be text, and is a number; put it in quotes'],
  ['text: true', 'must be text, and is true or false; put it in quotes'],
  ['text: ""', 'must not be empty'],
  ['text: four', 'must have at most 3 characters, and has 4'],
  ['list: 1', 'must be a list, and is a number'],
  ['list: []', 'must have at least 1 entry, and has none'],
  ['list: [a, b]', 'must have at most 1 entry, and has 2'],
  ['count: 1.5', 'must be a whole number, and is 1.5'],
  ['count: 0', 'must be more than 0'],
  ['count: 10', 'must be less than 10'],
  ['count:', 'must be a number, and is empty'],
  ['flag: "yes"', 'must be true or false, and is text'],
  ['word: three', 'must be one of one, two'],
  ['address: example.com', 'must be an address that begins with https:// or http://'],
  ['own: 1', 'must be said'],
])('%s: %s', (text, sentence) => {
  const read = readStrictYaml('f', `${text}\n`, measured);
  expect(read.kind === 'refused' ? read.problems.map((each) => each.replace(/^.*?: .*?: /, '')) : []).toEqual(
    [sentence],
  );
});
