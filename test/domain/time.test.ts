import fc from 'fast-check';
import { expect, test } from 'vitest';
import { after, epochOf, isPast, minutesBetween, secondsBetween } from '../../src/domain/text/time.ts';

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

test.each([
  ['as the API server writes it', '2026-03-01T09:12:07Z'],
  ['with milliseconds', '2026-03-01T09:12:07.042Z'],
  ['with tenths', '2026-03-01T09:12:07.4Z'],
  ['with microseconds', '2026-03-01T09:12:07.042042Z'],
  ['without seconds', '2026-03-01T09:12Z'],
  ['on a leap day', '2024-02-29T23:59:59Z'],
  ['before 1970', '1969-12-31T23:59:59.999Z'],
])('an instant %s is read as Date.parse reads it', (_name, instant) => {
  expect(epochOf(instant)).toBe(Date.parse(instant));
});

test.each([
  ['two minutes and a half', '2026-02-28T12:02:30Z', 2],
  ['a day', '2026-03-01T12:00:00Z', 1440],
  ['the other way round', '2026-02-28T11:00:00Z', 0],
])('whole minutes in %s', (_name, to, minutes) => {
  expect(minutesBetween(noon, to)).toBe(minutes);
});

test('any instant is read as Date.parse reads it', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') }), (date) => {
      expect(epochOf(date.toISOString())).toBe(date.getTime());
    }),
  );
});
