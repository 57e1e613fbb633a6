import fc from 'fast-check';
import { expect, test } from 'vitest';
import { after, isPast, secondsBetween } from '../../src/domain/time.ts';

const noon = '2026-02-28T12:00:00.000Z';

test.each([
  ['no time', 0, noon],
  ['a second', 1, '2026-02-28T12:00:01.000Z'],
  ['half a second', 0.5, '2026-02-28T12:00:00.500Z'],
  ['over the end of a month', 43_200, '2026-03-01T00:00:00.000Z'],
  ['backwards', -3600, '2026-02-28T11:00:00.000Z'],
])('%s later', (_name, seconds, expected) => {
  expect(after(noon, seconds)).toBe(expected);
});

test.each([
  ['the moment itself', noon, true],
  ['a millisecond before', '2026-02-28T11:59:59.999Z', false],
  ['a millisecond after', '2026-02-28T12:00:00.001Z', true],
  ['the same moment without milliseconds', '2026-02-28T12:00:00Z', true],
])('an instant is reached at %s: %s', (_name, now, expected) => {
  expect(isPast(noon, now)).toBe(expected);
});

test('the seconds between an instant and the one after it are those that were added', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), (seconds) => {
      expect(secondsBetween(noon, after(noon, seconds))).toBe(seconds);
    }),
  );
});

test('an instant that does not exist is a fault, not an empty text', () => {
  expect(() => after(noon, 1e15)).toThrow(RangeError);
});
