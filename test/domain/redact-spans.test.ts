import { describe, expect, test } from 'vitest';
import { behind, found, type Span, united } from '../../src/domain/text/secrets/span.ts';

const span = (start: number, end: number, name?: string): Span => ({ start, end, name });

describe('spans that are united', () => {
  test.each<[string, Span[], Span[]]>([
    ['stand in order', [span(9, 12, 'b'), span(0, 3, 'a')], [span(0, 3, 'a'), span(9, 12, 'b')]],
    ['are two where one begins at the end of the other', [span(0, 3), span(3, 5)], [span(0, 3), span(3, 5)]],
    ['are one where they meet', [span(0, 4), span(3, 5)], [span(0, 5)]],
    ['are one where one is in the other', [span(0, 9), span(3, 5)], [span(0, 9)]],
    ['have the name of the longer, the first', [span(0, 6, 'a'), span(5, 7, 'b')], [span(0, 7, 'a')]],
    ['have the name of the longer, the second', [span(0, 2, 'a'), span(1, 7, 'b')], [span(0, 7, 'b')]],
    ['have the name of the first of two alike', [span(0, 4, 'a'), span(2, 6, 'b')], [span(0, 6, 'a')]],
    ['have the name of the longer far behind', [span(50, 52, 'a'), span(51, 59, 'b')], [span(50, 59, 'b')]],
    ['have the name that there is', [span(0, 6), span(5, 7, 'b')], [span(0, 7, 'b')]],
    ['have the name that there is, of the first', [span(0, 2, 'a'), span(1, 7)], [span(0, 7, 'a')]],
    [
      'have the name of the longest that has one, whatever comes first',
      [span(0, 2, 'a'), span(0, 9), span(0, 4, 'b')],
      [span(0, 9, 'b')],
    ],
    [
      'have the name of the longest that has one, whatever comes last',
      [span(0, 9), span(0, 2, 'a'), span(0, 4, 'b')],
      [span(0, 9, 'b')],
    ],
    ['are none where there is none', [], []],
  ])('%s', (_name, spans, expected) => {
    expect(united(spans)).toEqual(expected);
  });
});

test('what a pattern finds is a secret', () => {
  expect(found('a1 bb c34', /[a-z]\d+/g, 'x')).toEqual([span(0, 2, 'x'), span(6, 9, 'x')]);
});

test('what stands behind a beginning is a secret, each time that the pattern is asked', () => {
  const pattern = /(k=)(\d+)/g;
  for (const _time of [1, 2])
    expect(behind('k=12 k=3', pattern, 'x')).toEqual([span(2, 4, 'x'), span(7, 8, 'x')]);
});
