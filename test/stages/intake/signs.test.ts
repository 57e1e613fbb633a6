import { expect, test } from 'vitest';
import { blankAt } from '../../../src/stages/intake/grammar/blanks.ts';
import { dashesAt, startsFlag } from '../../../src/stages/intake/grammar/dashes.ts';
import { linkAt, nameInLink } from '../../../src/stages/intake/grammar/links.ts';
import { closingQuote, isEscape } from '../../../src/stages/intake/grammar/quotes.ts';

/* The signs between words and around them, each by itself. */

test.each<[string, number, number]>([
  ['a b', 1, 1],
  ['a\tb', 1, 1],
  ['ab', 1, 0],
  ['a\\\nb', 1, 0],
  ['a \\\nb', 2, 2],
  ['a\\\n b', 1, 2],
  ['a\\\r\n b', 1, 3],
  ['\\\nb', 0, 2],
  ['a\\', 1, 0],
  ['a\\b', 1, 0],
  ['a\n-n', 1, 1],
  ['a\n  --x', 1, 3],
  ['a\n x', 1, 0],
  ['a\r\n\r\n -x', 1, 5],
  ['a\n', 1, 0],
  ['a\n-', 1, 0],
  ['a\n-1', 1, 0],
  ['a\n\u2013x', 1, 1],
  ['', 0, 0],
  ['a \\b\n c', 2, 0],
  ['a \\\rb', 2, 2],
  ['\n\n-x', 0, 2],
])('in %j at %i so many characters only part words: %i', (text, at, length) => {
  expect(blankAt(text, at)).toBe(length);
});

test.each<[string, ReturnType<typeof linkAt>, string | undefined]>([
  ['<http://a|a>', { label: { start: 10, end: 11 }, end: 12 }, 'a'],
  ['<http://a/|a>', { label: { start: 11, end: 12 }, end: 13 }, 'a'],
  ['<https://a|a>', { label: { start: 11, end: 12 }, end: 13 }, 'a'],
  ['<mailto:a@b|a@b>', { label: { start: 12, end: 15 }, end: 16 }, 'a@b'],
  ['<http://b|a>', undefined, 'a'],
  ['<ftp://a|a>', undefined, undefined],
  ['<http://a|a', undefined, undefined],
  ['<http://a>', undefined, 'a'],
  ['<http://|a>', undefined, 'a'],
  ['<http://a b|a>', undefined, undefined],
  ['<http://a//|a>', undefined, 'a'],
])('%j is a link to what it shows: %j', (text, link, name) => {
  expect(linkAt(text, 0)).toEqual(link);
  expect(linkAt(`x${text}`, 0)).toBeUndefined();
  const { label, end } = linkAt(`x${text}`, 1) ?? {};
  expect([label?.start, label?.end, end]).toEqual(
    [link?.label.start, link?.label.end, link?.end].map((place) => (place === undefined ? place : place + 1)),
  );
  expect(nameInLink(text)).toBe(name);
});

test.each<[string, string | undefined]>([
  ['<http://x|https://a/>', 'a'],
  ['<http://x|a/>', 'a'],
  ['<http://x|http://a>', 'a'],
  ['<http://https://a>', 'a'],
  ['x<http://a>', undefined],
  ['<http://a>x', undefined],
  ['<http://a b>', undefined],
  ['<mailto:a@b>', 'a@b'],
  ['<http://x|y|a>', undefined],
  ['<http://x|a b>', undefined],
])('%j may have been meant as %s', (text, name) => {
  expect(nameInLink(text)).toBe(name);
});

test.each<[string, number, number | undefined, boolean]>([
  ["'a'", 3, 2, false],
  ["'a", 2, undefined, false],
  ["'a'", 2, undefined, false],
  ['"a\\"b"', 6, 5, true],
  ['"a\\xb"', 6, 5, false],
  ["'a\\'", 4, 3, false],
  ['"a\\\\"', 5, 4, true],
  ['"\\"', 3, undefined, false],
  ['"\\$"', 4, 3, false],
  ['"\\`"', 4, 3, false],
  ['"a\\', 3, undefined, false],
  ["'a\\\\'", 5, 4, true],
])('%s up to %i is closed at %s', (text, end, close, escapes) => {
  expect(closingQuote(text, 0, end)).toBe(close);
  expect(isEscape(text, 2)).toBe(escapes);
});

test.each([
  ['-n', true],
  ['--name', true],
  ['\u2013n', true],
  ['\u2014name', true],
  ['-1', false],
  ['-', false],
  ['--', false],
  ['n', false],
  ['\u2013-name', true],
  ['---x', false],
  ['-N', true],
  [`--${'a'.repeat(64)}`, true],
  [`--${'a'.repeat(65)}`, true],
])('a flag begins with %j: %s', (text, starts) => {
  expect([startsFlag(text, 0), startsFlag(`x${text}`, 1)]).toEqual([starts, starts]);
});

const wrong = (dash: string, instead: '-' | '--') => ({
  code: 'not-ascii',
  reason: `${dash} is not the ASCII "${instead}" it looks like.`,
  span: { start: 0, end: 1 },
  instead,
});

test.each<[string, object | undefined]>([
  ['\u2013n a', { text: '-', end: 1 }],
  ['\u2013n=a', { text: '-', end: 1 }],
  ['\u2013n', { text: '-', end: 1 }],
  ['\u2013x', wrong('U+2013', '-')],
  ['\u2013name x', { text: '--', end: 1 }],
  ['\u2014namespace=x', { text: '--', end: 1 }],
  ['\u2013replicas', { text: '--', end: 1 }],
  ['\u2013\u2013replicas x', { text: '--', end: 2 }],
  ['-\u2013replicas', { text: '--', end: 2 }],
  ['\u2013-replicas', { text: '--', end: 2 }],
  ['\u2013nshop', wrong('U+2013', '--')],
  ['\u2013replicasx', wrong('U+2013', '--')],
  ['\u2013n.', wrong('U+2013', '-')],
  ['\u2013replicas.', wrong('U+2013', '--')],
  ['-n', undefined],
  ['\u2013R', { text: '-', end: 1 }],
  ['\u2014R x', { text: '-', end: 1 }],
  ['\u2013q', wrong('U+2013', '-')],
])('the dashes of %j', (text, found) => {
  expect(dashesAt(text, 0)).toEqual(found);
});
