import { expect, test } from 'vitest';
import { redact } from '../../src/domain/text/redact.ts';

/* JSON web tokens (RFC 7519): a header that begins as `{"` does in base64, a dot, and what is claimed. */

/** Put together at run time, so that no scanner finds one in the repository. */
const ey = ['e', 'y'].join('');

/** What is hidden is between « and »; `ey` stands for the two letters. */
const rows: readonly (readonly [name: string, marked: string])[] = [
  ['the shortest: a header of ten characters', '«@JhYmNkZQ.abcdefghi»'],
  ['the shortest: eight characters behind it', '«@JhYmNkZQx.abcdefgh»'],
  ['a blank behind the bracket', 'a «@AiYWxnIjoi.abcdefghij» b'],
  ['behind other words', 'a.b.«@JhYmNkZQx.abcdefghij.klm_-n»'],
  ['within a part', 'abc-«@JhYmNkZQx.abcdefghij.klm_-n»'],
  ['two of them', '«@JhYmNkZQx.abcdefghij» and «@JhYmNkZQx.klmnopqrst»'],
  ['the second of two beginnings', '@J.abc.«@JhYmNkZQx.abcdefghij»'],
  ['cut off in the header', 'token «@JhbGciOiJIUzI1NiIs»'],
  ['cut off in the header, the other way round', '«@J0eXAiOiJKV1QiLCJh»: late'],
  ['cut off behind another word', 'abc.d-«@JraWQiOiJhYmMiLCJh»'],
];

test.each(rows)('%s: %s', (_name, row) => {
  const marked = row.replaceAll('@', ey);
  const text = marked.replaceAll(/[«»]/g, '');
  expect(redact(text)).toBe(marked.replaceAll(/«[^»]*»/g, '[redacted: JSON web token]'));
});

test.each([
  ['shorter than any', '@JhYmNkZQ.abcdefgh'],
  ['a header of nine characters', '@JhYmNkZ.abcdefghijkl'],
  ['seven characters behind it', '@JhYmNkZQabcdef.abcdefg'],
  ['a word', '@ebrow-colour.abcdefghijklm'],
  ['cut off, of another kind', '@JhYmNkZQabcdefghijklm'],
  ['a later header that is cut off', '@Ab-@JhbGciOiJIUzI1NiIs'],
])('%s stays: %s', (_name, row) => {
  const text = row.replaceAll('@', ey);
  expect(redact(text)).toBe(text);
});
