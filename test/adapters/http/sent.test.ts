import { expect, test } from 'vitest';
import { sentFingerprint } from '../../../src/adapters/http/fingerprint.ts';
import { sentTime } from '../../../src/adapters/http/sent-time.ts';

test.each<[string, string | null | undefined, string | undefined]>([
  ['as it was sent', 'b1d1', 'b1d1'],
  ['without the blanks around it', ' b1d1\n', 'b1d1'],
  ['none, where there is only a blank', ' ', undefined],
  ['none, where there is nothing', null, undefined],
  ['whole, as long as a key may be', 'x'.repeat(256), 'x'.repeat(256)],
])('a fingerprint is %s', (_name, text, fingerprint) => {
  expect(sentFingerprint(text)).toBe(fingerprint);
});

test('a fingerprint that is longer is its hash', () => {
  expect(sentFingerprint('x'.repeat(257))).toMatch(/^[0-9a-f]{64}$/);
  expect(sentFingerprint(` ${'x'.repeat(257)}`)).toBe(sentFingerprint('x'.repeat(257)));
});

test.each([
  ['1999-12-31T23:59:59Z', false],
  ['2000-01-01T00:00:00Z', true],
  ['2099-12-31T23:59:59.999Z', true],
  ['2100-01-01T00:00:00Z', false],
  ['2100-01-01T00:30:00+01:00', true],
])('the time %s is one at which something can have happened: %s', (time, isOne) => {
  expect(sentTime.safeParse(time).success).toBe(isOne);
});
