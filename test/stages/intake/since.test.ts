import { expect, test } from 'vitest';
import { sinceOf } from '../../../src/stages/intake/since.ts';

const now = '2026-03-01T12:00:00.000Z';

test.each([
  ['30m', '2026-03-01T11:30:00.000Z'],
  ['36h', '2026-02-28T00:00:00.000Z'],
  ['7d', '2026-02-22T12:00:00.000Z'],
  ['4W', '2026-02-01T12:00:00.000Z'],
  ['2026-02-28', '2026-02-28T00:00:00.000Z'],
  ['2026-02-28T11:30Z', '2026-02-28T11:30:00.000Z'],
  ['2026-02-28T11:30:15Z', '2026-02-28T11:30:15.000Z'],
  ['2026-03-01T12:00Z', now],
  ['36525d', '1926-03-01T12:00:00.000Z'],
  ['36526d', undefined],
  ['0d', undefined],
  ['7days', undefined],
  ['99999d', undefined],
  ['7', undefined],
  ['7mo', undefined],
  ['-7d', undefined],
  ['2026-02-30', undefined],
  ['2026-03-02', undefined],
  ['2026-13-01', undefined],
  ['2026-2-3', undefined],
  ['2026-02-28T11:30', undefined],
  ['yesterday', undefined],
  ['', undefined],
])('%s', (word, since) => {
  expect(sinceOf(word, now)).toBe(since);
});
