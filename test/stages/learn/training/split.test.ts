import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sideOf, splitDay } from '../../../../src/stages/learn/training/split.ts';

const days = (...counts: readonly number[]) =>
  counts.map((count, index) => ({ day: `2026-03-${String(index + 1).padStart(2, '0')}`, count }));

test.each([
  ['nothing', days(), undefined],
  ['days without examples', days(0, 0), undefined],
  ['one day', days(7), undefined],
  ['ten equal days: the last two', days(1, 1, 1, 1, 1, 1, 1, 1, 1, 1), '2026-03-09'],
  ['a last day that is just a fifth', days(8, 2), '2026-03-02'],
  ['a last day that is more, and no more than half', days(5, 5), '2026-03-02'],
  ['a last day that is more than half', days(4, 6), undefined],
  ['a quiet end', days(90, 1, 1, 1), '2026-03-02'],
  ['never the first day', days(1, 0, 1), '2026-03-03'],
  ['days in another order', days(8, 1, 1).toReversed(), '2026-03-02'],
])('%s', (_, given, day) => {
  expect(splitDay(given)).toBe(day);
});

test('whatever the days, both sides have something, and the newest no more than half', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 50 }), { maxLength: 20 }), (counts) => {
      const given = days(...counts);
      const day = splitDay(given);
      if (day === undefined) return;
      const sum = (of: typeof given) => of.reduce((all, { count }) => all + count, 0);
      const newest = sum(given.filter((each) => each.day >= day));
      expect(newest).toBeGreaterThan(0);
      expect(newest).toBeLessThanOrEqual(sum(given) / 2);
    }),
  );
});

describe('a side', () => {
  const day = '2026-03-05';
  test.each([
    ['began and ended before', '2026-03-04T23:59:59.999Z', '2026-03-04T23:59:59.999Z', 'train'],
    ['began on the day', '2026-03-05T00:00:00.000Z', '2026-03-05T00:00:00.000Z', 'validation'],
    ['began before and went on', '2026-03-04T23:59:59.999Z', '2026-03-05T00:00:00.000Z', undefined],
  ])('%s', (_, incidentAt, createdAt, side) => {
    expect(sideOf({ incidentAt, createdAt }, day)).toBe(side);
  });

  test('is training where there is no day', () => {
    const at = '2026-03-05T00:00:00.000Z';
    expect(sideOf({ incidentAt: at, createdAt: at }, undefined)).toBe('train');
  });
});
