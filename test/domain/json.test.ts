import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asJson,
  canonicalJson,
  changedLeaves,
  isJsonObject,
  type Json,
  json,
  leafChanges,
} from '../../src/domain/text/json.ts';

const anyJson = fc.jsonValue().map((value) => json.parse(value));

function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, shuffled(item)] as const);
  return Object.fromEntries(entries.reverse());
}

describe('canonicalJson', () => {
  it.each<[Json, string]>([
    [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
    [{ a: { d: [], c: {} } }, '{"a":{"c":{},"d":[]}}'],
    [[3, 1, 2], '[3,1,2]'],
    [{ 10: 'x', 9: 'y', a: null }, '{"10":"x","9":"y","a":null}'],
    [{ é: 1, z: 2, Z: 3 }, '{"Z":3,"z":2,"é":1}'],
    ['a "quoted"\nline', '"a \\"quoted\\"\\nline"'],
    [1e21, '1e+21'],
    [-0, '0'],
    [true, 'true'],
  ])('%j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('reads back as the same value', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
      }),
    );
  });
});

describe('asJson', () => {
  it('leaves out what is undefined', () => {
    expect(asJson({ a: undefined, b: { c: undefined, d: 1 } })).toEqual({ b: { d: 1 } });
  });
});

describe('what has changed', () => {
  it.each<[string, Json, Json, string[]]>([
    ['nothing', { a: { b: [1] } }, { a: { b: [1] } }, []],
    [
      'a leaf',
      { freezes: { first: { tier: 'human' } } },
      { freezes: { first: { tier: 'dual' } } },
      ['freezes.first.tier: "human" -> "dual"'],
    ],
    ['a list as a whole', { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, ['a: [1,{"b":2}] -> [1,{"b":3}]']],
    [
      'what has come and what has gone, by their paths',
      { z: 1, b: { c: 2 } },
      { a: 3, z: 1 },
      ['a: null -> 3', 'b: {"c":2} -> null'],
    ],
    ['an object in the place of a text', { a: 'x' }, { a: { b: 1 } }, ['a: "x" -> {"b":1}']],
    ['the whole', 1, null, [': 1 -> null']],
  ])('%s', (_name, before, after, lines) => {
    expect(leafChanges(before, after)).toEqual(lines);
  });

  it('has its keys one by one, for they may hold dots', () => {
    expect(changedLeaves({ labels: { 'a.b': '1' } }, { labels: { 'a.b': '2' } })).toEqual([
      { path: 'labels.a.b', keys: ['labels', 'a.b'], was: '"1"', is: '"2"' },
    ]);
  });
});
