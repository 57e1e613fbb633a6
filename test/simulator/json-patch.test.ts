import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/domain/text/json.ts';
import { applyJsonPatch, jsonPatch, lookUp, segments } from '../../src/simulator/patch/json-patch.ts';

function patch(document: Json, operations: unknown): Json | undefined {
  const result = applyJsonPatch(document, jsonPatch.parse(operations));
  return result.kind === 'patched' ? result.document : undefined;
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
    name: 'test of null passes on an absent path, as in the API server',
    document: {},
    patch: [{ op: 'test', path: '/spec/paused', value: null }],
    result: {},
  },
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
  { name: 'replace fails on an absent path', document: {}, patch: [{ op: 'replace', path: '/a', value: 1 }] },
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

describe('JSON Patch', () => {
  test.each([...appendix, ...more])('$name', ({ document, patch: operations, result }) => {
    const before = structuredClone(document);
    expect(patch(document, operations)).toEqual(result);
    expect(document).toEqual(before);
  });

  test('a key named __proto__ is a key like any other', () => {
    const patched = patch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(JSON.stringify(patched)).toBe('{"__proto__":{"polluted":true}}');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
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
    expect(lookUp(document, segments(pointer))).toEqual(value);
  });
});
