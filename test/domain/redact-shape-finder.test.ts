import { describe, expect, test } from 'vitest';
import { codesOf } from '../../src/domain/text/secrets/runs.ts';
import {
  beginning,
  createShapeFinder,
  type Shapes,
  shapesByPair,
} from '../../src/domain/text/secrets/shape-finder.ts';

test.each<[string, string[]]>([
  ['abcd', ['a', 'b', 'c']],
  ['a[bc]d', ['a', '[bc]', 'd']],
  ['[a\\]b]c\\.d', ['[a\\]b]', 'c', '\\.']],
  ['\\w{2}ab', ['\\w', '\\w', 'a']],
  ['a[0-9]{1,}b', ['a', '[0-9]', 'b']],
  ['[0-9]{1,4}ab', ['[0-9]', 'a', 'b']],
  ['a{12}bc', ['a', 'a', 'a']],
  ['ab{10,12}', ['a', 'b', 'b']],
  ['(?:a|b)cd', ['.', '.', '.']],
  ['a(?:b|c)d', ['a', '.', '.']],
  ['ab', ['a', 'b', '.']],
])('%s begins with %j', (shape, characters) => {
  expect(beginning(shape)).toEqual(characters);
});

test('a shape is tried at the pairs that it may begin with, and nowhere else', () => {
  const pairs = shapesByPair(['ab', '[ac]b', 'x\\.']);
  const tried = pairs.flatMap((indices, pair) =>
    indices.length === 0 ? [] : [[String.fromCharCode(pair >> 7, pair & 127), ...indices]],
  );
  expect(tried).toEqual([
    ['ab', 0, 1],
    ['cb', 1],
    ['x.', 2],
  ]);
  expect(shapesByPair(['(?:a|\\n)b']).every((indices) => indices.length === 1)).toBe(true);
});

describe('what is found', () => {
  const shapes: Shapes = {
    one: ['ab-[0-9]{2}', 'abc[0-9]+'],
    two: ['abd[0-9]+', 'q[rs]!', 'é[0-9]x', 'here[!?]'],
    // What begins with a group may begin with anything.
    any: ['(?:\\n|=)uv[0-9]'],
  };
  const find = createShapeFinder(shapes);

  test.each<[string, [string, string][]]>([
    ['ab-12', [['ab-12', 'one']]],
    ['x ab-123', [['ab-12', 'one']]],
    [
      'abc1 abd2',
      [
        ['abc1', 'one'],
        ['abd2', 'two'],
      ],
    ],
    [
      'qr!qs!qr!',
      [
        ['qr!', 'two'],
        ['qs!', 'two'],
        ['qr!', 'two'],
      ],
    ],
    [
      '\nuv1 =uv2',
      [
        ['\nuv1', 'any'],
        ['=uv2', 'any'],
      ],
    ],
    ['xab-12 1abc1', []],
    ['abe1 ab q qr', []],
    ['\\nab-12', [['ab-12', 'one']]],
    ['é1x aé b', []],
    // It matches within other words, but not nothing.
    ['here!', [['here!', 'two']]],
    ['', []],
  ])('in %j', (text, expected) => {
    const spans = find(text, codesOf(text));
    expect(spans.map(({ start, end, name }) => [text.slice(start, end), name])).toEqual(expected);
  });
});
