import { describe, expect, test } from 'vitest';
import { splitReason } from '../../../src/stages/intake/reason.ts';
import { read, refusal } from './reading.ts';

describe('quotes hold what a shell would pass on', () => {
  test.each([
    [`annotate pod a b='$x "y" \\z !'`, `'b=$x "y" \\z !'`],
    [`annotate pod a "b=it's"`, `"b=it's"`],
    [`annotate pod a b='it'"'"'s'`, `"b=it's"`],
    [`annotate pod a b="a \\"b\\" \\$c \\\`d\\\` \\\\ \\n !"`, `'b=a "b" $c \`d\` \\ \\n !'`],
    [`annotate pod a 'b'=c"d"'e f'`, `'b=cde f'`],
    [`annotate pod a b=''`, 'b='],
    [`annotate pod a b=100%+1`, 'b=100%+1'],
  ])('%s', (text, pair) => {
    expect(read(`${text} -n shop`)).toBe(`kubectl annotate pod/a ${pair} -n shop`);
  });

  test.each<[string, string, string]>([
    ['annotate pod a b="$HOME"', 'substitution', '$HOME'],
    ['annotate pod a b="`id`"', 'substitution', '`'],
    ['annotate pod a b="$(id)"', 'substitution', '$(id)'],
    ['annotate pod a b="c', 'quote', '"c'],
    ["annotate pod a b='c", 'quote', "'c"],
    ['annotate pod a b="c\\"', 'quote', '"c\\"'],
    ["annotate pod a b='c\nd'", 'several-commands', '\n'],
    ["annotate pod a b='c\td'", 'control-character', '\t'],
    ["annotate pod a b='c\u0000'", 'control-character', '\u0000'],
    ["annotate pod a b='\u202e'", 'not-ascii', '\u202e'],
    ['delete pod "a b"', 'bad-name', '"a b"'],
    ["delete pod 'a;b'", 'bad-name', "'a;b'"],
    ["delete 'x y'/web", 'unknown-kind', "'x y'"],
    [`set env deploy/web A="a b" "1"='c d'`, 'bad-pair', '1'],
    [`label pod/a x='b c'"d"`, 'bad-pair', `'b c'"d"`],
  ])('%j: %s', (text, code, under) => {
    const found = refusal(text);
    expect({ code: found.code, under: trimmed(found.under) }).toEqual({ code, under: trimmed(under) });
  });

  /** Whether the caret covers the quotes around a part does not matter. */
  const trimmed = (under = '') => under.replaceAll(/^['"]|['"]$/g, '');
});

describe('a reason begins outside quotes', () => {
  test.each([
    ["annotate pod a 'b=c -- d' -- why", { command: "annotate pod a 'b=c -- d'", reason: 'why' }],
    ['annotate pod a "b=\\" -- d" -- why', { command: 'annotate pod a "b=\\" -- d"', reason: 'why' }],
    ["delete pod a -- it's stuck", { command: 'delete pod a', reason: "it's stuck" }],
    ["delete pod it's -- stuck", { command: "delete pod it's", reason: 'stuck' }],
    [`delete pod it's "a -- b"`, { command: `delete pod it's "a`, reason: 'b"' }],
    ['label pod a "b=1" "c=2 -- d" -- why', { command: 'label pod a "b=1" "c=2 -- d"', reason: 'why' }],
    ['label pod a "b=1" -- see "c"', { command: 'label pod a "b=1"', reason: 'see "c"' }],
    ["annotate pod a 'b=\u2014' \u2014 why", { command: "annotate pod a 'b=\u2014'", reason: 'why' }],
  ])('%j', (text, expected) => {
    expect(splitReason(text)).toEqual(expected);
  });
});
