import { expect, test } from 'vitest';
import { redact } from '../../src/domain/text/redact.ts';

const fill = (length: number, letters = 'aB3dE5gH7jK9mN1pQ2sT4vW6yZ8') =>
  Array.from({ length }, (_, at) => letters[(at * 7 + 3) % letters.length]).join('');
const dashes = '-'.repeat(5);
const begin = (kind: string) => `${dashes}BEGIN ${kind}${dashes}`;
const end = (kind: string) => `${dashes}END ${kind}${dashes}`;
const lines = (letters?: string, length = 64) =>
  `${fill(length, letters)}\n${fill(length, letters)}\n${fill(20, letters)}`;
const pem = `${begin('RSA PRIVATE KEY')}\n${lines()}\n${end('RSA PRIVATE KEY')}`;

test.each([
  ['a key', `a ${pem} b`, 'a [redacted: private key] b'],
  ['two keys', `${pem}\n${pem}, c`, '[redacted: private key]\n[redacted: private key], c'],
  ['a key that was cut off', `${begin('PRIVATE KEY')}\n${fill(64)}\n [a]`, '[redacted: private key]\n [a]'],
  ['a key in JSON', `"${pem.replaceAll('\n', '\\n')}" b`, '"[redacted: private key]" b'],
  ['a key in JSON in JSON', `"${pem.replaceAll('\n', '\\\\n')}" b`, '"[redacted: private key]" b'],
  ['a key in quoted lines', `${pem.replaceAll(/^/gm, '> ')}, b`, '> [redacted: private key], b'],
  ['a key behind times', `${pem.replaceAll(/^/gm, '[10:00] ')}, b`, '[10:00] [redacted: private key], b'],
  [
    'a key with headers',
    `${pem.replace('\n', '\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A\n\n')}, b`,
    '[redacted: private key], b',
  ],
  ['the end of a key', `[a]${lines()}\n${end('PRIVATE KEY')} b`, '[a][redacted: private key] b'],
  [
    'a key behind a certificate',
    `${begin('CERTIFICATE')}\n[a]\n${end('CERTIFICATE')}\n${pem}`,
    `${begin('CERTIFICATE')}\n[a]\n${end('CERTIFICATE')}\n[redacted: private key]`,
  ],
  ['the midst of a key', `[a] ${lines()} b`, '[a] [redacted: encoded block] b'],
  ['the midst of a key, quoted', `["${lines()}"]`, '["[redacted: encoded block]"]'],
  ['the midst of a key of SSH', `[a] ${lines(undefined, 70)} b`, '[a] [redacted: encoded block] b'],
  [
    'the midst of two keys',
    `[a] ${lines()} [b] ${lines()} c`,
    '[a] [redacted: encoded block] [b] [redacted: encoded block] c',
  ],
])('%s', (_name, text, expected) => {
  expect(redact(text)).toBe(expected);
});

test.each([
  ['a line of a log', `${dashes} the log begins here ${dashes}`],
  ['a certificate', `${begin('CERTIFICATE')}\nMIIBa1==\n${end('CERTIFICATE')}`],
  ['the end of a certificate', `MIIBa1==\n${end('CERTIFICATE')} b`],
  ['lines of another length', `a ${lines(undefined, 65)} b`],
  ['what goes on before its first line', `a:${fill(64)}\n${fill(20)} b`],
  ['one line', `a ${fill(64)} b`],
  ['digests', `Both Z: ${lines('0123456789abcdef')} b`],
  ['digests of either case', `a ${lines('0123456789abcdefABCDEF')} b`],
  ['capitals', `a1 ${lines('ABCDEFGHIJKLMNOPQRSTU123')} b`],
  ['small letters', `A1 ${lines('abcdefghijklmnopqrstu123')} b`],
  ['letters alone', `a1 ${lines('abcdefghijKLMNOPQRSTU')} b`],
])('stays as it is: %s', (_name, text) => {
  expect(redact(text)).toBe(text);
});
