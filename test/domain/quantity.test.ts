import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalQuantity, quantity } from '../../src/domain/text/quantity.ts';

it.each<[string, number | undefined]>([
  ['100m', 0.1],
  ['1Gi', 1_073_741_824],
  ['1e3', 1000],
  ['1E+3', 1000],
  ['12e-1', 1.2],
  ['1e12', 1e12],
  ['-1.5k', -1500],
  ['+2', 2],
  ['1E', 1e18],
  ['', undefined],
  ['what', undefined],
  ['5x', undefined],
  ['1.2.3', undefined],
  ['x1', undefined],
  ['1Gi!', undefined],
  ['1e', undefined],
])('%s is %s', (text, number) => {
  expect(quantity(text)).toBe(number);
});

describe('canonicalQuantity', () => {
  it.each([
    ['500m', '500m'],
    ['0.5', '500m'],
    ['1.5', '1500m'],
    ['1.50', '1500m'],
    ['1000m', '1'],
    ['2', '2'],
    ['1000', '1k'],
    ['1500', '1500'],
    ['1000M', '1G'],
    ['1.5G', '1500M'],
    ['1024Mi', '1Gi'],
    ['0.5Gi', '512Mi'],
    ['1.5Gi', '1536Mi'],
    ['1Ki', '1Ki'],
    // Below 1024 the binary family is left.
    ['0.5Ki', '512'],
    ['0.1Ki', '102400m'],
    ['0', '0'],
    ['0Mi', '0'],
    ['0.000000001', '1n'],
    // A billionth is the smallest step, and what is less is rounded up.
    ['0.000000001m', '1n'],
    ['what', 'what'],
    ['5T', '5T'],
    ['1000000G', '1P'],
    ['1000P', '1E'],
    ['1000E', '1000E'],
    ['1024Gi', '1Ti'],
    ['1024Ti', '1Pi'],
    ['1024Pi', '1Ei'],
    ['5x', '5x'],
    ['-1', '-1'],
    ['1000 ', '1000 '],
    [' 1000', ' 1000'],
  ])('%s is stored as %s', (text, stored) => {
    expect(canonicalQuantity(text)).toBe(stored);
  });

  it('means the same and stays as it is', () => {
    const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi');
    fc.assert(
      fc.property(fc.nat({ max: 99_999 }), fc.nat({ max: 999 }), suffix, (whole, fraction, unit) => {
        const text = `${whole}.${String(fraction).padStart(3, '0')}${unit}`;
        const stored = canonicalQuantity(text);
        expect(canonicalQuantity(stored)).toBe(stored);
        const ratio = (quantity(stored) ?? Number.NaN) / (quantity(text) || 1);
        expect(ratio).toBeCloseTo(quantity(text) === 0 ? 0 : 1, 9);
      }),
    );
  });
});
