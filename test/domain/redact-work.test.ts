import { expect, test } from 'vitest';
import { redact } from '../../src/domain/text/redact.ts';

/** What would be tried again from every place, if it were not bounded: minutes for a megabyte. */
const hostile: readonly string[] = [
  `${'a'.repeat(64)}\n`,
  ['gh', 's_1_'].join(''),
  ['fi', 'gd_'].join(''),
  ['SG', '.a.', 'a'.repeat(300), ' '].join(''),
  `${'-'.repeat(5)}BEGIN RSA PRIVATE KEY${'-'.repeat(5)}`,
  '%41',
  '%25',
  'password: ',
  'curl -b a=b\n',
  'a://b:c@',
  'a ',
  '\\n',
  '<add key="password" ',
  'echo a | ',
];

test.each(hostile)('a megabyte of %j comes to an end, and the same from what was redacted', (piece) => {
  const out = redact(piece.repeat(Math.ceil(1_000_000 / piece.length)));
  expect(redact(out)).toBe(out);
});
