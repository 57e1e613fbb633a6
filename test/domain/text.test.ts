import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cut, shortened, storable } from '../../src/domain/text/text.ts';

test.each([
  ['plain text', 'scale web', 'scale web'],
  ['NUL', 'a\0b', 'a\uFFFDb'],
  ['a lone high surrogate', 'a\uD83Db', 'a\uFFFDb'],
  ['a lone low surrogate', '\uDE00', '\uFFFD'],
  ['a pair', '😀', '😀'],
  ['pairs in the wrong order', '\uDE00\uD83D', '\uFFFD\uFFFD'],
])('%s is made storable', (_name, text, expected) => {
  expect(storable(text)).toBe(expected);
});

test.each([
  ['shorter', 'abc', 5, 'abc'],
  ['as long', 'abcde', 5, 'abcde'],
  ['longer', 'abcdef', 5, 'abcde'],
  ['ending in the middle of a pair', 'abcd😀', 5, 'abcd'],
  ['ending after a pair', 'abc😀f', 5, 'abc😀'],
  ['whole with a pair at its end', 'abc😀', 5, 'abc😀'],
])('%s is cut', (_name, text, length, expected) => {
  expect(cut(text, length)).toBe(expected);
});

test('what is storable stays storable when it is cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 30 }), (text, length) => {
      const kept = cut(storable(text), length);
      expect(kept.isWellFormed()).toBe(true);
      expect(kept.length).toBeLessThanOrEqual(length);
      expect(kept).not.toContain('\0');
    }),
  );
});

test.each([
  ['as long', 'abcde', 5, 'abcde'],
  ['longer', 'abcdef', 5, 'abcd…'],
  ['with a pair at the end of what is kept', 'abc😀fg', 5, 'abc…'],
])('%s is shortened', (_name, text, length, expected) => {
  expect(shortened(text, length)).toBe(expected);
});
