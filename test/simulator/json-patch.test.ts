import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/simulator/json.ts';
import { applyJsonPatch, jsonPatch } from '../../src/simulator/patch/json-patch.ts';

function patch(document: Json, operations: unknown): Json | undefined {
  return applyJsonPatch(document, jsonPatch.parse(operations));
}

interface Case {
  readonly name: string;
  readonly document: Json;
  readonly patch: unknown;
  /** Absent where the patch must fail. */
  readonly result?: Json;
}

const appendix: readonly Case[] = [
  {
    name: 'A.1 adding an object member',
    document: { foo: 'bar' },
    patch: [{ op: 'add', path: '/baz', value: 'qux' }],
    result: { baz: 'qux', foo: 'bar' },
  },
  {
    name: 'A.2 adding an array element',
    document: { foo: ['bar', 'baz'] },
    patch: [{ op: 'add', path: '/foo/1', value: 'qux' }],
    result: { foo: ['bar', 'qux', 'baz'] },
  },
  {
    name: 'A.3 removing an object member',
    document: { baz: 'qux', foo: 'bar' },
    patch: [{ op: 'remove', path: '/baz' }],
    result: { foo: 'bar' },
  },
  {
    name: 'A.4 removing an array element',
    document: { foo: ['bar', 'qux', 'baz'] },
    patch: [{ op: 'remove', path: '/foo/1' }],
    result: { foo: ['bar', 'baz'] },
  },
  {
    name: 'A.5 replacing a value',
    document: { baz: 'qux', foo: 'bar' },
    patch: [{ op: 'replace', path: '/baz', value: 'boo' }],
    result: { baz: 'boo', foo: 'bar' },
  },
  {
    name: 'A.6 moving a value',
    document: { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
    patch: [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
    result: { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
  },
  {
    name: 'A.7 moving an array element',
    document: { foo: ['all', 'grass', 'cows', 'eat'] },
    patch: [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
    result: { foo: ['all', 'cows', 'eat', 'grass'] },
  },
  {
    name: 'A.8 testing a value: success',
    document: { baz: 'qux', foo: ['a', 2, 'c'] },
    patch: [
      { op: 'test', path: '/baz', value: 'qux' },
      { op: 'test', path: '/foo/1', value: 2 },
    ],
    result: { baz: 'qux', foo: ['a', 2, 'c'] },
  },
  {
    name: 'A.9 testing a value: error',
    document: { baz: 'qux' },
    patch: [{ op: 'test', path: '/baz', value: 'bar' }],
  },
  {
    name: 'A.10 adding a nested member object',
    document: { foo: 'bar' },
    patch: [{ op: 'add', path: '/child', value: { grandchild: {} } }],
    result: { foo: 'bar', child: { grandchild: {} } },
  },
  {
    name: 'A.11 ignoring unrecognized elements',
    document: { foo: 'bar' },
    patch: [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }],
    result: { foo: 'bar', baz: 'qux' },
  },
  {
    name: 'A.12 adding to a nonexistent target',
    document: { foo: 'bar' },
    patch: [{ op: 'add', path: '/baz/bat', value: 'qux' }],
  },
  {
    name: 'A.14 ~ escape ordering',
    document: { '/': 9, '~1': 10 },
    patch: [{ op: 'test', path: '/~01', value: 10 }],
    result: { '/': 9, '~1': 10 },
  },
  {
    name: 'A.15 comparing strings and numbers',
    document: { '/': 9, '~1': 10 },
    patch: [{ op: 'test', path: '/~01', value: '10' }],
  },
  {
    name: 'A.16 adding an array value',
    document: { foo: ['bar'] },
    patch: [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
    result: { foo: ['bar', ['abc', 'def']] },
  },
];

const more: readonly Case[] = [
  {
    name: 'test of a value fails on an absent path',
    document: {},
    patch: [{ op: 'test', path: '/spec/replicas', value: 0 }],
  },
  {
    name: 'add replaces a member that exists',
    document: { a: 1 },
    patch: [{ op: 'add', path: '/a', value: 2 }],
    result: { a: 2 },
  },
  { name: 'remove fails on an absent path', document: {}, patch: [{ op: 'remove', path: '/a' }] },
  { name: 'an index beyond the end fails', document: ['a'], patch: [{ op: 'add', path: '/2', value: 'b' }] },
  {
    name: 'an index with a leading zero fails',
    document: ['a', 'b'],
    patch: [{ op: 'replace', path: '/01', value: 'c' }],
  },
  {
    name: 'objects are equal in any key order',
    document: { a: { x: 1, y: 2 } },
    patch: [{ op: 'test', path: '/a', value: { y: 2, x: 1 } }],
    result: { a: { x: 1, y: 2 } },
  },
  {
    name: 'moving into itself fails',
    document: { a: { b: 1 } },
    patch: [{ op: 'move', from: '/a', path: '/a/b' }],
  },
  {
    name: 'copying',
    document: { a: [1] },
    patch: [
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'add', path: '/b/-', value: 2 },
    ],
    result: { a: [1], b: [1, 2] },
  },
  {
    name: 'the whole document',
    document: { a: 1 },
    patch: [{ op: 'replace', path: '', value: { b: 2 } }],
    result: { b: 2 },
  },
  {
    name: 'one failing operation undoes those before it',
    document: { a: 1 },
    patch: [
      { op: 'replace', path: '/a', value: 2 },
      { op: 'test', path: '/a', value: 1 },
    ],
  },
];

const one = (op: string, path: string, more: object = {}) => [{ op, path, ...more }];

/** Where evanphx/json-patch 4.13, the API server's library, reads RFC 6902 its own way; each case was run through it. */
const ofTheApiServer: readonly Case[] = [
  {
    name: 'test of null passes for an absent member',
    document: { spec: {} },
    patch: one('test', '/spec/paused', { value: null }),
    result: { spec: {} },
  },
  {
    name: 'test without a value is a test of null',
    document: { spec: {} },
    patch: one('test', '/spec/paused'),
    result: { spec: {} },
  },
  {
    name: 'test of null passes for a member that is null',
    document: { a: null },
    patch: one('test', '/a', { value: null }),
    result: { a: null },
  },
  {
    name: 'test of null fails for a member that has a value',
    document: { spec: { paused: true } },
    patch: one('test', '/spec/paused', { value: null }),
  },
  {
    name: 'test of null fails where the object of the member is absent',
    document: {},
    patch: one('test', '/spec/paused', { value: null }),
  },
  {
    name: 'test of null fails where the object of the member is a text',
    document: { a: 's' },
    patch: one('test', '/a/b', { value: null }),
  },
  {
    name: 'test of null fails beyond the end of a list',
    document: { a: ['x'] },
    patch: one('test', '/a/1', { value: null }),
  },
  { name: 'test fails after the end of a list', document: { a: ['x'] }, patch: one('test', '/a/-') },
  {
    name: 'test of an object without a member that is null fails',
    document: { a: { x: null } },
    patch: one('test', '/a', { value: {} }),
  },
  {
    name: 'test of the whole document',
    document: { a: 1 },
    patch: one('test', '', { value: { a: 1 } }),
    result: { a: 1 },
  },
  { name: 'test of another whole document', document: { a: 1 }, patch: one('test', '', { value: {} }) },
  {
    name: 'replace makes an absent member',
    document: {},
    patch: one('replace', '/a', { value: 1 }),
    result: { a: 1 },
  },
  {
    name: 'replace fails where the object of the member is absent',
    document: {},
    patch: one('replace', '/a/b', { value: 1 }),
  },
  {
    name: 'replace fails beyond the end of a list',
    document: { a: [1] },
    patch: one('replace', '/a/1', { value: 1 }),
  },
  {
    name: 'replace fails after the end of a list',
    document: { a: [1] },
    patch: one('replace', '/a/-', { value: 1 }),
  },
  { name: 'add without a value adds null', document: {}, patch: one('add', '/b'), result: { b: null } },
  {
    name: 'add at the length of a list appends',
    document: { a: [1] },
    patch: one('add', '/a/1', { value: 2 }),
    result: { a: [1, 2] },
  },
  { name: 'add to a member of null fails', document: { a: null }, patch: one('add', '/a/b', { value: 2 }) },
  { name: 'add of the whole document fails', document: { a: 1 }, patch: one('add', '', { value: {} }) },
  { name: 'remove of the whole document fails', document: { a: 1 }, patch: one('remove', '') },
  {
    name: 'remove of a member that is null',
    document: { a: null },
    patch: one('remove', '/a'),
    result: {},
  },
  {
    name: 'copy of an absent member adds null',
    document: { a: 1 },
    patch: one('copy', '/b', { from: '/x' }),
    result: { a: 1, b: null },
  },
  {
    name: 'copy from beyond the end of a list fails',
    document: { a: [1] },
    patch: one('copy', '/b', { from: '/a/1' }),
  },
  {
    name: 'copy to beyond the end of a list fails',
    document: { a: [1, 2] },
    patch: one('copy', '/a/9', { from: '/a/0' }),
  },
  {
    name: 'copy of the whole document fails',
    document: { a: 1 },
    patch: one('copy', '/b', { from: '' }),
  },
  {
    name: 'copy over the whole document fails',
    document: { a: {} },
    patch: one('copy', '', { from: '/a' }),
  },
  { name: 'move of an absent member fails', document: { a: 1 }, patch: one('move', '/b', { from: '/x' }) },
  {
    name: 'move to where it is',
    document: { a: { b: 1 } },
    patch: one('move', '/a', { from: '/a' }),
    result: { a: { b: 1 } },
  },
  {
    name: 'move counts in the list without what is moved',
    document: { l: [1, { n: 'b' }, { n: 'c' }] },
    patch: one('move', '/l/1/x', { from: '/l/0' }),
    result: { l: [{ n: 'b' }, { n: 'c', x: 1 }] },
  },
  { name: 'a path without a slash fails', document: { a: 1 }, patch: one('add', 'a', { value: 2 }) },
  { name: 'an operation without a path fails', document: { a: 1 }, patch: [{ op: 'add', value: 1 }] },
  { name: 'an operation without its origin fails', document: { a: 1 }, patch: one('move', '/b') },
  { name: 'an unknown operation fails', document: { a: 1 }, patch: one('increase', '/a') },
  { name: 'no operations change nothing', document: { a: 1 }, patch: [], result: { a: 1 } },
];

/** Where the library finds something because of what JavaScript gives to every object or list. */
const ofJavaScript: readonly Case[] = [
  {
    name: 'the length of a list cannot be tested',
    document: [7],
    patch: one('test', '/length', { value: 1 }),
  },
  { name: 'the length of a list cannot be removed', document: [7], patch: one('remove', '/length') },
  { name: 'a list has no member by name', document: [7], patch: one('add', '/name', { value: 1 }) },
  { name: 'an inherited member is absent', document: {}, patch: one('remove', '/toString') },
  {
    name: 'a name that is inherited can be given to a member',
    document: {},
    patch: [...one('test', '/toString', { value: null }), ...one('add', '/toString', { value: 1 })],
    result: { toString: 1 },
  },
];

describe('JSON Patch', () => {
  test.each([...appendix, ...more, ...ofTheApiServer, ...ofJavaScript])(
    '$name',
    ({ document, patch: operations, result }) => {
      const before = structuredClone(document);
      expect(patch(document, operations)).toEqual(result);
      expect(document).toEqual(before);
    },
  );

  test.each(['/__proto__', '/a/__proto__/polluted', '/constructor', '/a/prototype/b'])(
    '%s is refused and reaches no prototype',
    (path) => {
      expect(patch({ a: {} }, one('add', path, { value: { polluted: true } }))).toBeUndefined();
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    },
  );

  test.each([{ op: 'add' }, [1], ['add'], null])('%j is not a JSON patch', (body) => {
    expect(jsonPatch.safeParse(body).success).toBe(false);
  });
});

describe('JSON Pointer, the examples of RFC 6901', () => {
  const document = {
    foo: ['bar', 'baz'],
    '': 0,
    'a/b': 1,
    'c%d': 2,
    'e^f': 3,
    'g|h': 4,
    'i\\j': 5,
    'k"l': 6,
    ' ': 7,
    'm~n': 8,
  };
  test.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('%j', (pointer, value) => {
    expect(patch(document, [{ op: 'test', path: pointer, value }])).toEqual(document);
  });
});
