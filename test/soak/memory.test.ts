import { expect, test } from 'vitest';
import { type Sample, slopeOf } from './memory.ts';

/** An hour with a look each second. */
const hour = (resident: (second: number) => number): Sample[] =>
  Array.from({ length: 3_600 }, (_, at) => ({ at, resident: resident(at) }));

/** Garbage that grows for a minute and is collected. */
const garbage = (second: number) => (second % 60) / 3;

test.each([
  ['nothing but garbage', (second: number) => 150 + garbage(second), 0],
  ['5 MiB an hour below the garbage', (second: number) => 150 + garbage(second) + second / 720, 5],
  ['less and less', (second: number) => 150 - second / 360, -10],
])('%s', (_name, resident, expected) => {
  const slope = slopeOf(hour(resident));
  expect(slope?.perHour).toBeCloseTo(expected, 0);
  expect(slope?.within).toBeLessThan(1);
});

test('a run that is too short says how little it says', () => {
  const noise = Array.from({ length: 60 }, (_, at) => ({ at, resident: 150 + ((at * 7919) % 13) }));
  expect(slopeOf(noise)?.within).toBeGreaterThan(20);
  expect(slopeOf(noise.slice(0, 5))).toBeUndefined();
});
