import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sentAlert } from '../../../src/adapters/http/alertmanager.ts';
import { plainAlert } from '../../../src/adapters/http/plain-alert.ts';

describe('an alert out of which nothing sticks', () => {
  /** Mostly what is usual, else it is never all of it. */
  const mostly = <T, U>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<U>) =>
    fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: odd });
  const time = mostly(
    fc.constantFrom(
      '2026-08-03T09:52:26Z',
      '1999-12-31T23:59:59Z',
      '2000-01-01T00:00:00Z',
      '2099-12-31T23:59:59Z',
      '2100-01-01T00:00:00Z',
      '2026-08-03T09:52:26.739266876Z',
      '2024-02-29T23:59:59.9999Z',
    ),
    fc.constantFrom(
      ...['0001-01-01T00:00:00Z', '0000-01-01T00:00:00Z', '2026-02-30T00:00:00Z', '2026-08-03T24:00:00Z'],
      ...['2026-08-03T09:52:26+02:00', '2026-08-03T09:52:60Z', '2026-08-03T09:52Z', '2026-13-03T09:52:26Z'],
      ...['2026-08-03 09:52:26Z', 'now', '', null, 7],
    ),
  );
  const word = mostly(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('\0', 'a\0b', '\uD800', '__proto__', 'constructor', ' '),
  );
  const texts = mostly(
    fc.dictionary(word, word, { maxKeys: 3 }),
    fc.constantFrom(null, undefined, [], ['a'], { a: 1 }, 'a', 7),
  );
  const optional = mostly(word, fc.constantFrom(null, undefined, 7));
  const sent = fc.record({
    status: mostly(fc.constantFrom('firing', 'resolved'), fc.constantFrom('burning', undefined)),
    labels: texts,
    annotations: texts,
    startsAt: time,
    endsAt: mostly(time, fc.constant(undefined)),
    generatorURL: optional,
    fingerprint: optional,
    more: fc.jsonValue(),
  });

  test('is read as the schema reads it, whatever is sent', () => {
    let plain = 0;
    fc.assert(
      fc.property(fc.oneof(sent, fc.jsonValue()), (value) => {
        const found = plainAlert(value);
        if (found === undefined) return;
        plain += 1;
        expect(sentAlert.parse(value)).toEqual(found);
      }),
      { numRuns: 2_000 },
    );
    expect(plain).toBeGreaterThan(100);
  });
});
